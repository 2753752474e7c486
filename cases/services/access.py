"""Who else may see a case: by grant, or by breaking the glass (law 11)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Case, CaseEvent, EmergencyAccess, Grant, TeamMembership
from cases.services.trail import CannotDo, locked, log, reasoned
from cases.staff import permitted
from members import mail
from members.models import User

EMERGENCY = dt.timedelta(minutes=60)
LONGEST_GRANT = dt.timedelta(days=183)


@transaction.atomic
def grant(
    case: Case, user: Any, *, by: Any, at: dt.datetime, until: dt.datetime, reason: str
) -> Grant:
    """Let an employee whose kind it is see one case, for at most half a year.

    Raises ``CannotDo``.
    """
    case = locked(case)
    if not (user.is_active and user.is_staff and user.has_perm(case.facts.permission)):
        raise CannotDo(_("The employee's role does not let them handle this case."))
    if not at < until <= at + LONGEST_GRANT:
        raise CannotDo(_("Access ends at a time to come, within half a year."))
    granted = Grant.objects.create(
        case=case, user=user, reason=reasoned(reason), granted_by=by, granted_at=at, until=until
    )
    log(case, CaseEvent.Kind.GRANTED, by=by, at=at)
    return granted


@transaction.atomic
def end_grant(granted: Grant, *, by: Any, at: dt.datetime) -> None:
    """Let it end now; the row stays, to show who could see the case."""
    Grant.objects.filter(pk=granted.pk, granted_at__lt=at, until__gt=at).update(until=at)


@transaction.atomic
def break_glass(case: Case, *, by: Any, at: dt.datetime, reason: str) -> EmergencyAccess:
    """Open a case for an hour without being anyone in it. The unit's leads and the data
    protection officer are told; somebody follows it up. Raises ``CannotDo``."""
    if not Case.objects.behind_glass(by).filter(pk=case.pk).exists():
        raise CannotDo(_("There is no such case."))
    reason = reasoned(reason)
    access = EmergencyAccess.objects.create(
        case=case, user=by, reason=reason, at=at, until=at + EMERGENCY
    )
    log(case, CaseEvent.Kind.GLASS_BROKEN, by=by, at=at)
    for email in _told_of(case):
        mail.queue(
            email,
            _("A case has been opened in an emergency"),
            _("Log in to the work desk to see it and follow it up."),
            at=at,
        )
    return access


def _told_of(case: Case) -> set[str]:
    """The addresses of the unit's leads and of those who follow up everywhere."""
    leads = TeamMembership.objects.leads().filter(team=case.team_id).values("user")
    told = Q(pk__in=leads) | permitted("cases.follow_up_emergencyaccess")
    staff = User.objects.filter(told, is_staff=True, is_active=True)
    return {email for email in staff.values_list("email", flat=True) if email}


@transaction.atomic
def follow_up(access: EmergencyAccess, *, by: Any, at: dt.datetime) -> EmergencyAccess:
    """Say that one has looked at why the glass was broken. Raises ``CannotDo``."""
    access = EmergencyAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if access.followed_up_at is not None:
        raise CannotDo(_("It has been followed up already."))
    if access.user_id == by.pk:
        raise CannotDo(_("Someone else must follow it up."))
    access.followed_up_by, access.followed_up_at = by, at
    access.save(update_fields=["followed_up_by", "followed_up_at"])
    return access
