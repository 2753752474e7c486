"""Whom a mailing would reach, and how many fall away and why: counts, never names."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from ledarna_gdpr.privacy import Period
from members import choices
from members.mailings import purposes
from members.models import Channel, Mailing, Member, MembershipPeriod, Reason

NEW = Period(months=12)


@dataclass(frozen=True)
class Preview:
    reached: int
    #: Each reason that somebody falls away for, and how many.
    fall_away: list[tuple[Reason, int]]

    @property
    def considered(self) -> int:
        return self.reached + sum(count for _reason, count in self.fall_away)


def audience(mailing: Mailing, on: dt.date) -> QuerySet[Member]:
    """Everyone whom the register still knows and who is in the audience, former members too: that
    they fall away is to be seen."""
    people = Member.objects.filter(reduced_at=None)
    if mailing.region:
        people = people.filter(country="SE", postal_code__startswith=mailing.region)
    if mailing.audience == Mailing.Audience.NEW:
        joined = MembershipPeriod.objects.filter(
            member=OuterRef("pk"), ended_on=None, started_on__gte=NEW.latest_start(on)
        )
        people = people.filter(Exists(joined))
    return people.order_by()


def preview(mailing: Mailing, *, on: dt.date) -> Preview:
    """As many queries however many members there are."""
    people = choices.with_reason(
        audience(mailing, on), purposes.topic_of(mailing.purpose), Channel.EMAIL, on
    )
    counted = dict(people.values_list("falls_away_for").annotate(number=Count("pk")))
    fall_away = [(reason, counted[reason]) for reason in Reason if counted.get(reason)]
    return Preview(counted.get("", 0), fall_away)


def reached(mailing: Mailing, *, on: dt.date) -> QuerySet[Any]:
    """The members whom the mailing would reach today."""
    return choices.may_be_contacted(
        audience(mailing, on), purposes.topic_of(mailing.purpose), Channel.EMAIL, on
    )
