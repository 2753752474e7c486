"""A mailing's way: laid down, approved, sent chunk by chunk, stopped.

A recipient's row is the to-do list. It is claimed in the transaction that queues its mail, so that
a worker killed anywhere has queued each mail once or not at all; ``delivery`` looks at each person
again in the moment her mail is handed over, and says what becomes of a mail whose worker dies in
that very moment.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from members import choices
from members.imports import bulk
from members.mailings import lists, purposes
from members.models import Channel, Mailing, MailingRecipient, Member, OutgoingMail, Reason
from members.models.mailings import ALONE

Status = Mailing.Status
CHUNK = 500
#: A mailing that has not been heard of for so long has lost its worker.
DEAD_AFTER = dt.timedelta(minutes=2)


class CannotSend(Exception):
    """The message is written for the one who sends, and is shown as it is."""


@transaction.atomic
def send(mailing: Mailing, *, by: Any, at: dt.datetime) -> None:
    """Lay down the list. Up to a hundred mails go at once; more wait for a second person.

    Raises ``CannotSend``.
    """
    mailing = _locked(mailing, Status.DRAFT)
    on = timezone.localdate(at)
    if purposes.BY_KEY.get(mailing.purpose) not in purposes.published(on):
        raise CannotSend(_("The privacy notice in force does not tell of this purpose."))
    keys = list(lists.reached(mailing, on=on).values_list("pk", flat=True))
    if not keys:
        raise CannotSend(_("Nobody is left to send it to."))
    empty = {"mailing_id": mailing.pk, "status": MailingRecipient.Status.WAITING, "reason": ""}
    bulk.insert(MailingRecipient, [{**empty, "member_id": key} for key in sorted(keys)])
    mailing.sent_by, mailing.listed = by, len(keys)
    if mailing.listed > ALONE:
        mailing.status = Status.WAITING
        mailing.save(update_fields=["sent_by", "listed", "status"])
        return
    _begin(mailing, at)


@transaction.atomic
def approve(mailing: Mailing, *, by: Any, at: dt.datetime) -> None:
    """Let a mailing to many go, as the second of two people (law 12). Raises ``CannotSend``."""
    mailing = _locked(mailing, Status.WAITING)
    if by.pk in (mailing.sent_by_id, mailing.created_by_id):
        raise CannotSend(_("Someone else must approve the mailing."))
    mailing.approved_by, mailing.approved_at = by, at
    _begin(mailing, at)


@transaction.atomic
def stop(mailing: Mailing, *, at: dt.datetime) -> None:
    """Send nothing more of it. What has been handed over has been sent. Raises ``CannotSend``."""
    mailing = _locked(mailing, Status.WAITING, Status.SENDING)
    queued = OutgoingMail.objects.filter(
        recipient__mailing=mailing, status=OutgoingMail.Status.QUEUED
    )
    held_back = list(queued.select_for_update(of=("self",)).values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=held_back).update(
        status=OutgoingMail.Status.WITHDRAWN, to="", body=""
    )
    mailing.recipients.filter(mail__in=held_back).fell_away(Reason.STOPPED)
    mailing.recipients.waiting().fell_away(Reason.STOPPED)
    Mailing.objects.filter(pk=mailing.pk).update(status=Status.STOPPED, finished_at=at)


@transaction.atomic
def send_chunk(mailing_id: int, *, at: dt.datetime) -> list[int] | None:
    """Queue the mails of some who wait, and give their keys; None where nobody waits any more."""
    mailing = Mailing.objects.filter(pk=mailing_id, status=Status.SENDING).first()
    if mailing is None:
        return None
    waiting = mailing.recipients.waiting()
    claimed = list(waiting.select_for_update(skip_locked=True).order_by("pk")[:CHUNK])
    if not claimed:
        if not waiting.exists():
            Mailing.objects.filter(pk=mailing_id).update(status=Status.DONE, finished_at=at)
        return None
    Mailing.objects.filter(pk=mailing_id).update(heartbeat_at=at)
    return _queue(mailing, claimed, at)


def _queue(mailing: Mailing, recipients: list[MailingRecipient], at: dt.datetime) -> list[int]:
    topic = purposes.topic_of(mailing.purpose)
    people = choices.with_reason(
        Member.objects.filter(pk__in=[recipient.member_id for recipient in recipients]),
        topic,
        Channel.EMAIL,
        timezone.localdate(at),
    )
    told = {pk: rest for pk, *rest in people.values_list("pk", "email", "falls_away_for")}
    links = choices.links_for(told, topic, Channel.EMAIL) if topic else {}
    mails = []
    for recipient in recipients:
        email, recipient.reason = told[recipient.member_id]
        if recipient.reason:
            recipient.status = MailingRecipient.Status.FELL_AWAY
            continue
        link = links.get(recipient.member_id)
        recipient.status = MailingRecipient.Status.QUEUED
        recipient.mail = OutgoingMail(
            to=email,
            subject=mailing.subject,
            body=f"{mailing.body}\n\n{choices.footer(link) if link else _necessary()}",
            member_id=recipient.member_id,
            link=link,
            created_at=at,
        )
        mails.append(recipient.mail)
    OutgoingMail.objects.bulk_create(mails)
    for recipient in recipients:
        recipient.mail = recipient.mail  # which has got its key
    MailingRecipient.objects.bulk_update(recipients, ["status", "reason", "mail"])
    return [mail.pk for mail in mails]


def _necessary() -> str:
    return _("You get this because it is part of your membership.")


def stale(at: dt.datetime) -> list[int]:
    """Mailings whose message was lost or whose worker died."""
    being_sent = Mailing.objects.filter(status=Status.SENDING, heartbeat_at__lt=at - DEAD_AFTER)
    return list(being_sent.values_list("pk", flat=True))


def progress(mailing: Mailing) -> tuple[dict[str, int], list[tuple[Reason, int]]]:
    """How many of the list are in each state, and why some fell away. One query."""
    counted = mailing.recipients.order_by().values_list("status", "reason").annotate(n=Count("pk"))
    states: dict[str, int] = dict.fromkeys(MailingRecipient.Status.values, 0)
    reasons: dict[str, int] = {}
    for status, reason, number in counted:
        states[status] += number
        if reason:
            reasons[reason] = number
    return states, [(reason, reasons[reason]) for reason in Reason if reason in reasons]


def _begin(mailing: Mailing, at: dt.datetime) -> None:
    mailing.status, mailing.heartbeat_at = Status.SENDING, at
    mailing.save(
        update_fields=[
            "sent_by", "listed", "approved_by", "approved_at", "status", "heartbeat_at",
        ]
    )  # fmt: skip


def _locked(mailing: Mailing, *expected: str) -> Mailing:
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if mailing.status not in expected:
        raise CannotSend(_("The mailing has gone on in the meantime. Look at it again."))
    return mailing
