"""By when a right has to be exercised, counted from the dates recorded in a case.

Computed each time and never stored, as retention is. A last day is not moved past a weekend or a
holiday: the planning day is the earlier one. Where the source of a rule has not been read by a
lawyer of ours, it says so, and the screen asks the handler to check it.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from cases.kinds import Kind
from cases.models import Case, Occurrence
from ledarna_gdpr.privacy import Period
from ledarna_gdpr.privacy.words import Text

Fact = Occurrence.Kind

SUPPORT = (Kind.ADVICE, Kind.NEGOTIATION, Kind.LITIGATION)
INSURANCE = (Kind.WORK_INJURY, Kind.SICK_PAY)
#: A claim was made, whether its own date was written down or only what came of it.
CLAIM_MADE = (Fact.CLAIMED, Fact.NEGOTIATION_ENDED, Fact.SUED)
URGENT_DAYS = 7
SOON_DAYS = 30


class Level(TextChoices):
    PASSED = "passed", _("passed")
    URGENT = "urgent", _("within a week")
    SOON = "soon", _("within a month")
    LATER = "later", _("later")


@dataclass(frozen=True, kw_only=True)
class Limitation:
    """A right, the fact that its time runs from, and what the time is stopped by."""

    title: Text
    law: str
    runs_from: Fact
    period: Period
    kinds: tuple[Kind, ...] = SUPPORT
    stopped_by: tuple[Fact, ...] = ()
    #: Whether a public source of the rule has been read; otherwise the handler checks it.
    is_verified: bool = False


LIMITATIONS = (
    Limitation(
        title=_("notify that the dismissal is contested as invalid"),
        law="LAS 40 §",
        runs_from=Fact.DISMISSAL,
        period=Period(days=14),
        stopped_by=CLAIM_MADE,
        is_verified=True,
    ),
    Limitation(
        title=_("notify it where the employer gave no information on appeal"),
        law="LAS 40 §",
        runs_from=Fact.EMPLOYMENT_ENDED,
        period=Period(months=1),
        stopped_by=CLAIM_MADE,
    ),
    Limitation(
        title=_("sue over invalidity"),
        law="LAS 40 §",
        runs_from=Fact.NEGOTIATION_ENDED,
        period=Period(days=14),
        stopped_by=(Fact.SUED,),
        is_verified=True,
    ),
    Limitation(
        title=_("notify a claim for damages"),
        law="LAS 41 §",
        runs_from=Fact.EVENT,
        period=Period(months=4),
        stopped_by=CLAIM_MADE,
        is_verified=True,
    ),
    Limitation(
        title=_("notify a claim for damages after a dismissal"),
        law="LAS 41 §",
        runs_from=Fact.DISMISSAL,
        period=Period(months=4),
        stopped_by=CLAIM_MADE,
        is_verified=True,
    ),
    Limitation(
        title=_("sue for damages"),
        law="LAS 41 §",
        runs_from=Fact.NEGOTIATION_ENDED,
        period=Period(months=4),
        stopped_by=(Fact.SUED,),
    ),
    Limitation(
        title=_("call for negotiation"),
        law="MBL 64 §",
        runs_from=Fact.KNOWLEDGE,
        period=Period(months=4),
        stopped_by=CLAIM_MADE,
    ),
    Limitation(
        title=_("call for negotiation at the latest"),
        law="MBL 64 §",
        runs_from=Fact.EVENT,
        period=Period(years=2),
        stopped_by=CLAIM_MADE,
    ),
    Limitation(
        title=_("sue after the negotiation"),
        law="MBL 65 §",
        runs_from=Fact.NEGOTIATION_ENDED,
        period=Period(months=3),
        stopped_by=(Fact.SUED,),
    ),
    Limitation(
        title=_("report the accident to the insurer"),
        law="FAL 7 kap. 4 §, TFA",
        runs_from=Fact.INJURY,
        period=Period(years=10),
        kinds=INSURANCE,
        stopped_by=(Fact.REPORTED,),
        is_verified=True,
    ),
    Limitation(
        title=_("report the disease to the insurer"),
        law="TFA",
        runs_from=Fact.DECISION,
        period=Period(years=10),
        kinds=INSURANCE,
        stopped_by=(Fact.REPORTED,),
        is_verified=True,
    ),
)


@dataclass(frozen=True)
class LastDay:
    """The last day on which a right can be exercised in a case."""

    case: Case
    limitation: Limitation
    day: dt.date

    def days_left(self, on: dt.date) -> int:
        return (self.day - on).days

    def level(self, on: dt.date) -> Level:
        left = self.days_left(on)
        if left < 0:
            return Level.PASSED
        if left <= URGENT_DAYS:
            return Level.URGENT
        return Level.SOON if left <= SOON_DAYS else Level.LATER


def of_case(case: Case) -> list[LastDay]:
    """Every last day that the case's recorded dates give, the nearest first."""
    occurrences = list(case.occurrences.all())
    recorded = {occurrence.kind for occurrence in occurrences}
    days = [
        LastDay(case, limitation, limitation.period.after(occurrence.on))
        for occurrence in occurrences
        for limitation in LIMITATIONS
        if limitation.runs_from == occurrence.kind
        and case.kind in limitation.kinds
        and not recorded.intersection(limitation.stopped_by)
    ]
    return sorted(days, key=lambda last: last.day)


def approaching(cases: QuerySet[Case], *, on: dt.date, within: int = SOON_DAYS) -> list[LastDay]:
    """The last days in these cases that come within so many days or came within as many before,
    the nearest first. Two queries, whatever the number of cases."""
    earliest, latest = on - dt.timedelta(days=within), on + dt.timedelta(days=within)
    near = Q(pk__in=[])
    for limitation in LIMITATIONS:
        near |= Q(
            kind=limitation.runs_from,
            on__gt=limitation.period.latest_start(earliest - dt.timedelta(days=1)),
            on__lte=limitation.period.latest_start(latest),
        )
    found = cases.filter(
        ~Q(status=Case.STATUS.CLOSED),
        pk__in=Occurrence.objects.filter(near).values("case"),
    )
    days = [
        last
        for case in found.prefetch_related("occurrences")
        for last in of_case(case)
        if earliest <= last.day <= latest
    ]
    return sorted(days, key=lambda last: last.day)
