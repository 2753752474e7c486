"""Takes queued mail to the mail server. The row is the to-do list; a task is only a nudge."""

import datetime as dt
import logging
from contextlib import nullcontext
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from members import choices
from members.models import MailingRecipient, Member, OutgoingMail

logger = logging.getLogger(__name__)

Status = OutgoingMail.Status
#: How long a claimed mail may take before its worker is thought dead, and a failed one waits.
PATIENCE = dt.timedelta(minutes=5)
BATCH = 500


def deliver(mail_id: int, *, at: dt.datetime) -> bool:
    """Deliver one queued mail; False where there is nothing to do or the server refuses.

    What has been delivered is emptied at once. Without a mail server (the embedded default) it
    stays readable until the sweep takes the row.
    """
    mine = OutgoingMail.objects.filter(pk=mail_id)
    if not mine.filter(status=Status.QUEUED).update(status=Status.SENDING, claimed_at=at):
        return False
    mail = mine.select_related("link").first()
    if mail is None:  # erased in this moment
        return False
    if mail.member is None:
        # Found here and not in the page, whose time would tell strangers who is a member.
        mine.update(member=Member.objects.filter(email=mail.to.lower()).first())
    # What may be said no to is handed over in the transaction that asks: a no waits for it.
    with transaction.atomic() if mail.link else nullcontext():
        if mail.link and (reason := choices.why_not(mail.link, timezone.localdate(at))):
            mine.update(status=Status.WITHDRAWN, to="", body="")
            MailingRecipient.objects.filter(mail=mail_id).fell_away(reason)
            logger.info("Mail %d is no longer wanted", mail_id)
            return False
        if settings.DELIVERY:
            try:
                _send(mail)
            except (OSError, SMTPException) as error:
                mine.update(status=Status.QUEUED)
                logger.warning("Mail %d waits: %s", mail_id, type(error).__name__)
                return False
            mine.update(status=Status.DELIVERED, to="", body="")
        else:
            mine.update(status=Status.DELIVERED)
        MailingRecipient.objects.filter(mail=mail_id).sent()
    logger.info("Mail %d delivered", mail_id)
    return True


def overdue(*, at: dt.datetime) -> list[int]:
    """The mails that a lost message, a dead worker or a refusing server left behind."""
    tried_long_ago = Q(claimed_at__lt=at - PATIENCE)
    OutgoingMail.objects.filter(tried_long_ago, status=Status.SENDING).update(status=Status.QUEUED)
    waiting = OutgoingMail.objects.filter(Q(claimed_at=None) | tried_long_ago, status=Status.QUEUED)
    return [*waiting.order_by("created_at").values_list("pk", flat=True)[:BATCH]]


def _send(mail: OutgoingMail) -> None:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    # The same each time, so that a receiver can tell a repeated mail from a new one.
    headers = {"Message-ID": f"<{mail.created_at:%Y%m%d%H%M%S}.{mail.pk}@{domain}>"}
    if mail.link:  # RFC 8058: the mail program's own button says no
        headers["List-Unsubscribe"] = f"<{choices.address_of(mail.link)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMessage(
        mail.subject, mail.body, to=[mail.to], headers=headers, connection=_connection()
    )
    message.send()


def _connection() -> BaseEmailBackend:
    delivery = settings.DELIVERY
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
