"""Changes written to the register, set by set, with their history and their source."""

import datetime as dt
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.utils import timezone

from members.history import snapshot
from members.imports import bulk
from members.imports.columns import PERIOD
from members.imports.comparing import Change
from members.models import Member, MembershipPeriod


class RegisterHasChanged(Exception):
    """A member whom the plan changes is no longer there to be changed."""


class Writer:
    """Writes the changes of one import, in the caller's transaction."""

    def __init__(
        self, *, numbers_from: int, source: str, user_id: int | None, reason: str, at: dt.datetime
    ) -> None:
        #: Most rows of a file tell of the same columns.
        self._provenance_text = lru_cache(lambda told: json.dumps(self._provenance(told)))
        self.stamp = [source, timezone.localtime(at).isoformat(timespec="seconds")]
        self.history: dict[str, Any] = {"user_id": user_id, "reason": reason, "at": at}
        self.next_number = max(numbers_from, Member.objects.next_number())

    def write(self, changes: list[Change]) -> None:
        """Raises ``RegisterHasChanged``, or ``IntegrityError`` where someone was faster."""
        self._add([change for change in changes if change.key is None])
        self._change_members([change for change in changes if change.key and change.member])
        self._change_periods([change for change in changes if change.key and change.period])

    def _add(self, changes: list[Change]) -> None:
        members = [self._new_member(change) for change in changes]
        bulk.insert(Member, members)
        periods = [
            {**change.period, "member_id": member["id"]}
            for change, member in zip(changes, members, strict=True)
            if change.period
        ]
        bulk.insert(MembershipPeriod, periods)
        self._remember(Member, [member["id"] for member in members], "+")
        self._remember(MembershipPeriod, [period["id"] for period in periods], "+")

    def _new_member(self, change: Change) -> dict[str, Any]:
        number = change.member.get("member_number")
        if number is None:
            number, self.next_number = self.next_number, self.next_number + 1
        return {
            **change.member,
            "member_number": number,
            "left_on": change.period.get("ended_on"),
            "provenance": self._provenance_text(tuple(change.member)),
        }

    def _provenance(self, told: Iterable[str]) -> dict[str, Any]:
        return {name: self.stamp for name in told if name != "personnummer_hash"}

    def _change_members(self, changes: list[Change]) -> None:
        names = {name for change in changes for name in change.member}
        untouched = Member.objects.filter(restricted_at=None, reduced_at=None)
        members = untouched.select_for_update().in_bulk([change.key for change in changes])
        if len(members) < len(changes):
            raise RegisterHasChanged
        for change in changes:
            member = members[change.key]
            for name, value in change.member.items():
                setattr(member, name, value)
            member.provenance = {**member.provenance, **self._provenance(change.member)}
        Member.objects.bulk_update(members.values(), [*names, "provenance"], batch_size=500)
        self._remember(Member, list(members), "~")

    def _change_periods(self, changes: list[Change]) -> None:
        keys = [change.key for change in changes if change.key is not None]
        open_periods = {
            (period.member_id, period.started_on): period
            for period in MembershipPeriod.objects.filter(member__in=keys, ended_on=None)
        }
        ended, begun = [], []
        for change in changes:
            period = open_periods.get((change.key or 0, change.period["started_on"]))
            if period is None:
                begun.append({**change.period, "member_id": change.key})
                continue
            for name in PERIOD:
                setattr(period, name, change.period[name])
            ended.append(period)
        MembershipPeriod.objects.bulk_update(ended, ["ended_on", "exit_reason"], batch_size=500)
        bulk.insert(MembershipPeriod, begun)
        self._remember(MembershipPeriod, [period.pk for period in ended], "~")
        self._remember(MembershipPeriod, [period["id"] for period in begun], "+")
        if keys:
            Member.objects.filter(pk__in=keys).refresh_left_on()

    def _remember(self, model: type[Model], keys: list[Any], kind: str) -> None:
        if keys:
            records = model._base_manager.filter(pk__among=keys)
            snapshot(records, kind=kind, **self.history)
