"""Takes queued mail to the mail server. The row is the to-do list; a task is only a nudge."""

import datetime as dt
import logging
from contextlib import nullcontext, suppress
from smtplib import SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from members import choices
from members.models import MailingRecipient, Member, OutgoingMail

logger = logging.getLogger(__name__)

Status = OutgoingMail.Status
#: How long a claimed mail may take before its worker is thought dead, and a failed one waits.
PATIENCE = dt.timedelta(minutes=5)
BATCH = 500
EMPTIED = {"to": "", "body": ""}
#: Takes everything and sends nothing.
NOBODY = "django.core.mail.backends.dummy.EmailBackend"


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
        return _hand_over(mail, server, at=at)
    finally:
        with suppress(OSError):  # the mail has been handed over, or has not
            server.close()


def _hand_over(mail: OutgoingMail, server: BaseEmailBackend, *, at: dt.datetime) -> bool:
    mine = OutgoingMail.objects.filter(pk=mail.pk)
    # Committed before the server hears of the mail: a worker that dies from here on leaves a trace
    # of what the server may have taken.
    if not mine.filter(status=Status.QUEUED).update(status=Status.SENDING, claimed_at=at):
        return False  # another worker was faster, or it was erased in this moment
    # What may be said no to is handed over in the transaction that asks: a no waits for it.
    with transaction.atomic() if mail.link else nullcontext():
        if mail.link and (reason := choices.why_not(mail.link, timezone.localdate(at))):
            mine.update(status=Status.WITHDRAWN, **EMPTIED)
            MailingRecipient.objects.filter(mail=mail.pk).fell_away(reason)
            logger.info("Mail %d is no longer wanted", mail.pk)
            return False
        try:
            _send(mail, server)
        except OSError as error:
            if mail.link and _may_have_been_taken(error):
                _leave_unsure(mine)
                logger.warning("Mail %d is perhaps delivered: %s", mail.pk, type(error).__name__)
            else:
                mine.update(status=Status.QUEUED)
                logger.warning("Mail %d waits: %s", mail.pk, type(error).__name__)
            return False
        mine.update(status=Status.DELIVERED, **(EMPTIED if settings.DELIVERY else {}))
        MailingRecipient.objects.filter(mail=mail.pk).sent()
    logger.info("Mail %d delivered", mail.pk)
    return True


def _may_have_been_taken(error: OSError) -> bool:
    """Whether the connection broke; a server that says no has not taken the mail."""
    return isinstance(error, SMTPServerDisconnected) or not isinstance(error, SMTPException)


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
    said no to does not: staff see of how many that is unsure.
    """
    tried_long_ago = Q(claimed_at__lt=at - PATIENCE)
    abandoned = OutgoingMail.objects.filter(tried_long_ago, status=Status.SENDING)
    with transaction.atomic():
        _leave_unsure(abandoned.filter(link__isnull=False))
    abandoned.filter(link=None).update(status=Status.QUEUED)
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
