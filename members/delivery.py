"""Takes queued mail to the mail server. The row is the to-do list; a task is only a nudge.

A worker may die at any moment, and of a mail that it had claimed one must know whether a server can
have taken it. For a mail that its receiver may say no to, a ticket lies in the cache, outside the
transaction, from the claim until a server can take the mail. It is used once: by the worker to hand
the mail over, or by ``overdue`` to let it go again. Without one, or with the cache lost, the mail
does not go again. A necessary mail needs none: it goes until a server has said yes.
"""

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import nullcontext, suppress
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from members import choices
from members.models import (
    Mailing,
    MailingRecipient,
    Member,
    OutgoingMail,
    Reason,
    UnsubscribeLink,
)

logger = logging.getLogger(__name__)

Status = OutgoingMail.Status
#: How long a claimed mail may take before its worker is thought dead, and a failed one waits.
PATIENCE = dt.timedelta(minutes=5)
#: Longer than a queue stands still before somebody sees to it.
TICKET_LASTS = dt.timedelta(days=7)
BATCH = 500
EMPTIED = {"to": "", "body": ""}
#: Takes everything and sends nothing.
NOBODY = "django.core.mail.backends.dummy.EmailBackend"


class _TicketIsGone(Exception):
    """This worker was thought dead and another has the mail; or the cache has been lost."""


def deliver(mail_id: int, *, at: dt.datetime) -> bool:
    """Deliver one queued mail; False where there is nothing to do or the server refuses.

    What has been delivered is emptied at once. Without a mail server (the embedded default) it
    stays readable until the sweep takes the row.
    """
    queued = OutgoingMail.objects.filter(pk=mail_id, status=Status.QUEUED)
    mail = queued.select_related("link").first()
    if mail is None:
        return False
    if mail.member is None:
        # Found here and not in the page, whose time would tell strangers who is a member.
        queued.update(member=Member.objects.filter(email=mail.to.lower()).first())
    server = _server()
    try:
        server.open()
    except OSError as error:  # of which a mail server's refusal is a kind
        queued.update(claimed_at=at)
        logger.warning("Mail %d waits: %s", mail_id, type(error).__name__)
        return False
    try:
        if not _claim(mail, at=at):
            return False
        is_delivered = _hand_over(mail, server, at=at)
        cache.delete(_ticket(mail))  # what became of the mail is committed
        return is_delivered
    finally:
        with suppress(OSError):  # the mail has been handed over, or has not
            server.close()


def _claim(mail: OutgoingMail, *, at: dt.datetime) -> bool:
    """False where another worker was faster, or it was erased in this moment.

    Committed before the server hears of the mail: a worker that dies from here on leaves a trace.
    """
    mail.claimed_at = at
    queued = OutgoingMail.objects.filter(pk=mail.pk, status=Status.QUEUED)
    with transaction.atomic():
        is_mine = queued.update(status=Status.SENDING, claimed_at=at) == 1
        # After the update, which keeps others off; before its commit, from which on it is needed.
        if is_mine and mail.link:
            cache.set(_ticket(mail), True, timeout=TICKET_LASTS.total_seconds())
    return is_mine


def _ticket(mail: OutgoingMail) -> str:
    """One for each claim, so that nobody uses that of another who has claimed the mail since."""
    return f"ticket-of-mail-{mail.pk}-{mail.claimed_at:%Y%m%d%H%M%S%f}"


def _use_ticket(mail: OutgoingMail) -> None:
    if not cache.delete(_ticket(mail)):
        raise _TicketIsGone


def _before_it_is_taken(server: BaseEmailBackend, act: Callable[[], None]) -> None:
    """``act`` in the last moment when no server can have the mail.

    In SMTP that is when both have said all but the mail itself. That goes in one piece with its
    end: what is sent of a dying worker's mail is all of it or nothing.
    """
    if not isinstance(server, smtp.EmailBackend):
        act()
        return
    connection: Any = server.connection
    send = connection.send

    def act_and_send(text: str | bytes) -> None:
        if isinstance(text, bytes):  # a command is a string
            try:
                act()
            except Exception:
                connection.close()  # with a word of farewell, that would be the mail's text
                raise
        send(text)

    connection.send = act_and_send


def _hand_over(mail: OutgoingMail, server: BaseEmailBackend, *, at: dt.datetime) -> bool:
    mine = OutgoingMail.objects.filter(pk=mail.pk)
    # What may be said no to is handed over in the transaction that asks: a no waits for it.
    with transaction.atomic() if mail.link else nullcontext():
        if mail.link and (reason := _why_not(mail, mail.link, at)):
            mine.update(status=Status.WITHDRAWN, **EMPTIED)
            MailingRecipient.objects.filter(mail=mail.pk).fell_away(reason)
            logger.info("Mail %d is no longer wanted", mail.pk)
            return False
        try:
            if mail.link:
                _before_it_is_taken(server, lambda: _use_ticket(mail))
            _send(mail, server)
        except _TicketIsGone:
            logger.warning("Mail %d is no longer this worker's", mail.pk)
            return False
        except OSError as error:
            if mail.link and _may_have_been_taken(mail, error):
                _leave_unsure(mine)
                logger.warning("Mail %d is perhaps delivered: %s", mail.pk, type(error).__name__)
            else:
                # Unless this worker was thought dead, and another has seen to the mail since.
                mine.filter(status=Status.SENDING, claimed_at=at).update(status=Status.QUEUED)
                logger.warning("Mail %d waits: %s", mail.pk, type(error).__name__)
            return False
        mine.update(status=Status.DELIVERED, **(EMPTIED if settings.DELIVERY else {}))
        MailingRecipient.objects.filter(mail=mail.pk).sent()
    logger.info("Mail %d delivered", mail.pk)
    return True


def _why_not(mail: OutgoingMail, link: UnsubscribeLink, at: dt.datetime) -> str:
    # Stopping a mailing holds back what is queued; this mail may have been claimed at that moment.
    if MailingRecipient.objects.filter(mail=mail, mailing__status=Mailing.Status.STOPPED).exists():
        return Reason.STOPPED
    return choices.why_not(link, timezone.localdate(at))


def _may_have_been_taken(mail: OutgoingMail, error: OSError) -> bool:
    """Whether the connection broke too late; a server that says no has not taken the mail."""
    broke = isinstance(error, SMTPServerDisconnected) or not isinstance(error, SMTPException)
    return broke and not cache.has_key(_ticket(mail))


def _leave_unsure(mails: QuerySet[OutgoingMail]) -> None:
    keys = list(mails.values_list("pk", flat=True))
    # One that was only slow has told meanwhile what became of its mail.
    left = OutgoingMail.objects.filter(pk__in=keys, status=Status.SENDING)
    left.update(status=Status.UNSURE, **EMPTIED)
    MailingRecipient.objects.filter(mail__in=keys, mail__status=Status.UNSURE).left_unsure()


def overdue(*, at: dt.datetime) -> list[int]:
    """The mails that a lost message, a dead worker or a refusing server left behind.

    A mail whose worker died while handing it over may have been taken by the server. What is
    necessary goes again, under the same Message-ID: twice is better than not at all. What may be
    said no to goes again only where its ticket is left; of how many it is unsure, staff see.
    """
    tried_long_ago = Q(claimed_at__lt=at - PATIENCE)
    abandoned = OutgoingMail.objects.filter(tried_long_ago, status=Status.SENDING)
    again = [mail.pk for mail in abandoned if not mail.link_id or cache.delete(_ticket(mail))]
    abandoned.filter(pk__in=again).update(status=Status.QUEUED)
    with transaction.atomic():
        _leave_unsure(abandoned.filter(link__isnull=False))
    waiting = OutgoingMail.objects.filter(Q(claimed_at=None) | tried_long_ago, status=Status.QUEUED)
    return [*waiting.order_by("created_at").values_list("pk", flat=True)[:BATCH]]


def _send(mail: OutgoingMail, server: BaseEmailBackend) -> None:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    # The same each time, so that a receiver can tell a repeated mail from a new one.
    headers = {"Message-ID": f"<{mail.created_at:%Y%m%d%H%M%S}.{mail.pk}@{domain}>"}
    if mail.link:  # RFC 8058: the mail program's own button says no
        headers["List-Unsubscribe"] = f"<{choices.address_of(mail.link)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMessage(
        mail.subject, mail.body, to=[mail.to], headers=headers, connection=server
    )
    message.send()


def _server() -> BaseEmailBackend:
    delivery = settings.DELIVERY or {"EMAIL_BACKEND": NOBODY}
    return get_connection(
        delivery["EMAIL_BACKEND"],
        host=delivery.get("EMAIL_HOST"),
        port=delivery.get("EMAIL_PORT"),
        username=delivery.get("EMAIL_HOST_USER"),
        password=delivery.get("EMAIL_HOST_PASSWORD"),
        use_tls=delivery.get("EMAIL_USE_TLS", False),
        use_ssl=delivery.get("EMAIL_USE_SSL", False),
        timeout=20,
    )
