"""Every mail is a row that a worker delivers, so that no page waits for a mail server."""

import datetime as dt
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from members import choices, tasks
from members.models import Channel, Member, OutgoingMail, UnsubscribeLink


def queue(
    to: str,
    subject: str,
    body: str,
    *,
    member: Member | None = None,
    link: UnsubscribeLink | None = None,
    at: dt.datetime,
) -> OutgoingMail:
    """Write the mail and wake a worker when the transaction has ended.

    Neither subject nor body may hold personal data: mail is read by more than its receiver.
    ``member`` is whom it concerns, so that it goes with her; leave it out where looking her up
    would let a stranger measure that she is one: the worker finds her by the address.
    With a ``link`` it is delivered only if she has not said no by then.
    """
    mail = OutgoingMail.objects.create(
        to=to, subject=subject, body=body, member=member, link=link, created_at=at
    )
    # Robust: with the broker down the page still answers, and beat finds the row.
    transaction.on_commit(lambda: tasks.deliver_mail.delay(mail.pk), robust=True)
    return mail


def queue_unless_unwanted(
    member: Member, topic: str, subject: str, body: str, *, at: dt.datetime
) -> OutgoingMail | None:
    """Write to one member of our own accord: only if she may be contacted, and with the link by
    which she says no."""
    person = Member.objects.filter(pk=member.pk)
    on = timezone.localdate(at)
    if not choices.may_be_contacted(person, topic, Channel.EMAIL, on).exists():
        return None
    link = choices.links_for([member.pk], topic, Channel.EMAIL)[member.pk]
    text = f"{body}\n\n{choices.footer(link)}"
    return queue(member.email, subject, text, member=member, link=link, at=at)


class QueueBackend(BaseEmailBackend):
    """Django's own mail, and the libraries', goes the same way: plain text, a row each."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if message.attachments:
                raise ValueError("Files do not leave the house by mail.")
            for recipient in message.recipients():
                queue(recipient, str(message.subject), str(message.body), at=timezone.now())
        return len(email_messages)
