"""A message to everyone who has a place at an occasion.

The row is the work. Each chunk of mail is queued in the transaction that moves ``reached`` on, so
that a worker killed at any point neither loses nor repeats anybody's.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Occasion, OccasionMessage
from ledarna_gdpr.logging import PERSONAL
from members import mail

CHUNK = 200
#: A message at work that has not been heard of for so long has lost its worker.
DEAD_AFTER = dt.timedelta(minutes=5)


class CannotSend(Exception):
    """The message is written for the organiser and is shown as it is."""


def start(
    occasion: Occasion, *, subject: str, body: str, by: Any, at: dt.datetime
) -> OccasionMessage:
    """Take a message in. Raises ``CannotSend`` where its words look like personal data."""
    if PERSONAL.search(f"{subject}\n{body}"):
        raise CannotSend(
            _(
                "The text seems to hold a personnummer, an e-mail address or a telephone number. "
                "Mail is read by more than its receiver: leave it out."
            )
        )
    recipients = occasion.registrations.with_a_place().count()
    if not recipients:
        raise CannotSend(_("Nobody has a place yet."))
    return OccasionMessage.objects.create(
        occasion=occasion,
        subject=subject,
        body=body,
        sent_by=by,
        created_at=at,
        heartbeat_at=at,
        recipients=recipients,
    )


def carry_out(message_id: int, *, at: dt.datetime) -> None:
    """Queue the mail of a message, to the end."""
    while _carry_out_a_chunk(message_id, at):
        pass


@transaction.atomic
def _carry_out_a_chunk(message_id: int, at: dt.datetime) -> bool:
    """Gives whether there may be more."""
    rows = OccasionMessage.objects.select_for_update(of=("self",)).select_related("occasion")
    message = rows.filter(pk=message_id, finished_at=None).first()
    if message is None:
        return False
    to = message.occasion.registrations.with_a_place().filter(
        pk__gt=message.reached, member__restricted_at=None
    )
    chunk = list(to.select_related("member").order_by("pk")[:CHUNK])
    for registration in chunk:
        if registration.member.email:
            mail.queue(
                registration.member.email,
                message.subject,
                message.body,
                member=registration.member,
                at=at,
            )
            message.queued += 1
        else:
            message.without_address += 1
        message.reached = registration.pk
    is_over = len(chunk) < CHUNK
    message.heartbeat_at = at
    message.finished_at = at if is_over else None
    message.save()
    return not is_over


def stale(at: dt.datetime) -> list[int]:
    """Messages whose task was lost or whose worker died."""
    waiting = OccasionMessage.objects.filter(finished_at=None, heartbeat_at__lt=at - DEAD_AFTER)
    return list(waiting.values_list("pk", flat=True))
