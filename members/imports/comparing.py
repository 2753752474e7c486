"""Rows held against the register, a chunk at a time: what is new, changed, the same or wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from members import formats, personnummer
from members.imports.columns import COLUMNS, PERIOD
from members.imports.reading import RegisterFile, Row
from members.models import Member, MembershipPeriod

CHUNK = 2000
CleanCell = Callable[[str, Any], Any]
PERSON = [name for name in COLUMNS if name not in (*PERIOD, "personnummer")]


READ = ["pk", "personnummer_hash", "restricted_at", "reduced_at", *PERSON]


@dataclass(frozen=True)
class Issue:
    """What is wrong with a cell; ``column`` is told as the file's own heading."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class Change:
    """What a row says that the register does not. ``key`` is None for a new member."""

    row: int
    key: int | None
    member: dict[str, Any]
    period: dict[str, Any]


@dataclass
class Chunk:
    """Some rows of a file, compared."""

    rows: int = 0
    unchanged: int = 0
    bad: int = 0
    changes: list[Change] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def new(self) -> int:
        return sum(change.key is None for change in self.changes)

    @property
    def columns(self) -> Counter[str]:
        return Counter(
            name
            for change in self.changes
            if change.key is not None
            for name in (*change.member, *change.period)
        )


def compare(file: RegisterFile) -> Iterator[Chunk]:
    """The whole file in chunks; three queries for each, however many rows there are.

    Raises ``BadFile`` where the file breaks off.
    """
    seen: dict[str, set[Any]] = {"member_number": set(), "personnummer": set(), "email": set()}
    #: Towns, dates and employers come again and again.
    clean_cell = lru_cache(maxsize=20_000)(_clean_cell)
    rows = iter(file)
    while chunk := list(islice(rows, CHUNK)):
        compared = _compare(chunk, seen, clean_cell)
        compared.issues = [
            replace(issue, column=file.headings.get(issue.column, "")) for issue in compared.issues
        ]
        yield compared


def ignored_headings(file: RegisterFile) -> list[Issue]:
    """The columns that are passed over, so that a misspelt heading does not go unnoticed."""
    message = _("The heading is not known, so the column is left out.")
    return [Issue(1, heading, message) for heading in file.ignored]


def _compare(rows: list[Row], seen: dict[str, set[Any]], clean_cell: CleanCell) -> Chunk:
    chunk = Chunk(rows=len(rows))
    cleaned = []
    for number, cells in rows:
        values, issues = _clean(number, cells, clean_cell)
        issues = issues or _doubles(number, values, seen)
        if issues:
            chunk.bad += 1
            chunk.issues += issues
        else:
            cleaned.append((number, values))
    register = _Register([values for _number, values in cleaned])
    for number, values in cleaned:
        outcome = register.hold_against(number, values)
        if isinstance(outcome, Issue):
            chunk.bad += 1
            chunk.issues.append(outcome)
        elif outcome is None:
            chunk.unchanged += 1
        else:
            chunk.changes.append(outcome)
    return chunk


# --- one row ----------------------------------------------------------------------------------


def _clean_cell(name: str, cell: Any) -> Any:
    return COLUMNS[name].widget.clean(cell)


def _clean(
    number: int, cells: dict[str, Any], clean_cell: CleanCell
) -> tuple[dict[str, Any], list[Issue]]:
    values: dict[str, Any] = {}
    issues = []
    if problem := cells.get(""):
        return values, [Issue(number, "", problem)]
    for name, cell in cells.items():
        try:
            values[name] = clean_cell(name, cell)
        except ValueError as error:
            issues.append(Issue(number, name, str(error)))
    issues += _belongs_together(number, values)
    if digits := values.get("personnummer"):
        values["personnummer_hash"] = personnummer.hashed(digits)
    return values, issues


def _belongs_together(number: int, values: dict[str, Any]) -> list[Issue]:
    """What several cells of a row say together."""
    issues = []
    if code := values.get("postal_code"):
        try:
            country = values.get("country", "SE")
            values["postal_code"] = formats.normalise_postal_code(code, country)
        except ValueError as error:
            issues.append(Issue(number, "postal_code", str(error)))
    if "ended_on" in values:
        values.setdefault("exit_reason", MembershipPeriod.ExitReason.UNKNOWN.value)
        if "started_on" not in values:
            issues.append(Issue(number, "ended_on", _("Give the date of joining, too.")))
        elif values["ended_on"] < values["started_on"]:
            issues.append(Issue(number, "ended_on", _("A period cannot end before it starts.")))
    elif "exit_reason" in values:
        issues.append(Issue(number, "exit_reason", _("Give the date of leaving, too.")))
    return issues


def _doubles(number: int, values: dict[str, Any], seen: dict[str, set[Any]]) -> list[Issue]:
    """Two rows that mean the same person, or give two people the same key."""
    for name, known in seen.items():
        value = values.get(name)
        if value is None:
            continue
        if value in known:
            message = _("The same value stands in an earlier row of the file.")
            return [Issue(number, name, message)]
        known.add(value)
    return []


# --- the register -----------------------------------------------------------------------------


class _Register:
    """The members whom a chunk's rows may mean, read in three queries."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self.by_number: dict[int, dict[str, Any]] = {}
        self.by_hash: dict[str, dict[str, Any]] = {}
        self.by_email: dict[str, dict[str, Any]] = {}
        self.periods: dict[int, list[dict[str, Any]]] = {}
        rows = list(rows)
        self._find("member_number", rows)
        # What a row's own member has is hers; only the rest can belong to somebody.
        self._find("personnummer_hash", rows)
        self._find("email", rows)
        found = [member["pk"] for member in self.by_number.values()]
        periods = MembershipPeriod.objects.filter(member__among=found).values("member", *PERIOD)
        for period in periods.order_by("started_on"):
            self.periods.setdefault(period["member"], []).append(period)

    def _find(self, name: str, rows: list[dict[str, Any]]) -> None:
        known = {"personnummer_hash": self.by_hash, "email": self.by_email}.get(name, {})
        wanted = [row[name] for row in rows if row.get(name) and row[name] not in known]
        if not wanted:
            return
        for member in Member.objects.order_by().filter(**{f"{name}__among": wanted}).values(*READ):
            self.by_number[member["member_number"]] = member
            if member["personnummer_hash"]:
                self.by_hash[member["personnummer_hash"]] = member
            if member["email"]:
                self.by_email[member["email"]] = member

    def hold_against(self, row: int, values: dict[str, Any]) -> Change | Issue | None:
        """What the row changes; None where it says what is there already."""
        member = self._whom(values)
        for name, index in (("personnummer_hash", self.by_hash), ("email", self.by_email)):
            other = index.get(values.get(name) or "")
            if other is not None and other is not member:
                column = "personnummer" if name == "personnummer_hash" else name
                message = _("It belongs to another member. Correct the register or the file.")
                return Issue(row, column, message)
        if member is None:
            return self._new(row, values)
        if member["restricted_at"] or member["reduced_at"]:
            message = _("The member's data are being erased and cannot be changed.")
            return Issue(row, "member_number", message)
        return self._changed(row, member, values)

    def _whom(self, values: dict[str, Any]) -> dict[str, Any] | None:
        if number := values.get("member_number"):
            return self.by_number.get(number)
        return self.by_hash.get(values.get("personnummer_hash") or "")

    def _new(self, row: int, values: dict[str, Any]) -> Change | Issue:
        if not values.get("given_names") and not values.get("family_name"):
            message = _("A new member needs a name.")
            return Issue(row, "family_name", message)
        period = {name: values[name] for name in PERIOD if name in values}
        member = {name: value for name, value in values.items() if name not in PERIOD}
        return Change(row, None, member, period)

    def _changed(
        self, row: int, member: dict[str, Any], values: dict[str, Any]
    ) -> Change | Issue | None:
        different = {
            name: values[name] for name in PERSON if name in values and values[name] != member[name]
        }
        if values.get("personnummer_hash") not in (None, member["personnummer_hash"]):
            different["personnummer"] = values["personnummer"]
            different["personnummer_hash"] = values["personnummer_hash"]
        if member["protection"] and "protection" in different:
            return Issue(row, "protection", _("A protection is changed by staff, not by a file."))
        period = self._period(member["pk"], values)
        if isinstance(period, str):
            return Issue(row, "started_on", period)
        if not different and not period:
            return None
        return Change(row, member["pk"], different, period)

    def _period(self, key: int, values: dict[str, Any]) -> dict[str, Any] | str:
        """The period that the row tells of, where it is not known; or what is wrong with it."""
        told = {name: values[name] for name in PERIOD if name in values}
        if not told:
            return {}
        started, ended = told["started_on"], told.get("ended_on")
        known = self.periods.get(key, [])
        for period in known:
            if period["started_on"] != started:
                continue
            if ended is None or (ended, told["exit_reason"]) == (
                period["ended_on"],
                period["exit_reason"],
            ):
                return {}
            return told if period["ended_on"] is None else _("The period has already ended.")
        if any(
            (ended is None or p["started_on"] < ended)
            and (p["ended_on"] is None or started < p["ended_on"])
            for p in known
        ):
            return _("The period overlaps another one of the same member.")
        return told
