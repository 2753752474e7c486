"""Contact after exit: why somebody left, and whether she wants to return (P41, P42, R24, R25).

Two purposes of their own, each with few messages and little time. Both end by themselves. Whether
a message may go is asked when it goes, so that a no, a death, a protected identity, a restriction
or a return ends them at once; the night only writes down that they have ended, and why.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import Period, Rule, registry
from ledarna_gdpr.privacy import Purpose as DeclaredPurpose
from members import choices, mail, purposes, rules
from members.models import Channel, FollowUp, Member, MembershipPeriod, Topic

logger = logging.getLogger(__name__)

Purpose, Ended = FollowUp.Purpose, FollowUp.Ended

#: Only exits as fresh as this begin a contact: a register that is imported with old ones must not
#: write to people who left long ago.
FRESH = Period(days=30)
#: Between two messages to the same person for the same purpose.
PAUSE = dt.timedelta(days=14)


@dataclass(frozen=True)
class Plan:
    """When the messages for a purpose go, counted from the exit, and when the time is over."""

    purpose: FollowUp.Purpose
    declared: DeclaredPurpose
    rule: Rule
    steps: tuple[Period, ...]

    def is_over(self, on: dt.date) -> Q:
        """The follow-ups whose time is over on a day: that on which the sweep takes them."""
        last = registry.period_of(self.rule).latest_start(on)
        return Q(purpose=self.purpose, period__ended_on__lte=last)

    def is_due(self, on: dt.date) -> Q:
        """The follow-ups whose next message's day has come."""
        due = Q(pk__in=[])
        for sent, step in enumerate(self.steps):
            due |= Q(sent=sent, period__ended_on__lte=step.latest_start(on))
        return Q(purpose=self.purpose) & due & ~self.is_over(on)


def plans(on: dt.date) -> list[Plan]:
    """Those for purposes that the notice in force on a day tells of: nothing else is done (P45)."""
    published = registry.published_on(on)
    return [plan for plan in every_plan() if plan.steps and plan.declared.key in published]


def every_plan() -> list[Plan]:
    """A question and one reminder; and so many questions as are set, spread over the year."""
    times = settings.WIN_BACK_TIMES
    spread = tuple(Period(months=12 * n // (times + 1)) for n in range(1, times + 1))
    return [
        Plan(
            Purpose.EXIT_SURVEY, purposes.EXIT_SURVEY, rules.R24, (Period(days=7), Period(days=28))
        ),
        Plan(Purpose.WIN_BACK, purposes.WIN_BACK, rules.R25, spread),
    ]


# --- every night --------------------------------------------------------------------------------


def begin(on: dt.date) -> int:
    """Begin the contacts of those who have just left and may be contacted. Set-based."""
    left = Member.objects.filter(left_on__lt=on, left_on__gt=FRESH.latest_start(on))
    people = choices.may_be_contacted(left, Topic.AFTER_EXIT, Channel.EMAIL, on)
    ended = MembershipPeriod.objects.filter(
        member__in=people.values("pk"), ended_on=F("member__left_on")
    )
    begun = 0
    for plan in plans(on):
        known = FollowUp.objects.filter(period=OuterRef("pk"), purpose=plan.purpose)
        rows = FollowUp.objects.bulk_create(
            (
                FollowUp(period_id=pk, purpose=plan.purpose, maximum=len(plan.steps))
                for pk in ended.filter(~Exists(known)).values_list("pk", flat=True)
            ),
            ignore_conflicts=True,
            batch_size=1000,
        )
        begun += len(rows)
    return begun


@transaction.atomic
def end_what_is_over(on: dt.date, *, at: dt.datetime) -> None:
    """Write down which contacts have ended, and why. Those of who has returned go at once."""
    returned = FollowUp.objects.filter(_has_returned())
    if returned.exists():
        registry.destroy(FollowUp, returned, at)
    for plan in every_plan():
        FollowUp.objects.running().filter(plan.is_over(on)).update(
            ended_on=on, ended_because=Ended.TIME
        )
    running = FollowUp.objects.running()
    people = Member.objects.filter(periods__follow_ups__in=running).distinct()
    told = choices.with_reason(people, Topic.AFTER_EXIT, Channel.EMAIL, on)
    reasons: dict[str, list[int]] = {}
    for pk, reason in told.exclude(falls_away_for="").values_list("pk", "falls_away_for"):
        reasons.setdefault(reason, []).append(pk)
    for reason, keys in reasons.items():
        _of(running, keys).update(ended_on=on, ended_because=reason)


def due(on: dt.date) -> QuerySet[FollowUp]:
    """The contacts whose next message goes on a day, as far as the calendar tells."""
    wanted = Q(pk__in=[])
    for plan in plans(on):
        wanted |= plan.is_due(on)
    rested = Q(last_sent_on=None) | Q(last_sent_on__lte=on - PAUSE)
    return FollowUp.objects.running().filter(wanted, rested, sent__lt=F("maximum"))


@transaction.atomic
def send(follow_up_id: int, *, at: dt.datetime) -> bool:
    """Send one message, if it may go at this moment. A second call on the day does nothing.

    The count and the mail are one transaction: a worker that dies repeats nothing.
    """
    on = timezone.localdate(at)
    found = FollowUp.objects.select_for_update(of=("self",)).filter(pk=follow_up_id)
    follow_up = found.select_related("period__member").first()
    if follow_up is None or not due(on).filter(pk=follow_up.pk).exists():
        return False
    subject, body = message(Purpose(follow_up.purpose), is_reminder=follow_up.sent > 0)
    member = follow_up.period.member
    if mail.queue_unless_unwanted(member, Topic.AFTER_EXIT, subject, body, at=at) is None:
        return False  # the night writes down why
    follow_up.sent, follow_up.last_sent_on = follow_up.sent + 1, on
    if follow_up.sent == follow_up.maximum:
        follow_up.ended_on, follow_up.ended_because = on, Ended.DONE
    follow_up.save(update_fields=["sent", "last_sent_on", "ended_on", "ended_because"])
    logger.info("Contact %d sent", follow_up.pk)
    return True


def message(purpose: FollowUp.Purpose, *, is_reminder: bool) -> tuple[str, str]:
    """Subject and text. Nothing in them tells who reads them, or that anyone was a member."""
    page = f"{settings.PUBLIC_URL}{reverse('after_exit')}"
    telephone = settings.CONTROLLER["telephone"]
    with translation.override(settings.LANGUAGE_CODE):
        if purpose == Purpose.WIN_BACK:
            return _("A question from us"), _(
                "Would you like to talk about what we could do for you? Call us: %(telephone)s. "
                "You find more here, and see there what we write to you and why:\n%(page)s"
            ) % {"telephone": telephone, "page": page}
        subject = _("A reminder from us") if is_reminder else _("A question from us")
        address = settings.EXIT_SURVEY_URL or page
        return subject, _(
            "We would like to understand why people leave. It takes two minutes to tell us, and "
            "you need not answer:\n%(address)s"
        ) % {"address": address}


def _has_returned() -> Q:
    """Of a membership that goes on, or after which another has begun."""
    later = MembershipPeriod.objects.filter(
        member=OuterRef("period__member"), started_on__gt=OuterRef("period__ended_on")
    )
    return Q(period__ended_on=None) | Q(Exists(later))


def _of(follow_ups: QuerySet[FollowUp], member_ids: list[int]) -> QuerySet[FollowUp]:
    periods = MembershipPeriod.objects.filter(member__in=member_ids)
    return follow_ups.filter(period__in=periods)
