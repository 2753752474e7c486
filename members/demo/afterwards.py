"""Saved tool results, and the contacts with those who left in the last year, for the demo."""

import datetime as dt
import random

from django.utils import timezone

from members import follow_up
from members.demo import logins, register
from members.models import FollowUp, Member, MembershipPeriod, ToolKey, ToolResult
from members.tools import leader_profile, tools
from members.tools.registry import Inputs


def load(*, at: dt.datetime) -> None:
    draw = random.Random(2026)  # noqa: S311 - the same each time
    member = Member.objects.get(email=logins.MEMBER)
    profile = {s.name: draw.randint(2, 5) for s in leader_profile.STATEMENTS}
    salary = {"role": "131", "sector": "private", "county": "01", "salary": 68_000}
    answers: list[tuple[ToolKey, Inputs, int]] = [
        (ToolKey.LEADER_PROFILE, profile, 200),
        (ToolKey.SALARIES, salary, 12),
    ]
    ToolResult.objects.bulk_create(
        ToolResult(
            member=member,
            tool=key,
            inputs=inputs,
            result=tools[key].work_out(inputs),
            saved_at=at - dt.timedelta(days=days),
            last_opened_at=at - dt.timedelta(days=days // 2),
        )
        for key, inputs, days in answers
    )
    _contact(timezone.localdate(at), register.next_sweep(at))


def _contact(today: dt.date, tonight: dt.date) -> None:
    """As if every morning of the last year had been lived through, and every night swept."""
    allowed = Member.objects.left().filter(protection="", restricted_at=None).exclude(email="")
    ended = MembershipPeriod.objects.filter(member__in=allowed, ended_on__lt=today)
    rows = []
    for plan in follow_up.every_plan():
        for period in ended.exclude(exit_reason=MembershipPeriod.ExitReason.DECEASED):
            passed = [step.after(period.ended_on) for step in plan.steps]  # type: ignore[arg-type]
            sent = [day for day in passed if day < today]
            if plan.rule.period.after(period.ended_on) > tonight:  # type: ignore[arg-type]
                is_done = len(sent) == len(plan.steps)
                rows.append(
                    FollowUp(
                        period=period,
                        purpose=plan.purpose,
                        maximum=len(plan.steps),
                        sent=len(sent),
                        last_sent_on=sent[-1] if sent else None,
                        ended_on=sent[-1] if is_done else None,
                        ended_because=FollowUp.Ended.DONE if is_done else "",
                    )
                )
    FollowUp.objects.bulk_create(rows)
