"""A case from the first question to the end, and the hands that it passes through (P8)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.kinds import KINDS, Kind
from cases.models import Case, CaseEvent, Team
from cases.services.trail import CannotDo, locked, log, reasoned, running, saved, tell_member
from ledarna_gdpr.privacy import registry
from members.models import Member

Event = CaseEvent.Kind
Status = Case.STATUS


@transaction.atomic
def open_case(
    member: Member,
    *,
    kind: str,
    subject: str,
    at: dt.datetime,
    by: Any = None,
    concerns_health: bool = False,
    team: Team | None = None,
    due_on: dt.date | None = None,
) -> Case:
    """Open a case, by the member herself or, with ``by``, by an employee whose kind it is.

    It goes to ``team``, or to the first unit that takes the kind. Raises ``CannotDo``.
    """
    facts = KINDS[Kind(kind)]
    if not subject.strip():
        raise CannotDo(_("Write in a few words what the case is about."))
    if by is not None and not by.has_perm(facts.permission):
        raise CannotDo(_("Your role does not handle cases of this kind."))
    if concerns_health and not facts.has_health:
        raise CannotDo(_("A case of this kind holds nothing about health."))
    if Member.objects.filter(pk=member.pk).exclude(restricted_at=None).exists():
        raise CannotDo(_("The member's data are restricted."))
    case = Case(
        member=member,
        kind=kind,
        subject=subject.strip(),
        is_opened_by_member=by is None,
        concerns_health=concerns_health,
        team=_taking(kind, team),
        opened_at=at,
        last_contact_at=at,
        due_on=due_on,
        notice_version=registry.notice_in_force(timezone.localdate(at)),
    )
    case._history_user = by  # type: ignore[attr-defined]
    case.save()
    log(case, Event.OPENED, by=by, at=at, team=case.team)
    return case


def _taking(kind: str, team: Team | None) -> Team:
    if team is None:
        taking = Team.objects.taking(kind)
        if not taking:
            raise CannotDo(_("No unit takes cases of this kind. Call us, and we will help you."))
        return taking[0]
    if not team.is_active or kind not in team.kinds:
        raise CannotDo(_("The unit does not take cases of this kind."))
    return team


@transaction.atomic
def take(case: Case, *, by: Any, at: dt.datetime) -> Case:
    """Make a case that nobody has one's own. Raises ``CannotDo``."""
    case = running(case)
    if case.handler_id is not None:
        raise CannotDo(_("Somebody has the case already."))
    return _give(case, by, Event.TAKEN, by=by, at=at)


@transaction.atomic
def assign(case: Case, handler: Any, *, by: Any, at: dt.datetime) -> Case:
    """Give a case to somebody of its unit. Raises ``CannotDo``."""
    case = running(case)
    if not case.team.memberships.filter(user=handler.pk).exists():
        raise CannotDo(_("The employee is not in the unit. Hand the case over instead."))
    return _give(case, handler, Event.ASSIGNED, by=by, at=at)


@transaction.atomic
def hand_over(
    case: Case, team: Team, *, by: Any, at: dt.datetime, reason: str, handler: Any = None
) -> Case:
    """Give a case to another unit, or within it. Who had it has it no longer.

    Raises ``CannotDo``.
    """
    case = running(case)
    case.team, case.handler = _taking(case.kind, team), None
    reason = reasoned(reason)
    if handler is not None:
        _check_handler(case, handler)
        case.handler = handler
    saved(case, "team", "handler", by=by)
    log(case, Event.HANDED_OVER, by=by, at=at, team=team, reason=reason)
    return case


def _give(case: Case, handler: Any, event: CaseEvent.Kind, *, by: Any, at: dt.datetime) -> Case:
    _check_handler(case, handler)
    case.handler = handler
    if case.status == Status.NEW:
        case.status = Status.OPEN
    saved(case, "handler", "status", by=by)
    log(case, event, by=by, at=at)
    return case


def _check_handler(case: Case, handler: Any) -> None:
    may = handler.is_active and handler.is_staff and handler.has_perm(case.facts.permission)
    if may and case.member.is_protected:
        may = handler.has_perm("members.handle_protected")
    if not may:
        raise CannotDo(_("The employee's role does not let them handle this case."))


@transaction.atomic
def schedule(
    case: Case, *, by: Any, at: dt.datetime, due_on: dt.date | None, is_waiting: bool = False
) -> Case:
    """Say when the next step is due, and whether it is somebody else's. Raises ``CannotDo``."""
    case = running(case)
    status = Status.WAITING if is_waiting else Status.OPEN
    if case.status != status and is_waiting:
        log(case, Event.WAITING, by=by, at=at)
    case.due_on, case.status = due_on, status
    saved(case, "due_on", "status", by=by)
    return case


@transaction.atomic
def escalate(case: Case, to: str, *, by: Any, at: dt.datetime, reason: str) -> Case:
    """Go on with the same case as another kind: one trail, and a date by the new kind's rule.

    The trail says which rule gave way to which, and why. Raises ``CannotDo``.
    """
    case = running(case)
    old, new = case.facts, KINDS[Kind(to)]
    if to not in old.escalates_to:
        raise CannotDo(
            _("A case of the kind %(old)s cannot become %(new)s.")
            % {"old": Kind(case.kind).label, "new": Kind(to).label}
        )
    reason = reasoned(reason)
    event = {"old_kind": case.kind, "new_kind": to}
    rules = {"old_rule": old.rule.code, "new_rule": new.rule.code}
    if to not in case.team.kinds:
        case.team, case.handler = _taking(to, None), None
    case.kind = to
    if case.status == Status.NEW:
        case.status = Status.OPEN
    saved(case, "kind", "status", "team", "handler", by=by)
    log(case, Event.ESCALATED, by=by, at=at, team=case.team, reason=reason, **event, **rules)
    tell_member(case, at=at)
    return case


@transaction.atomic
def close(
    case: Case, *, at: dt.datetime, by: Any = None, concluded_on: dt.date | None = None
) -> Case:
    """Close a case, with the date that its kind's clock counts from. Raises ``CannotDo``.

    Without ``by`` the member closes it, which she can where the clock asks for no date but that.
    """
    case = running(case)
    needs_date = case.facts.clock == "concluded_on"
    if needs_date and by is None:
        raise CannotDo(_("Write to us in the case, and we will close it for you."))
    if needs_date and concluded_on is None:
        raise CannotDo(
            _("Give the date: %(what)s. The case's retention counts from it.")
            % {"what": case.facts.clock_label}
        )
    if concluded_on is not None and concluded_on > timezone.localdate(at):
        raise CannotDo(_("The date has not come yet."))
    case.status, case.closed_at, case.due_on = Status.CLOSED, at, None
    case.concluded_on = concluded_on if needs_date else None
    saved(case, "status", "closed_at", "due_on", "concluded_on", by=by)
    log(case, Event.CLOSED, by=by, at=at)
    if by is not None:
        tell_member(case, at=at)
    return case


@transaction.atomic
def reopen(case: Case, *, by: Any, at: dt.datetime, reason: str) -> Case:
    """Go on with a closed case: its clock stops until it is closed again. Raises ``CannotDo``."""
    case = locked(case)
    if not case.is_closed:
        raise CannotDo(_("The case is not closed."))
    reason = reasoned(reason)
    case.status = Status.OPEN
    case.closed_at = case.concluded_on = case.erasure_reviewed_at = None
    saved(case, "status", "closed_at", "concluded_on", "erasure_reviewed_at", by=by)
    log(case, Event.REOPENED, by=by, at=at, reason=reason)
    tell_member(case, at=at)
    return case
