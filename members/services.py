"""An application for membership from the form to the decision (P5)."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import Source, registry
from members import mail
from members.models import Application, Member, MembershipPeriod
from members.privacy.person import PROVIDED


class CannotDecide(Exception):
    """The message is written for the case officer and is shown as it is."""


@transaction.atomic
def start(application: Application, *, link: str, at: dt.datetime) -> None:
    """Keep what the form took and mail ``link``, with which the applicant confirms her address.

    Nobody is looked up: the same is done, in the same time, for members and others (law 9).
    """
    application.set_personnummer(application.personnummer)
    application.last_activity_at = at
    application.notice_version = registry.notice_in_force(timezone.localdate(at))
    application.save()
    mail.queue(
        application.email,
        _("Confirm your application"),
        _(
            "We have received an application with this e-mail address. Open the link to confirm "
            "it:\n\n%(link)s\n\nWas it not you? Then you need do nothing: an application that is "
            "not confirmed is erased."
        )
        % {"link": link},
        at=at,
    )


@transaction.atomic
def submit(application: Application, *, at: dt.datetime) -> None:
    """The applicant has shown that she reads the mailbox. A second time changes nothing."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status == Application.Status.STARTED:
        application.status = Application.Status.SUBMITTED
        application.last_activity_at = at
        application.save(update_fields=["status", "last_activity_at"])


@transaction.atomic
def accept(application: Application, *, by: Any, at: dt.datetime) -> Member:
    """Make the applicant a member from the day of the decision.

    Someone who was a member before gets a new period on her own row, also where the rules have
    reduced it since. Raises ``CannotDecide``.
    """
    application = _waiting(application)
    member = _former_member(application) or Member(member_number=next_member_number())
    fields = [name for name in PROVIDED if getattr(application, name)]
    for name in fields:
        setattr(member, name, getattr(application, name))
    member.personnummer_hash = application.personnummer_hash or member.personnummer_hash
    member.reduced_at = None
    member.note_source(fields, Source.APPLICATION, at)
    member._history_user = by  # type: ignore[attr-defined]
    member.save()
    MembershipPeriod.objects.create(member=member, started_on=timezone.localdate(at))
    Member.objects.filter(pk=member.pk).refresh_left_on()
    _decide(application, Application.Status.ACCEPTED, by, at, member=member)
    if member.email:
        mail.queue(
            member.email,
            _("We have decided on your application"),
            _("You are welcome. Log in on My pages with this e-mail address."),
            member=member,
            at=at,
        )
    return member


@transaction.atomic
def decline(application: Application, *, by: Any, at: dt.datetime) -> None:
    """Say no. The application goes three months later (R3). Raises ``CannotDecide``."""
    application = _waiting(application)
    _decide(application, Application.Status.DECLINED, by, at)
    if application.email:
        mail.queue(
            application.email,
            _("We have decided on your application"),
            _("We cannot accept it as it is. Call us and we tell you why: %(telephone)s.")
            % {"telephone": settings.CONTROLLER["telephone"]},
            at=at,
        )


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
    numbers = {member.personnummer_hash, application.personnummer_hash} - {None}
    if len(numbers) > 1:
        raise CannotDecide(
            _("The e-mail address belongs to someone with another personnummer. Ask the applicant.")
        )
    if member.restricted_at:
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
    application._history_user = by  # type: ignore[attr-defined]
    application.save()
