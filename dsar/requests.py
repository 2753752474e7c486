"""A request's way from receipt to answer (Art. 12). One function for each decision."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import access, deadlines, erasure, letters, tasks
from dsar.models import SubjectRequest
from ledarna_gdpr.privacy import registry
from members import mail
from members.models import Member

Kind, Status = SubjectRequest.Kind, SubjectRequest.Status
DATA = (Kind.ACCESS, Kind.PORTABILITY)


class CannotDo(Exception):
    """The message is written for whoever asked, and is shown as it is."""


def receive(
    *,
    kind: str,
    channel: str,
    at: dt.datetime,
    member: Member | None = None,
    name: str = "",
    contact: str = "",
    message: str = "",
    identification: str = "",
) -> SubjectRequest:
    """Register a request, from whatever channel; ``at`` starts the clock.

    A logged-in person who asks for her data is known, and most often nothing is left to decide:
    the answer is made at once. Raises ``CannotDo`` where the same is already being dealt with.
    """
    with transaction.atomic():
        request = SubjectRequest(
            kind=kind,
            channel=channel,
            received_at=at,
            member=member,
            name=name,
            contact=contact,
            message=message,
            identification=identification,
            notice_version=registry.notice_in_force(timezone.localdate(at)),
        )
        try:
            with transaction.atomic():
                request.save()
        except IntegrityError:
            raise CannotDo(_("There is already an open request of this kind.")) from None
        is_known = identification == SubjectRequest.Identification.LOGGED_IN
        if kind in DATA and is_known and not needs_a_second_look(request, at=at):
            _set_to_work(request)
        return request


def needs_a_second_look(request: SubjectRequest, *, at: dt.datetime) -> bool:
    """Whether the answer masks something, so that an employee reads it before it leaves."""
    if request.kind != Kind.ACCESS or request.member_id is None:
        return False
    return bool(access.masked_passages(request.member_id, at=at))


@transaction.atomic
def withdraw(request: SubjectRequest, *, at: dt.datetime) -> None:
    """The person takes her request back, while nothing has been decided."""
    request = _locked(request, Status.RECEIVED)
    request.status, request.closed_at = Status.REFUSED, at
    request.decision_reason = _("Withdrawn by the person who made it.")
    request.save(update_fields=["status", "closed_at", "decision_reason"])


@transaction.atomic
def identify(
    request: SubjectRequest, *, how: str, member: Member, by: Any, at: dt.datetime
) -> None:
    """Note how an employee made sure who asks, and who it is (Art. 12(6))."""
    request = _locked(request, Status.RECEIVED)
    if not how:
        raise CannotDo(_("Choose how the person was identified."))
    same = SubjectRequest.objects.open().filter(member=member, kind=request.kind)
    if same.exclude(pk=request.pk).exists():
        raise CannotDo(_("There is already an open request of this kind."))
    request.identification, request.member = how, member
    request.save(update_fields=["identification", "member"])


@transaction.atomic
def extend(request: SubjectRequest, *, reason: str, by: Any, at: dt.datetime) -> None:
    """Two more months, told with their reason within the first (Art. 12(3))."""
    request = _locked(request, Status.RECEIVED)
    if not reason.strip():
        raise CannotDo(_("An extension needs its reason (Art. 12(3))."))
    if request.extended_at is not None:
        raise CannotDo(_("The time has been extended already; it can be done once."))
    if timezone.localdate(at) > deadlines.lawful(request.received_on):
        raise CannotDo(_("The first month is over; the time can no longer be extended."))
    request.extension_reason, request.extended_at = reason, at
    request.save(update_fields=["extension_reason", "extended_at"])
    _tell(request, at)


@transaction.atomic
def approve(request: SubjectRequest, *, by: Any, at: dt.datetime) -> None:
    """Say yes to an erasure or to handing data out; a worker carries it out.

    The plan of an erasure is made anew, so that what is approved is what stands today.
    """
    request = _locked(request, Status.RECEIVED)
    if request.kind not in (*DATA, Kind.ERASURE):
        raise CannotDo(_("A request of this kind is answered with a decision of its own."))
    if request.member is None or not request.identification:
        raise CannotDo(_("Identify the person before you approve (Art. 12(6))."))
    request.decided_by, request.decided_at = by, at
    request.save(update_fields=["decided_by", "decided_at"])
    if request.kind == Kind.ERASURE:
        erasure.plan(request, on=timezone.localdate(at))
    _set_to_work(request)


@transaction.atomic
def refuse(request: SubjectRequest, *, reason: str, by: Any, at: dt.datetime) -> None:
    """Say no, with the reason that the person is told (Art. 12(4))."""
    _close(_locked(request, Status.RECEIVED), Status.REFUSED, reason, by, at)


@transaction.atomic
def answer(request: SubjectRequest, *, reason: str, by: Any, at: dt.datetime) -> None:
    """Close a correction or an objection with what was decided and done."""
    request = _locked(request, Status.RECEIVED)
    if request.kind in (*DATA, Kind.ERASURE):
        raise CannotDo(_("A request of this kind is approved or refused."))
    if not request.identification:
        raise CannotDo(_("Identify the person before you answer (Art. 12(6))."))
    _close(request, Status.ANSWERED, reason, by, at)


def _close(request: SubjectRequest, status: str, reason: str, by: Any, at: dt.datetime) -> None:
    if not reason.strip():
        raise CannotDo(_("Write the reason: the person is told (Art. 12(4))."))
    request.status, request.decision_reason = status, reason
    request.decided_by, request.decided_at, request.closed_at = by, at, at
    request.save(
        update_fields=["status", "decision_reason", "decided_by", "decided_at", "closed_at"]
    )
    _tell(request, at)


def _tell(request: SubjectRequest, at: dt.datetime) -> None:
    """Say that there is a letter to read. What it says is on My pages, behind the log-in; who
    cannot log in is sent it on paper or called."""
    if request.member and request.member.email and not request.member.restricted_at:
        subject, text = letters.letter_is_waiting()
        mail.queue(request.member.email, subject, text, member=request.member, at=at)


def _set_to_work(request: SubjectRequest) -> None:
    """Approved is what the schedule looks for; the message only spares the wait."""
    request.status = Status.APPROVED
    request.save(update_fields=["status"])
    task = tasks.execute_erasure if request.kind == Kind.ERASURE else tasks.make_package
    task.delay_on_commit(request_id=request.pk)


def _locked(request: SubjectRequest, status: str) -> SubjectRequest:
    request = SubjectRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.status != status:
        raise CannotDo(_("The request has gone on in the meantime. Look at it again."))
    return request
