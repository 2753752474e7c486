"""Decisions on applications for membership (P5)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import Source
from members import privacy
from members.models import Application, Member, MembershipPeriod


class CannotDecide(Exception):
    """The message is written for the case officer and is shown as it is."""


@transaction.atomic
def accept(application: Application, *, by: Any, at: dt.datetime) -> Member:
    """Make the applicant a member from the day of the decision.

    Someone who was a member before gets a new period on her own row, where that has not been
    reduced. Raises ``CannotDecide``.
    """
    application = _waiting(application)
    member = _former_member(application) or Member(member_number=next_member_number())
    fields = [name for name in privacy.PROVIDED if getattr(application, name)]
    for name in fields:
        setattr(member, name, getattr(application, name))
    member.personnummer_hash = application.personnummer_hash or member.personnummer_hash
    member.note_source(fields, Source.APPLICATION, at)
    member._history_user = by
    member.save()
    MembershipPeriod.objects.create(member=member, started_on=timezone.localdate(at))
    Member.objects.filter(pk=member.pk).refresh_left_on()
    _decide(application, Application.Status.ACCEPTED, by, at, member=member)
    return member


@transaction.atomic
def decline(application: Application, *, by: Any, at: dt.datetime) -> None:
    """Say no. The application goes three months later (R3). Raises ``CannotDecide``."""
    _decide(_waiting(application), Application.Status.DECLINED, by, at)


def next_member_number() -> int:
    """One above the highest; the unique constraint settles a race."""
    return (Member.objects.aggregate(highest=Max("member_number"))["highest"] or 100_000) + 1


def _waiting(application: Application) -> Application:
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != Application.Status.SUBMITTED:
        raise CannotDecide(_("Only an application that waits for a decision can be decided."))
    return application


def _former_member(application: Application) -> Member | None:
    same = Q(pk__in=[])
    if application.personnummer_hash:
        same |= Q(personnummer_hash=application.personnummer_hash)
    if application.email:
        same |= Q(email=application.email)
    found = list(Member.objects.select_for_update().filter(same)[:2])
    if not found:
        return None
    if len(found) > 1:
        raise CannotDecide(
            _("The personnummer and the e-mail address belong to two members. Correct one first.")
        )
    (member,) = found
    if member.left_on is None:
        raise CannotDecide(_("This person is already a member. Decline the application."))
    if member.restricted_at or member.reduced_at:
        raise CannotDecide(
            _("The person's earlier data are being erased. Ask the privacy office first.")
        )
    return member


def _decide(
    application: Application,
    status: str,
    by: Any,
    at: dt.datetime,
    member: Member | None = None,
) -> None:
    application.status, application.member = status, member
    application.decided_by, application.decided_at, application.last_activity_at = by, at, at
    application._history_user = by
    application.save()
