"""Voting rolls (P19): made from the register, locked, and changed only by a new version."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Attendance, Occasion, Registration, RollEntry, VotingRoll
from ledarna_gdpr.privacy import registry
from members.history import snapshot
from members.imports import bulk
from members.models import Member, MembershipPeriod

#: A roll with more names than this is locked by somebody else than its maker (two keys).
LARGE = 100
COPIED = ("member_id", "number", "name", "mandate", "votes", "substitute_for")


class CannotVote(Exception):
    """The message is written for the one who makes the roll, and is shown as it is."""


@dataclass(frozen=True)
class Line:
    """What is printed of an entry, and nothing beside it."""

    number: int
    name: str
    mandate: str
    votes: int
    substitute_for: str
    came: dt.datetime | None
    went: dt.datetime | None


@transaction.atomic
def make(
    occasion: Occasion, *, scope: str, cut_off_at: dt.datetime, by: Any, at: dt.datetime
) -> VotingRoll:
    """Make a roll of those who were members at the cut-off. Raises ``CannotVote``.

    Members with protected identity stand on it without a name, after the others, so that they
    are handled by hand and their number on the list tells nobody who they are.
    """
    if not occasion.is_voting_meeting:
        raise CannotVote(_("There is no voting at this occasion. Say so on it first."))
    if cut_off_at > at:
        raise CannotVote(_("The cut-off lies in the future. Make the roll when it has passed."))
    roll = _new_version(occasion, scope=scope, cut_off_at=cut_off_at, by=by, at=at)
    rows = [
        {"roll_id": roll.pk, "member_id": key, "number": number, "name": name}
        for number, (key, name) in enumerate(_entitled(occasion, scope, cut_off_at), start=1)
    ]
    if not rows:
        raise CannotVote(_("Nobody was a member at the cut-off, so there is nothing to make."))
    _fill(roll, rows, by=by, at=at)
    return roll


def _entitled(occasion: Occasion, scope: str, cut_off_at: dt.datetime) -> Iterator[tuple[int, str]]:
    day = timezone.localdate(cut_off_at)
    still = Q(ended_on=None) | Q(ended_on__gt=day)
    periods = MembershipPeriod.objects.filter(still, started_on__lte=day)
    members = Member.objects.filter(restricted_at=None, pk__in=periods.values("member"))
    if scope == VotingRoll.Scope.REGISTERED:
        registered = Registration.objects.filter(occasion=occasion).with_a_place()
        members = members.filter(pk__in=registered.values("member"))
    ordered = members.order_by("protection", "family_name", "given_names", "pk")
    for member in ordered.only("given_names", "family_name", "protection").iterator():
        yield member.pk, "" if member.is_protected else member.name


def _new_version(
    occasion: Occasion, *, scope: str, cut_off_at: dt.datetime, by: Any, at: dt.datetime
) -> VotingRoll:
    Occasion.objects.select_for_update(of=("self",)).get(pk=occasion.pk)
    rolls = VotingRoll.objects.filter(occasion=occasion)
    if rolls.open().exists():
        raise CannotVote(_("There is an open voting roll already. Lock it or change it."))
    latest = rolls.aggregate(latest=Max("version"))["latest"] or 0
    return VotingRoll.objects.create(
        occasion=occasion,
        version=latest + 1,
        scope=scope,
        cut_off_at=cut_off_at,
        made_at=at,
        made_by=by,
    )


def _fill(roll: VotingRoll, rows: list[dict[str, Any]], *, by: Any, at: dt.datetime) -> None:
    bulk.insert(RollEntry, rows)
    entries = RollEntry.objects.filter(roll=roll)
    user_id = by.pk if by else None
    snapshot(entries, kind="+", user_id=user_id, reason=f"version {roll.version}", at=at)


@transaction.atomic
def lock(roll: VotingRoll, *, by: Any, at: dt.datetime) -> None:
    """From now on the roll stays as it is. Raises ``CannotVote``."""
    if roll.made_by_id == by.pk and roll.entries.count() > LARGE:
        raise CannotVote(
            _("A roll with over %(n)d names is locked by somebody else than its maker.")
            % {"n": LARGE}
        )
    locked = _locked(roll)
    if locked.is_locked:
        raise CannotVote(_("The voting roll is locked already."))
    locked.locked_at, locked.locked_by = at, by
    locked.save(update_fields=["locked_at", "locked_by"])


@transaction.atomic
def new_version(roll: VotingRoll, *, by: Any, at: dt.datetime) -> VotingRoll:
    """A copy of a locked roll that can be changed. Raises ``CannotVote``."""
    made = _new_version(roll.occasion, scope=roll.scope, cut_off_at=roll.cut_off_at, by=by, at=at)
    copies = [dict(zip(COPIED, row, strict=True)) for row in roll.entries.values_list(*COPIED)]
    _fill(made, [{"roll_id": made.pk, **copy} for copy in copies], by=by, at=at)
    return made


@transaction.atomic
def change(entry: RollEntry, *, by: Any, at: dt.datetime, **values: Any) -> RollEntry:
    """Change a mandate. On a locked roll, the change is made on a new version of it, which is
    the one that is open if there is one. Gives the entry that was changed.
    """
    roll = _locked(entry.roll)
    if roll.is_locked:
        latest = VotingRoll.objects.filter(occasion=roll.occasion_id).open().first()
        latest = latest or new_version(roll, by=by, at=at)
        found = latest.entries.filter(member=entry.member_id).first()
        if found is None:
            raise CannotVote(_("The member does not stand on the latest version of the roll."))
        entry = found
    for name, value in values.items():
        setattr(entry, name, value)
    entry._history_user = by  # type: ignore[attr-defined]
    entry.save(update_fields=[*values])
    return entry


@transaction.atomic
def strike(entry: RollEntry, *, at: dt.datetime) -> None:
    """Take a name off a roll that is not locked. Raises ``CannotVote``."""
    if _locked(entry.roll).is_locked:
        raise CannotVote(_("The voting roll is locked. A change makes a new version of it."))
    registry.destroy(RollEntry, RollEntry.objects.filter(pk=entry.pk), at)


@transaction.atomic
def approve_minutes(roll: VotingRoll, *, on: dt.date, by: Any, at: dt.datetime) -> None:
    """Note when the minutes were approved, for all versions: from then the time runs after which
    they are erased (R18). Raises ``CannotVote``."""
    if on > timezone.localdate(at):
        raise CannotVote(_("The day lies in the future."))
    if on < timezone.localdate(roll.occasion.starts_at):
        raise CannotVote(_("The minutes cannot be approved before the meeting."))
    for version in VotingRoll.objects.filter(occasion=roll.occasion_id):
        version.minutes_approved_on = on
        version._history_user = by  # type: ignore[attr-defined]
        version.save(update_fields=["minutes_approved_on"])


def _locked(roll: VotingRoll) -> VotingRoll:
    """The roll as it stands, held for the transaction."""
    return VotingRoll.objects.select_for_update(of=("self",)).get(pk=roll.pk)


# --- on paper ---------------------------------------------------------------------------------


def lines(roll: VotingRoll, entries: QuerySet[RollEntry]) -> list[Line]:
    """Entries with what the confirmed matches say of when they were there."""
    present = presence(roll)
    return [
        Line(
            entry.number,
            entry.name,
            entry.mandate,
            entry.votes,
            entry.substitute_for,
            *present.get(entry.member_id, (None, None)),
        )
        for entry in entries.order_by("number")
    ]


def presence(roll: VotingRoll) -> dict[int, tuple[dt.datetime | None, dt.datetime | None]]:
    """When each member came in and went out, by her key."""
    found: dict[int, tuple[dt.datetime | None, dt.datetime | None]] = {}
    matched = Attendance.objects.filter(occasion=roll.occasion_id).matched()
    for key, came, went in matched.order_by("joined_at").values_list(
        "member", "joined_at", "left_at"
    ):
        first, last = found.get(key, (came, went))
        found[key] = (first or came, max(filter(None, (last, went)), default=None))
    return found
