"""Decisions about a membership that has begun."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from members.models import Member, MembershipPeriod


class CannotEnd(Exception):
    """The message is written for the case officer and is shown as it is."""


@transaction.atomic
def end(member: Member, *, on: dt.date, reason: str) -> MembershipPeriod:
    """End the open membership with ``on`` as its last day; the retention clocks start from it.

    Raises ``CannotEnd``.
    """
    period = (
        MembershipPeriod.objects.select_for_update().filter(member=member, ended_on=None).first()
    )
    if period is None:
        raise CannotEnd(_("The membership has already ended."))
    if on < period.started_on:
        raise CannotEnd(_("The last day cannot come before the first."))
    period.ended_on, period.exit_reason = on, reason
    period.save(update_fields=["ended_on", "exit_reason"])
    Member.objects.filter(pk=member.pk).refresh_left_on()
    return period
