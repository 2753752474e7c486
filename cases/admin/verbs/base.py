"""A verb is something that staff do with a case: who may, when it is offered, what it asks, what
it does. From the table of verbs come the pages, their addresses and the buttons."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from ledarna_gdpr.privacy.words import Text

#: Where on the page of a case the button is.
MAIN, MORE, PEOPLE, DATES, ACCESS, DISCLOSURES, PART = (
    "main", "more", "people", "dates", "access", "disclosures", "part",
)  # fmt: skip
CHANGE = "cases.change_case"


class Verb:
    """About a case as a whole."""

    name: str
    title: Text
    #: On the page; the title where there is nothing better.
    button: Text = ""
    permission: str
    place = MORE
    #: The first buttons are what one most often comes for.
    rank = 5
    #: Behind a broken glass one reads. To do something, the kind has to be one's own.
    needs_kind = True
    done: Text = _("Done.")
    form_class: type[forms.Form] = forms.Form

    def is_offered(self, case: Case) -> bool:
        return is_running(case)

    def may(self, user: Any, case: Case) -> bool:
        own = not self.needs_kind or user.has_perm(case.facts.permission)
        return own and user.has_perm(self.permission)

    def text(self, case: Case) -> Text:
        """What will happen."""
        raise LookupError(self.name)

    def form(self, case: Case, user: Any, data: Any, files: Any) -> forms.Form:
        return self.form_class(data, files, **self.more(case, user))

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        """What the form is made with, besides what was sent."""
        return {}

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        """The service. Raises ``CannotDo``."""
        raise LookupError(self.name)


class PartVerb(Verb):
    """About something that hangs on a case."""

    model: Any
    place = PART

    def with_part(self, part: Any) -> "PartVerb":
        about = type(self)()
        about.part = part
        return about

    part: Any = None


VERBS: dict[str, Verb] = {}


def register(verb: type[Verb]) -> type[Verb]:
    VERBS[verb.name] = verb()
    return verb


def offered(case: Case, user: Any, place: str) -> list[Verb]:
    found = [
        verb
        for verb in VERBS.values()
        if verb.place == place and verb.is_offered(case) and verb.may(user, case)
    ]
    return sorted(found, key=lambda verb: verb.rank)


def is_open_to_change(case: Case) -> bool:
    return not case.is_restricted and case.member.restricted_at is None


def is_running(case: Case) -> bool:
    return is_open_to_change(case) and not case.is_closed
