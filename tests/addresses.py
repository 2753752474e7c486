"""Every address of the product, from the URLconf itself: one that is added later is tried, too."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import product
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import (
    IntConverter,
    PathConverter,
    SlugConverter,
    StringConverter,
    UUIDConverter,
)

from tests.admin_addresses import addresses as admin_addresses

#: What words in addresses stand for, where they name no record.
WORDS = ("access", "erasure", "1", "sv")


def of_the_admin(rows: Iterable[Model]) -> list[str]:
    """With the keys of these rows and with absent ones; without the way out."""
    existing = {type(row): row.pk for row in rows}
    return sorted(set(admin_addresses(existing)) - {"/admin/logout/"})


def of_members(rows: Iterable[Model]) -> list[str]:
    """Every other page, with these rows' keys in each place of the right kind and with absent
    ones; without the way out."""
    rows = [*rows]
    values: dict[type, list[str]] = {
        UUIDConverter: [str(uuid.uuid4()), *{str(r.public_id) for r in rows if _is_public(r)}],
        IntConverter: ["999999", *{str(row.pk) for row in rows if isinstance(row.pk, int)}],
        SlugConverter: [*WORDS],
        StringConverter: [*WORDS],
        PathConverter: [*WORDS],
    }
    found = set()
    for route, pattern in _patterns(get_resolver()):
        if route.startswith(("admin/", "demo/")) or "logout" in (pattern.name or ""):
            continue  # the demo's pages are not there in production
        converters = pattern.pattern.converters
        kinds = {name: type(converter) for name, converter in converters.items()}
        # A regular expression of a library's tells only the names; there they are keys.
        kinds |= dict.fromkeys(pattern.pattern.regex.groupindex.keys() - kinds.keys(), IntConverter)
        for chosen in product(*(values[kind] for kind in kinds.values())):
            with suppress(NoReverseMatch):
                found.add(reverse(pattern.name, kwargs=dict(zip(kinds, chosen, strict=True))))
    return sorted(found)


def _is_public(row: Any) -> bool:
    return hasattr(row, "public_id")


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _patterns(pattern, route)
