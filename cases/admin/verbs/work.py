"""Who has the case, by when, and what becomes of it."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases import services
from cases.admin import forms
from cases.admin.verbs.base import CHANGE, MAIN, Verb, is_open_to_change, is_running, register
from cases.models import Case
from cases.retention import erasure_of
from ledarna_gdpr.privacy.words import Text


@register
class Take(Verb):
    name, title, permission, place = "take", _("Take the case"), CHANGE, MAIN
    rank = 1
    done = _("The case is yours.")

    def is_offered(self, case: Case) -> bool:
        return is_running(case) and case.handler_id is None

    def text(self, case: Case) -> Text:
        return _("You become its handler. The member sees the unit and not your name.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.take(case, by=by, at=at)


@register
class Close(Verb):
    name, title, permission, place = "close", _("Close the case"), CHANGE, MAIN
    rank = 9
    form_class = forms.CloseForm
    done = _("The case is closed.")

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case}

    def text(self, case: Case) -> Text:
        told = gettext("The member is told, and can read the case until it is erased.")
        today = timezone.localdate()
        erasure = erasure_of(case, on=today, if_closed_on=today)
        if case.facts.clock == "concluded_on":
            return f"{told} {gettext('It is erased earliest')} {erasure.rule}."
        return f"{told} {gettext('It is erased earliest')} {erasure.day}: {erasure.rule}."

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.close(case, by=by, at=at, **values)


@register
class Schedule(Verb):
    name, title, permission = "schedule", _("Set the due date"), CHANGE
    form_class = forms.ScheduleForm

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        waiting = case.status == Case.STATUS.WAITING
        return {"initial": {"due_on": case.due_on, "is_waiting": waiting}}

    def text(self, case: Case) -> Text:
        return _("When the next step is to be taken. Leave the day empty to take it away.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.schedule(case, by=by, at=at, **values)


@register
class Escalate(Verb):
    name, title, permission = "escalate", _("Escalate the case"), CHANGE
    form_class = forms.EscalateForm
    done = _("The case goes on as another kind.")

    def is_offered(self, case: Case) -> bool:
        return is_running(case) and bool(case.facts.escalates_to)

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case}

    def text(self, case: Case) -> Text:
        return _(
            "The same case goes on as another kind, in one trail. It goes to a unit that takes "
            "the kind, and its retention follows the new kind's rule."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.escalate(case, values["to"], reason=values["reason"], by=by, at=at)


@register
class Assign(Verb):
    name, title, permission = "assign", _("Assign within the unit"), "cases.lead_team"
    form_class = forms.AssignForm

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case}

    def text(self, case: Case) -> Text:
        return _("Those of the unit whose roles let them handle the case can be chosen.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.assign(case, values["handler"], by=by, at=at)


@register
class HandOver(Verb):
    name, title, permission = "hand_over", _("Hand the case over"), CHANGE
    form_class = forms.HandOverForm
    done = _("The case has been handed over.")

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case, "initial": {"team": case.team_id}}

    def text(self, case: Case) -> Text:
        return _("Who has the case now no longer sees it, unless they belong to the unit.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        chosen = {name: values[name] for name in ("team", "handler", "reason")}
        services.hand_over(case, by=by, at=at, **chosen)


@register
class Reopen(Verb):
    name, title, permission, place = "reopen", _("Reopen the case"), CHANGE, MAIN
    form_class = forms.ReasonForm

    def is_offered(self, case: Case) -> bool:
        return is_open_to_change(case) and case.is_closed

    def text(self, case: Case) -> Text:
        return _("Its retention stops counting until it is closed again. The member is told.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.reopen(case, reason=values["reason"], by=by, at=at)
