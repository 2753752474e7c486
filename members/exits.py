"""A member leaves: the agreement ends, and a letter tells what stays, why and until when (P3)."""

import calendar
import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import Period
from members import mail, membership
from members.models import Member, MembershipPeriod

#: How far ahead a member can set her last day.
AHEAD = Period(months=12)


def end_of_month(on: dt.date) -> dt.date:
    return on.replace(day=calendar.monthrange(on.year, on.month)[1])


@transaction.atomic
def leave(member: Member, *, on: dt.date, reason: str, at: dt.datetime) -> MembershipPeriod:
    """End the membership with ``on`` as its last day, and tell the member that there is a letter.

    The letter itself is on Mina sidor: it is made from the declarations when it is read, so that
    it says what is so. Raises ``membership.CannotEnd``.
    """
    period = membership.end(member, on=on, reason=reason)
    if member.email and reason != MembershipPeriod.ExitReason.DECEASED:
        mail.queue(
            member.email,
            _("There is a letter for you"),
            _(
                "You have a letter from us, with what we keep and why, and with what you can say "
                "no to. Log in to read it:\n%(page)s"
            )
            % {"page": f"{settings.PUBLIC_URL}{reverse('exit_letter')}"},
            member=member,
            at=at,
        )
    return period
