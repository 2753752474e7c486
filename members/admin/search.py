"""Searching for members: what counts as a match, and how the words stay out of addresses."""

import secrets
from contextlib import suppress
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from members import personnummer

KEPT = 20
LONGEST = 100
MOST_WORDS = 7
LARGEST_NUMBER = 2**63 - 1


def matches(text: str) -> Q:
    """Who is meant: a member number, a personnummer, the start of an address or of a name.

    Every form is answered by an index. Several words are given names and family name, in either
    order, and only the last letters may be missing.
    """
    text = " ".join(text.split())
    if "@" in text or ("." in text and " " not in text):
        return Q(email__startswith=text.lower())
    if not any(character.isdigit() for character in text):
        return _by_name(text.split())
    if any(character.isalpha() for character in text):
        return Q(email__startswith=text.lower())
    found = Q(pk__in=[])
    if text.isascii() and text.isdigit() and int(text) <= LARGEST_NUMBER:
        found |= Q(member_number=int(text))
    with suppress(personnummer.NotAPersonnummer):
        found |= Q(personnummer_hash=personnummer.hashed(personnummer.parse(text)))
    return found


def _by_name(words: list[str]) -> Q:
    whole = " ".join(words)
    found = Q(given_names__istartswith=whole) | Q(family_name__istartswith=whole)
    for split in range(1, min(len(words), MOST_WORDS)):
        first, rest = " ".join(words[:split]), " ".join(words[split:])
        found |= Q(given_names__istartswith=first, family_name__istartswith=rest)
        found |= Q(family_name__istartswith=first, given_names__istartswith=rest)
    return found


def keep(request: HttpRequest, text: str) -> str:
    """Lay what was searched for in the session, and give the token that finds it there."""
    token = secrets.token_urlsafe(8)
    searches = request.session.get("searches", {}) | {token: text[:LONGEST]}
    request.session["searches"] = dict(list(searches.items())[-KEPT:])
    return token


class PrivateSearchList(ChangeList):
    """``?q=`` holds a token; the words it stands for are in the session (law 10)."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        if token := self.params.get(SEARCH_VAR):
            try:
                self.query = request.session.get("searches", {})[token]
            except KeyError:
                raise IncorrectLookupParameters from None
        return super().get_queryset(request, *args, **kwargs)

    def get_ordering_field(self, field_name: str) -> str | None:
        """Only by columns that have an index; an address can ask for any other."""
        return (
            super().get_ordering_field(field_name)
            if field_name in (self.sortable_by or ())
            else None
        )

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.paginator.is_estimate:
            self.result_count = self.paginator.count
            self.multi_page = self.result_count > self.list_per_page
        self.unsearched = self.get_query_string(remove=[SEARCH_VAR])
        self.search_url = f"{self.model_admin.search_address}{self.unsearched}"
        self.result_list = list(self.result_list)
        self.model_admin.log_read(request, self.result_list)
