"""What the inbox and the page of a case show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cases import limitation
from cases.admin import timeline
from cases.admin.timeline import parts
from cases.admin.verbs import Verb, offered
from cases.admin.verbs.base import ACCESS, DATES, DISCLOSURES, MAIN, MORE, PEOPLE
from cases.limitation import LastDay, Level
from cases.models import (
    Case,
    CaseDisclosure,
    EmergencyAccess,
    Grant,
    Occurrence,
    Participant,
)
from cases.retention import erasure_of
from ledarna_gdpr import days_left

COLOURS = {Level.PASSED: "late", Level.URGENT: "late", Level.SOON: "soon", Level.LATER: ""}
#: A last day that passed longer ago is on the case's page, but no news in the inbox.
NEWS_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class Warning:
    """A last day, with how near it is in words and in colour."""

    last: LastDay
    on: dt.date

    @property
    def colour(self) -> str:
        return COLOURS[self.last.level(self.on)]

    @property
    def level(self) -> str:
        return str(self.last.level(self.on).label)


@dataclass(frozen=True)
class Row:
    case: Case
    due: str
    limitation: Warning | None


def row_of(case: Case, on: dt.date) -> Row:
    if case.is_closed:
        return Row(case, "", None)
    near = [last for last in limitation.of_case(case) if last.day >= on - NEWS_FOR]
    return Row(case, due_in_words(case, on), Warning(near[0], on) if near else None)


def due_in_words(case: Case, on: dt.date) -> str:
    if case.due_on is None or case.is_closed:
        return ""
    return days_left.tag((case.due_on - on).days)


def page_of(case: Case, user: Any) -> dict[str, Any]:
    """A constant number of questions, however much the case holds."""
    today = timezone.localdate()
    participants = list(parts(case, Participant, user).select_related("member"))
    grants = parts(case, Grant, user).select_related("user", "granted_by")
    emergencies = parts(case, EmergencyAccess, user).select_related("user", "followed_up_by")
    disclosures = parts(case, CaseDisclosure, user).select_related(
        "participant", "requested_by", "approved_by"
    )
    sees_dates = user.has_perm("cases.view_occurrence")
    return {
        "case": case,
        "due": due_in_words(case, today),
        "erasure": erasure_of(case, on=today),
        "glass": case.emergencies.running(timezone.now()).filter(user=user).first(),
        "participants": participants,
        "occurrences": parts(case, Occurrence, user),
        "last_days": [Warning(last, today) for last in limitation.of_case(case)]
        if sees_dates
        else [],
        "timeline": timeline.of_case(case, user, participants),
        "grants": [(grant, grant.until > timezone.now()) for grant in grants],
        "emergencies": emergencies,
        "disclosures": disclosures,
        "verbs": {
            place: offered(case, user, place)
            for place in (MAIN, MORE, PEOPLE, DATES, ACCESS, DISCLOSURES)
        },
        "may": may_about_parts(case, user),
        "nearest": nearest(case, today) if sees_dates else None,
    }


def nearest(case: Case, on: dt.date) -> Warning | None:
    return row_of(case, on).limitation


def may_about_parts(case: Case, user: Any) -> dict[str, bool]:
    """Which links stand beside a note, a participant, a grant and a disclosure."""
    verbs: list[Verb] = offered(case, user, "part")
    return {verb.name: True for verb in verbs}
