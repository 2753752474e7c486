"""Every address of the admin, from the URLconf itself: one that is added later is tried, too."""

from collections.abc import Iterator

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, reverse

ABSENT = 10**9


def addresses(existing: dict[type[Model], int]) -> Iterator[str]:
    """For each page: with the key of an existing row where there is one, and with an absent key."""
    yield reverse("admin:index")
    for pattern in admin.site.get_urls():
        if isinstance(pattern, URLPattern):
            yield from _of_the_site(pattern)
    for model, model_admin in admin.site._registry.items():
        for pattern in model_admin.get_urls():
            if not isinstance(pattern, URLResolver) and pattern.name:
                keys = [existing[model], ABSENT] if model in existing else [ABSENT]
                yield from _of_the_model(pattern, keys)


def _of_the_site(pattern: URLPattern) -> Iterator[str]:
    if pattern.name == "app_list":
        for app_label in {model._meta.app_label for model in admin.site._registry}:
            yield reverse("admin:app_list", args=[app_label])
    elif pattern.name == "view_on_site":
        yield reverse("admin:view_on_site", args=[1, 1])
    elif pattern.name:
        yield reverse(f"admin:{pattern.name}")


def _of_the_model(pattern: URLPattern, keys: list[int]) -> Iterator[str]:
    name = f"admin:{pattern.name}"
    parameters = max(pattern.pattern.regex.groups, len(pattern.pattern.converters))
    if parameters == 0:
        yield reverse(name)
    else:
        for key in keys:
            yield reverse(name, args=[key] + [1] * (parameters - 1))
