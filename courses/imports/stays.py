"""Rows of a report put together into people: one who fell out and came back is one participant.

Without a link that is sure, two stay two: what is joined wrongly loses somebody's name.
"""

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from courses.imports.cells import is_caller, without_number

#: The heading says "Name (Original Name)": whoever was renamed stands with both.
RENAMED = re.compile(r"(?P<new>.+\S)\s+\((?P<original>[^()]+)\)")

#: Among so many with the same name and no account, nobody tells who came back.
NAMESAKES = 20

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Stay:
    """One row: from coming in to going out, or a whole meeting where only its length is known."""

    name: str
    email: str = ""
    joined_at: dt.datetime | None = None
    left_at: dt.datetime | None = None
    minutes: int = 0
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Who took part, by the name that she chose, and how long.

    ``email`` serves to suggest whom it may be and is stored nowhere. ``joined_at`` is the first
    time, ``left_at`` the last; ``minutes`` leaves out the time between stays.
    """

    display_name: str
    email: str
    joined_at: dt.datetime | None
    left_at: dt.datetime | None
    minutes: int
    ip_address: str | None
    is_phone: bool = False
    is_no_show: bool = False

    def without_address(self) -> "Participant":
        return replace(self, ip_address=None)

    @property
    def names(self) -> list[str]:
        """What she may be called: as it stands, and where she was renamed, each by itself."""
        match = RENAMED.fullmatch(self.display_name)
        return [self.display_name, *(match.group("new", "original") if match else ())]


@dataclass(slots=True)
class _Person:
    email: str
    stays: list[Stay] = field(default_factory=list)
    new_name: str = ""
    shown: str = ""

    def add(self, stay: Stay, new_name: str) -> None:
        self.stays.append(stay)
        if new_name or not self.new_name:
            self.new_name, self.shown = new_name, stay.name

    def may_be(self, stay: Stay, new_name: str) -> bool:
        """Two rows of one account are one person, also on two devices at once. Without an
        account, nobody can be in the meeting twice at the same time."""
        if new_name and self.new_name not in ("", new_name):
            return False
        if self.email:
            return True
        left_at = self.stays[-1].left_at
        return left_at is not None and stay.joined_at is not None and left_at <= stay.joined_at

    def as_participant(self) -> Participant:
        spans = [(s.joined_at, s.left_at) for s in self.stays if s.joined_at and s.left_at]
        is_phone = not self.email and is_caller(self.shown)
        addresses = [stay.ip_address for stay in self.stays if stay.ip_address]
        return Participant(
            display_name=without_number(self.shown) if is_phone else self.shown,
            email=self.email,
            joined_at=min((start for start, _end in spans), default=None),
            left_at=max((end for _start, end in spans), default=None),
            minutes=_minutes(spans) if spans else sum(stay.minutes for stay in self.stays),
            ip_address=addresses[-1] if addresses else None,
            is_phone=is_phone,
        )


def merge(stays: Iterable[Stay]) -> list[Participant]:
    """The people behind the rows, in the order in which they first came."""
    ordered = sorted(stays, key=lambda stay: stay.joined_at.timestamp() if stay.joined_at else 0)
    plain = {(stay.email, stay.name) for stay in ordered}
    known: dict[tuple[str, str], list[_Person]] = defaultdict(list)
    people: list[_Person] = []
    for stay in ordered:
        name, new_name = stay.name, ""
        match = RENAMED.fullmatch(stay.name)
        # "Anna (Ledarna)" was renamed only if somebody came as "Ledarna".
        if match and (stay.email, match["original"]) in plain:
            new_name, name = match.group("new", "original")
        same = known[stay.email, name]
        latest = reversed(same[-NAMESAKES:])
        person = next((person for person in latest if person.may_be(stay, new_name)), None)
        if person is None:
            person = _Person(stay.email)
            people.append(person)
            same.append(person)
        person.add(stay, new_name)
    return [person.as_participant() for person in people]


def _minutes(spans: list[Span]) -> int:
    """The time covered, begun minutes counted; what overlaps counts once."""
    covered, end = dt.timedelta(), None
    for start, stop in sorted(spans):
        if end is not None and start < end:
            start = end
        if stop > start:
            covered += stop - start
        end = stop if end is None else max(end, stop)
    return math.ceil(covered.total_seconds() / 60)
