"""What the heads of a report's columns mean, in each of the forms that reports come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from courses.imports.problems import BadReport, Problem


class Kind(StrEnum):
    PARTICIPANTS = "participants"
    REGISTRATIONS = "registrations"
    POLL = "poll"


class Role(StrEnum):
    """What a column is used for. A column without a role is dropped."""

    NAME = "name"
    EMAIL = "email"
    JOINED = "joined"
    LEFT = "left"
    MINUTES = "minutes"
    ADDRESS = "address"
    ATTENDED = "attended"
    WAITING = "waiting"
    MEETING = "meeting"
    FIRST = "first"
    LAST = "last"


#: Misspelt as found in the wild.
ROLES = {
    "name (original name)": Role.NAME,
    "user name (original name)": Role.NAME,
    "user name": Role.NAME,
    "user_name": Role.NAME,
    "user email": Role.EMAIL,
    "email": Role.EMAIL,
    "join time": Role.JOINED,
    "join_time": Role.JOINED,
    "leave time": Role.LEFT,
    "leave_time": Role.LEFT,
    "duration (minutes)": Role.MINUTES,
    "total duration (minutes)": Role.MINUTES,
    "total durection(minutes)": Role.MINUTES,
    "time in session (minutes)": Role.MINUTES,
    "ip_address": Role.ADDRESS,
    "ip address": Role.ADDRESS,
    "attended": Role.ATTENDED,
    "in waiting room": Role.WAITING,
    "meeting id": Role.MEETING,
}
REGISTRATION = {"first name": Role.FIRST, "last name": Role.LAST, "email": Role.EMAIL}
REGISTRATION_MARKS = {"registration time", "approval status"}
POLL = ["#", "user name", "user email", "submitted date/time"]
#: Lines between the tables of one report. What follows is not a row of the table above.
SECTIONS = {
    "attendee report",
    "host details",
    "panelist details",
    "attendee details",
    "other attended",
    "poll report",
    "poll details",
}


@dataclass(frozen=True)
class Head:
    """A row of headings, understood."""

    kind: Kind
    columns: Mapping[Role, int]
    headings: Sequence[str]

    def heading(self, role: Role) -> str:
        index = self.columns.get(role)
        return self.headings[index][:80] if index is not None else ""

    @property
    def dropped(self) -> list[str]:
        """The columns that nothing is read from."""
        used = set(self.columns.values())
        return [text[:80] for n, text in enumerate(self.headings) if text and n not in used]


def normal(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def understand(row: int, cells: Sequence[str]) -> Head | None:
    """The head that a row is, or None where it is something else. Raises ``BadReport``."""
    keys = [normal(cell) for cell in cells]
    if keys[: len(POLL)] == POLL:
        return Head(Kind.POLL, {}, cells)
    roles = [ROLES.get(key) for key in keys]
    if Role.NAME in roles and {Role.JOINED, Role.MINUTES} & set(roles):
        return Head(Kind.PARTICIPANTS, _participants(row, cells, roles), cells)
    if Role.JOINED in roles:
        message = _("The column with the names is missing. Fetch the whole report.")
        raise BadReport([Problem(row, "Name (Original Name)", message)])
    if REGISTRATION.keys() <= set(keys) and REGISTRATION_MARKS & set(keys):
        return Head(Kind.REGISTRATIONS, _once(row, cells, map(REGISTRATION.get, keys)), cells)
    return None


def _participants(row: int, cells: Sequence[str], roles: Sequence[Role | None]) -> dict[Role, int]:
    """In the export of an account's meetings, the meeting's own columns stand first, with a host
    and a duration of its own; the participant's begin with her name."""
    first = len(roles) - 1 - roles[::-1].index(Role.NAME)
    is_account_export = Role.MEETING in roles[:first] and Role.EMAIL in roles[:first]
    if is_account_export:
        meeting = roles.index(Role.MEETING)
        roles = [r if n >= first or n == meeting else None for n, r in enumerate(roles)]
    columns = _once(row, cells, roles)
    for role, other, heading in (
        (Role.JOINED, Role.LEFT, "Leave Time"),
        (Role.LEFT, Role.JOINED, "Join Time"),
    ):
        if role in columns and other not in columns:
            message = _("A column with times is missing. Fetch the whole report.")
            raise BadReport([Problem(row, heading, message)])
    return columns


def _once(row: int, cells: Sequence[str], roles: Iterable[Role | None]) -> dict[Role, int]:
    columns: dict[Role, int] = {}
    for index, role in enumerate(roles):
        if role is None:
            continue
        if role in columns:
            message = _("Two columns mean the same thing. Keep one of them.")
            raise BadReport([Problem(row, cells[index][:80], message)])
        columns[role] = index
    return columns


def by_mapping(mapping: Mapping[Role, str], row: int, cells: Sequence[str]) -> Head | None:
    """The same, where staff have said what the columns are called."""
    keys = [normal(cell) for cell in cells]
    wanted = {role: normal(heading) for role, heading in mapping.items() if heading}
    if not set(wanted.values()) <= set(keys):
        return None
    for role, key in wanted.items():
        if keys.count(key) > 1:
            message = _("The heading stands twice. Keep one of the columns.")
            raise BadReport([Problem(row, mapping[role][:80], message)])
    return Head(Kind.PARTICIPANTS, {r: keys.index(key) for r, key in wanted.items()}, cells)
