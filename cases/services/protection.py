"""Restriction under Art. 18, and the look that a case gets before its time ends it (R7)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import kinds
from cases.models import Case, CaseEvent, RestrictionGround
from cases.services.trail import CannotDo, locked, log, midnight, reasoned, saved, tell_member
from ledarna_gdpr.privacy import Period, registry

#: How long before its date a case may be reviewed: a look taken years before says nothing.
REVIEWED_WITHIN = Period(months=6)


@transaction.atomic
def restrict(
    case: Case,
    ground: str,
    *,
    by: Any,
    at: dt.datetime,
    reason: str,
    until: dt.date | None = None,
) -> Case:
    """Take a case out of the normal views. Until a date, the sweep then completes an erasure that
    has to wait; what the member has asked for stays until it is lifted. Raises ``CannotDo``."""
    case = locked(case)
    reason = reasoned(reason)
    if until is not None and until <= timezone.localdate(at):
        raise CannotDo(_("The date must lie ahead."))
    if ground == RestrictionGround.ERASURE and until is None:
        raise CannotDo(_("Give the day until which the case is restricted."))
    case.restricted_at, case.restriction_ground, case.restricted_until = at, ground, until
    saved(case, "restricted_at", "restriction_ground", "restricted_until", by=by)
    log(case, CaseEvent.Kind.RESTRICTED, by=by, at=at, reason=reason)
    tell_member(case, at=at)
    return case


@transaction.atomic
def announce_lift(case: Case, *, by: Any, at: dt.datetime, reason: str) -> Case:
    """Tell the person that the restriction will be lifted, by mail or, as the reason says, by
    letter: she is told before it is done (Art. 18(3)). Raises ``CannotDo``."""
    case = _restricted(case)
    log(case, CaseEvent.Kind.LIFT_ANNOUNCED, by=by, at=at, reason=reasoned(reason))
    tell_member(case, at=at)
    return case


@transaction.atomic
def lift(case: Case, *, by: Any, at: dt.datetime) -> Case:
    """Bring a case back, once its person has been told. Raises ``CannotDo``."""
    case = _restricted(case)
    told = case.events.filter(kind=CaseEvent.Kind.LIFT_ANNOUNCED, at__gte=case.restricted_at)
    if not told.exists():
        raise CannotDo(_("Tell the member first: she has to know before it is lifted."))
    case.restricted_at, case.restriction_ground, case.restricted_until = None, "", None
    saved(case, "restricted_at", "restriction_ground", "restricted_until", by=by)
    log(case, CaseEvent.Kind.LIFTED, by=by, at=at)
    return case


def _restricted(case: Case) -> Case:
    case = locked(case, also_restricted=True)
    if not case.is_restricted:
        raise CannotDo(_("The case is not restricted."))
    if case.restriction_ground == RestrictionGround.ERASURE:
        raise CannotDo(_("The erasure has been granted; the case stays restricted until then."))
    return case


def awaiting_review(cases: QuerySet[Case], *, on: dt.date) -> QuerySet[Case]:
    """Those of the cases whose time ends within six months and that nobody has reviewed."""
    latest = REVIEWED_WITHIN.after(on)
    near = Q(pk__in=[])
    for kind in kinds.those(is_reviewed=True):
        facts = kinds.KINDS[kind]
        started = registry.period_of(facts.rule).latest_start(latest)
        day_after = started + dt.timedelta(days=1)
        until = day_after if facts.clock == "concluded_on" else midnight(day_after)
        near |= Q(kind=kind, **{f"{facts.clock}__lt": until})
    return cases.filter(near, status=Case.STATUS.CLOSED, erasure_reviewed_at=None)


@transaction.atomic
def mark_reviewed(case: Case, *, by: Any, at: dt.datetime) -> Case:
    """Say that nothing speaks for keeping the case beyond its date. Only then is it erased, and
    only when the date is near is it asked. Raises ``CannotDo``."""
    case = locked(case)
    day = case.erased_earliest
    if not (case.facts.is_reviewed and case.is_closed and day):
        raise CannotDo(_("Only a closed case of a kind that is reviewed can be reviewed."))
    if REVIEWED_WITHIN.after(timezone.localdate(at)) < day:
        raise CannotDo(_("The case is reviewed in its last six months, not before."))
    case.erasure_reviewed_at = at
    saved(case, "erasure_reviewed_at", by=by)
    log(case, CaseEvent.Kind.REVIEWED, by=by, at=at)
    return case
