"""A platform's report, read: who took part, when, and nothing that the notice does not name.

No database here. ``read`` gives the whole report or raises ``BadReport`` with every problem.
"""

import contextlib
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from courses.imports import cells
from courses.imports.headings import SECTIONS, Head, Kind, Role, by_mapping, normal, understand
from courses.imports.problems import MOST_PROBLEMS, BadReport, Problem
from courses.imports.stays import Participant, Stay, merge
from members.imports.reading import LARGEST, XLSX, BadFile, csv_rows, xlsx_rows

DELIMITERS = ",\t;"
#: How far down a head is looked for: preambles are short.
PREAMBLE = 50
#: How the reports say that there is nothing to say.
NOTHING = {"--", "-", "n/a"}
#: Answers that fewer have given are told together: free text may point at its author.
SMALLEST_GROUP = 5
#: Reports round, and some cut off.
TOLERANCE = 2


@dataclass(frozen=True, slots=True)
class Registrant:
    """Who registered at the platform. Serves to compare with our registrations; not stored."""

    name: str
    email: str


@dataclass
class Report:
    kind: Kind = Kind.PARTICIPANTS
    rows: int = 0
    participants: list[Participant] = field(default_factory=list)
    no_shows: list[Participant] = field(default_factory=list)
    #: Rows about the waiting room: who only waited has not taken part.
    waiting: int = 0
    registrants: list[Registrant] = field(default_factory=list)
    #: For each question of a poll, how many gave each answer. Whose they were is dropped.
    answers: dict[str, Counter[str]] = field(default_factory=dict)
    #: Headings of the columns that were dropped at the door.
    dropped: list[str] = field(default_factory=list)


def read(
    content: bytes,
    *,
    mapping: Mapping[Role, str] | None = None,
    meeting: str = "",
    within: tuple[dt.datetime, dt.datetime] | None = None,
) -> Report:
    """Read a report. Raises ``BadReport``.

    ``mapping`` says what the columns are called where it is no report of Zoom's; ``meeting``
    picks one meeting out of a report on several; ``within`` is when the meeting was, to know a
    report on another one.
    """
    content = _without_nul(content)
    if not content.strip():
        raise BadReport([Problem(None, "", _("The file is empty."))])
    if len(content) > LARGEST:
        message = _("The file is too large. Split it: at most 50 MB at a time.")
        raise BadReport([Problem(None, "", message)])
    reader = _Reader(mapping, _digits(meeting), within)
    reader.read(content)
    return reader.finish()


def _without_nul(content: bytes) -> bytes:
    """Some exports are UTF-16, some have lost NUL bytes into them."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16").encode("utf-8")
        except UnicodeDecodeError:
            message = _("The file is not in a form we can read. Save it as CSV (UTF-8) or XLSX.")
            raise BadReport([Problem(None, "", message)]) from None
    return content if content.startswith(XLSX) else content.replace(b"\0", b"")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


class _Reader:
    def __init__(
        self,
        mapping: Mapping[Role, str] | None,
        meeting: str,
        within: tuple[dt.datetime, dt.datetime] | None,
    ) -> None:
        self.within = within
        self.mapping = mapping
        self.meeting = meeting
        self.report = Report()
        self.stays: list[Stay] = []
        self.absent: dict[tuple[str, str], Participant] = {}
        self.meetings: set[str] = set()
        self.problems: list[Problem] = []
        self.head: Head | None = None
        self.heads = 0

    # --- the file -----------------------------------------------------------------------------

    def read(self, content: bytes) -> None:
        number = 0
        try:
            for number, row in self._rows(content):
                self._take(number, row)
                if len(self.problems) >= MOST_PROBLEMS:
                    raise BadReport(self.problems)
        except BadFile as problem:
            self.problems.append(Problem(number + 1 if number else None, "", str(problem)))

    def _rows(self, content: bytes) -> Iterator[tuple[int, list[str]]]:
        if content.startswith(XLSX):
            rows = xlsx_rows(content)
        else:
            rows = csv_rows(content, self._delimiter(content))
        for number, row in enumerate(rows, start=1):
            yield number, [_as_text(cell) for cell in row]

    def _delimiter(self, content: bytes) -> str:
        """The one that makes a head of some row; titles and dates hold commas, too."""
        with io.BytesIO(content) as file:
            start = b"".join(file.readlines(100_000)[:PREAMBLE])
        for delimiter in DELIMITERS:
            with contextlib.suppress(BadFile):
                for number, row in enumerate(csv_rows(start, delimiter), start=1):
                    if self._understand(number, [_as_text(cell) for cell in row]):
                        return delimiter
        return DELIMITERS[0]

    def _understand(self, number: int, row: list[str]) -> Head | None:
        if self.mapping is not None:
            return by_mapping(self.mapping, number, row)
        return understand(number, row)

    def _take(self, number: int, row: list[str]) -> None:
        filled = [cell for cell in row if cell]
        if not filled:
            return
        if head := self._understand(number, row):
            self._begin(head)
        elif len(filled) == 1 and normal(filled[0]) in SECTIONS:
            self.head = None
        elif self.head is not None:
            self.report.rows += 1
            if self.head.kind == Kind.POLL:
                self._count_answers(self.head, row)
            elif len(row) > (width := len(self.head.headings)) and any(row[width:]):
                message = _("The row has more cells than there are headings.")
                self.problems.append(Problem(number, "", message))
            else:
                self._read_row(self.head, number, row)

    def _begin(self, head: Head) -> None:
        if self.heads and head.kind != self.report.kind:
            message = _("The file holds reports of several kinds. Send them one by one.")
            self.problems.append(Problem(None, "", message))
        self.head = head
        self.heads += 1
        self.report.kind = head.kind
        dropped = self.report.dropped
        dropped += [heading for heading in head.dropped if heading not in dropped]

    def finish(self) -> Report:
        if not self.problems and not self.heads:
            self.problems.append(Problem(None, "", self._no_table()))
        elif not self.problems and not self.report.rows:
            message = _("The file holds no rows below the headings.")
            self.problems.append(Problem(None, "", message))
        if self.meetings and self.meeting and self.meeting not in self.meetings:
            message = _("The file does not hold the meeting whose ID you gave.")
            self.problems.append(Problem(None, "Meeting ID", message))
        elif len(self.meetings) > 1 and not self.meeting:
            message = _("The file holds several meetings. Give the ID of the one you mean.")
            self.problems.append(Problem(None, "Meeting ID", message))
        if self.problems:
            raise BadReport(self.problems)
        self.report.participants = merge(self.stays)
        self.report.no_shows = list(self.absent.values())
        self.report.answers = {q: _in_groups(a) for q, a in self.report.answers.items()}
        return self.report

    def _no_table(self) -> str:
        if self.mapping is not None:
            return _("No row holds the headings of the column mapping. Is it the right one?")
        return _(
            "No row holds headings that we know from Zoom. Fetch the report as CSV again, or "
            "choose a column mapping."
        )

    # --- one row ------------------------------------------------------------------------------

    def _read_row(self, head: Head, number: int, row: list[str]) -> None:
        found = {
            role: "" if index >= len(row) or row[index] in NOTHING else row[index]
            for role, index in head.columns.items()
        }
        get = _Cells(head, number, found, self.problems)
        if head.kind == Kind.REGISTRATIONS:
            self._read_registrant(get)
        elif self._is_of_the_meeting(get):
            self._read_stay(get)

    def _is_of_the_meeting(self, get: "_Cells") -> bool:
        if not get.has(Role.MEETING):
            return True
        meeting = _digits(get.found[Role.MEETING])
        self.meetings.add(meeting)
        return self.meeting in ("", meeting)

    def _read_registrant(self, get: "_Cells") -> None:
        name = f"{get.found[Role.FIRST]} {get.found[Role.LAST]}".strip()
        name = get.value(Role.FIRST, cells.name, name)
        if name is not None:
            self.report.registrants.append(Registrant(name, get.email))

    def _read_stay(self, get: "_Cells") -> None:
        if get.found.get(Role.WAITING) and get.value(Role.WAITING, cells.yes):
            self.report.waiting += 1
            return
        name = get.value(Role.NAME, cells.name)
        if get.has(Role.ATTENDED) and get.value(Role.ATTENDED, cells.yes) is False:
            if name is not None:
                person = Participant(name, get.email, None, None, 0, None, is_no_show=True)
                self.absent.setdefault((name, get.email), person)
            return
        stay = self._stay(get, name or "")
        if stay is not None:
            self.stays.append(stay)

    def _stay(self, get: "_Cells", name: str) -> Stay | None:
        before = len(self.problems)
        joined_at = left_at = minutes = None
        if get.has(Role.JOINED):
            joined_at = get.value(Role.JOINED, cells.moment)
        if get.has(Role.LEFT):
            left_at = get.value(Role.LEFT, cells.moment)
        if get.has(Role.MINUTES) and (joined_at is None or get.found[Role.MINUTES]):
            minutes = get.value(Role.MINUTES, cells.minutes)
        ip_address = None
        if get.has(Role.ADDRESS) and get.found[Role.ADDRESS]:
            ip_address = get.value(Role.ADDRESS, cells.address)
        if len(self.problems) > before:
            return None
        if joined_at and left_at:
            if self.within and not self.within[0] <= joined_at <= self.within[1]:
                message = _("The time lies far from the occasion. Is it another one's report?")
                get.complain(Role.JOINED, message)
            elif left_at < joined_at:
                get.complain(Role.LEFT, _("The time of leaving lies before the time of joining."))
            elif minutes is not None and _disagrees(joined_at, left_at, minutes):
                message = _("The duration does not agree with the times. Does the row break off?")
                get.complain(Role.MINUTES, message)
        if len(self.problems) > before or not name:
            return None
        return Stay(name, get.email, joined_at, left_at, minutes or 0, ip_address)

    # --- polls --------------------------------------------------------------------------------

    def _count_answers(self, head: Head, row: list[str]) -> None:
        """Question and answer follow each other in pairs beyond the heads."""
        pairs = row[len([h for h in head.headings if h]) :]
        for question, answer in zip(pairs[::2], pairs[1::2], strict=False):
            if question and answer:
                given = self.report.answers.setdefault(question[:200], Counter())
                given.update(part.strip()[:200] for part in answer.split(";") if part.strip())


@dataclass
class _Cells:
    """A row's cells by role, and where to complain about them."""

    head: Head
    row: int
    found: dict[Role, str]
    problems: list[Problem]

    def has(self, role: Role) -> bool:
        return role in self.found

    @property
    def email(self) -> str:
        """Serves as a hint alone, so one that is no address is passed over."""
        text = self.found.get(Role.EMAIL, "").casefold()
        return text if "@" in text and len(text) <= 254 else ""

    def value(self, role: Role, convert: Any, text: str | None = None) -> Any:
        try:
            return convert(self.found[role] if text is None else text)
        except cells.BadCell as error:
            self.complain(role, str(error))
            return None

    def complain(self, role: Role, message: str) -> None:
        self.problems.append(Problem(self.row, self.head.heading(role), message))


def _as_text(cell: Any) -> str:
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _disagrees(joined_at: dt.datetime, left_at: dt.datetime, minutes: int) -> bool:
    return abs((left_at - joined_at).total_seconds() / 60 - minutes) > TOLERANCE


def _in_groups(answers: Counter[str]) -> Counter[str]:
    told = Counter({text: n for text, n in answers.items() if n >= SMALLEST_GROUP})
    if rest := answers.total() - told.total():
        told[_("other answers")] += rest
    return told
