"""A report's way: uploaded, read, shown, and let in when a person says so; whole or not at all.

Each function may be run again after it was killed: see ``members.imports.background``.
"""

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import rules
from courses.imports import plan
from courses.imports.headings import Kind, Role
from courses.imports.matching import Suggestions
from courses.imports.problems import BadReport, Problem
from courses.imports.reports import Report, read
from courses.imports.stays import Participant
from courses.models import Attendance, AttendanceImport, ColumnMapping, Occasion
from ledarna_gdpr import crypto
from members.imports import background, bulk
from members.imports.reading import LARGEST

Status = AttendanceImport.Status

#: How far outside the occasion a time may lie: early guests, late talkers, the report's own zone.
MARGIN = dt.timedelta(hours=12)


class CannotImport(Exception):
    """The message is written for the one who imports, and is shown as it is."""


def start(
    occasion: Occasion,
    content: bytes,
    *,
    mapping: ColumnMapping | None = None,
    meeting: str = "",
    by: Any,
    at: dt.datetime,
) -> AttendanceImport:
    """Take a file in, encrypted and under a name of our own. Raises ``CannotImport``."""
    if occasion.kind not in Occasion.BROADCAST:
        raise CannotImport(_("Reports belong to what is sent over the web."))
    if occasion.starts_at > at:
        raise CannotImport(_("The occasion has not begun."))
    if _is_past(occasion, rules.R16.period.latest_start(timezone.localdate(at))):
        raise CannotImport(_("It is so long ago that the names would be erased at once."))
    if not content.strip():
        raise CannotImport(_("The file is empty."))
    if len(content) > LARGEST:
        raise CannotImport(_("The file is too large. Split it: at most 50 MB at a time."))
    job = AttendanceImport(
        occasion=occasion, mapping=mapping, meeting=meeting, created_by=by, created_at=at
    )
    job.file.save("report", ContentFile(crypto.encrypt(content)))
    return job


def check(job_id: int, *, at: dt.datetime) -> None:
    """Read the report and write down what it would add."""
    job = background.claim(AttendanceImport, job_id, Status.UPLOADED, Status.CHECKING, at)
    if job is None:
        return
    with _stops(job, at):
        report = read(
            background.content(job),
            mapping=roles(job.mapping) if job.mapping else None,
            meeting=job.meeting,
            within=(job.occasion.starts_at - MARGIN, job.occasion.ends_at + MARGIN),
        )
        background.tell(job, report.rows)
        _describe(job, report)
        if report.kind == Kind.PARTICIPANTS:
            people = _without_stale_addresses(job, report, at)
            _count(job, people)
            job.status = Status.CHECKED
            file = io.BytesIO(b"".join(plan.encode(people)))
            job.plan.save("plan", File(file), save=False)
        else:
            job.status, job.finished_at = Status.DONE, at
        job.save()
        background.forget(job, "file")


def roles(mapping: ColumnMapping) -> dict[Role, str]:
    """The headings of a mapping by what they are used for."""
    return {
        Role.NAME: mapping.name_heading,
        Role.JOINED: mapping.joined_heading,
        Role.LEFT: mapping.left_heading,
        Role.MINUTES: mapping.minutes_heading,
        Role.ADDRESS: mapping.address_heading,
        Role.EMAIL: mapping.email_heading,
    }


def _describe(job: AttendanceImport, report: Report) -> None:
    job.kind, job.rows = report.kind, report.rows
    job.dropped, job.problems = report.dropped, []
    job.waiting, job.no_shows = report.waiting, len(report.no_shows)
    job.answers = [
        [question, list(answers.items())] for question, answers in report.answers.items()
    ]
    people = [
        *report.participants,
        *(Participant(r.name, r.email, None, None, 0, None) for r in report.registrants),
    ]
    suggestions = Suggestions(job.occasion)
    job.participants = len(people)
    job.callers = sum(person.is_phone for person in people)
    if job.callers:
        job.dropped = [*job.dropped, _("Callers' telephone numbers, but for three digits")]
    job.suggested = sum(suggestions.for_participant(p) is not None for p in people)


def _without_stale_addresses(
    job: AttendanceImport, report: Report, at: dt.datetime
) -> list[Participant]:
    """IP addresses have a shorter time than names: what is over it is not taken in again."""
    people = report.participants
    if any(person.ip_address for person in people) and _is_past(
        job.occasion, rules.R17.period.latest_start(timezone.localdate(at))
    ):
        job.dropped = [*job.dropped, _("IP address (its time is over)")]
        people = [person.without_address() for person in people]
    return people


def _is_past(occasion: Occasion, latest: dt.date) -> bool:
    return timezone.localdate(occasion.ends_at) <= latest


def approve(job: AttendanceImport) -> None:
    """Let a checked report in. Raises ``CannotImport``."""
    if not _checked(job).update(status=Status.APPROVED):
        raise CannotImport(_("The import has gone on in the meantime. Look at it again."))


def cancel(job: AttendanceImport, *, at: dt.datetime) -> None:
    """Take nothing in, and forget the file. Raises ``CannotImport``."""
    if not _checked(job).update(status=Status.CANCELLED, finished_at=at):
        raise CannotImport(_("The import has gone on in the meantime. Look at it again."))
    background.forget(job, "file", "plan")


def _checked(job: AttendanceImport) -> Any:
    return AttendanceImport.objects.filter(pk=job.pk, status=Status.CHECKED)


def carry_out(job_id: int, *, at: dt.datetime) -> None:
    """Write an approved report, in one transaction: it is there whole or not."""
    job = background.claim(AttendanceImport, job_id, Status.APPROVED, Status.IMPORTING, at)
    if job is None:
        return
    with _stops(job, at):
        with transaction.atomic():
            writer = _Writer(job)
            for people in planned(job):
                writer.write(people)
                background.tell(job, writer.done)
            AttendanceImport.objects.filter(pk=job.pk).update(
                status=Status.DONE, finished_at=at, **writer.counts
            )
        background.forget(job, "file", "plan")


def planned(job: AttendanceImport) -> Iterator[list[Participant]]:
    """The people of a checked report, some at a time."""
    with job.plan.open("rb") as file:
        yield from plan.decode(file)


def stale(at: dt.datetime) -> list[AttendanceImport]:
    """Jobs that wait for a worker whose message was lost, or whose worker died."""
    return background.stale(AttendanceImport, at)


@contextmanager
def _stops(job: AttendanceImport, at: dt.datetime) -> Iterator[None]:
    """A report that cannot be used ends its job with what is wrong, and is forgotten."""
    try:
        yield
    except BadReport as bad:
        _refuse(job, bad.problems, at)
    except IntegrityError:
        message = _("Another import was faster. Send the file again.")
        _refuse(job, [Problem(None, "", message)], at)
    finally:
        background.fall_silent(job)


def _refuse(job: AttendanceImport, problems: list[Problem], at: dt.datetime) -> None:
    told = [[problem.row, problem.column, problem.message] for problem in problems]
    AttendanceImport.objects.filter(pk=job.pk).update(problems=told)
    background.refuse(job, at)


# --- held against what is there ---------------------------------------------------------------


class _Known:
    """The occasion's attendances by their keys."""

    def __init__(self, occasion: Occasion) -> None:
        columns = ("key", "pk", "left_at", "minutes", "ip_address")
        rows = Attendance.objects.filter(occasion=occasion).order_by().values_list(*columns)
        self.rows = {key: (pk, left, minutes, ip) for key, pk, left, minutes, ip in rows}
        self.namesakes: Counter[str] = Counter()

    def key_of(self, person: Participant) -> str:
        """A later report may know more of how long she stayed, but not when she came."""
        came = person.joined_at.astimezone(dt.UTC).isoformat() if person.joined_at else ""
        told = f"{came} {person.display_name}"
        self.namesakes[told] += 1
        return crypto.keyed_hash(f"{self.namesakes[told]} {told}", of="attendance")

    def hold_against(self, person: Participant) -> tuple[str, int | None, dict[str, Any]]:
        """Her key, the row that is hers, and what it does not say yet."""
        key = self.key_of(person)
        if key not in self.rows:
            return key, None, {}
        pk, left_at, minutes, ip_address = self.rows[key]
        told = {
            "left_at": (left_at, person.left_at),
            "minutes": (minutes, person.minutes),
            "ip_address": (ip_address, person.ip_address or ip_address),
        }
        return key, pk, {name: new for name, (old, new) in told.items() if new != old}


def _count(job: AttendanceImport, people: list[Participant]) -> None:
    known = _Known(job.occasion)
    held = [known.hold_against(person) for person in people]
    job.new = sum(pk is None for _key, pk, _changes in held)
    job.changed = sum(pk is not None and bool(changes) for _key, pk, changes in held)
    job.unchanged = len(held) - job.new - job.changed


class _Writer:
    def __init__(self, job: AttendanceImport) -> None:
        self.job = job
        self.known = _Known(job.occasion)
        self.suggestions = Suggestions(job.occasion)
        self.counts = {"new": 0, "changed": 0, "unchanged": 0}

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    def write(self, people: list[Participant]) -> None:
        new, changed = [], []
        for person in people:
            key, pk, changes = self.known.hold_against(person)
            if pk is None:
                new.append(self._row(person, key))
            elif changes:
                changed.append((pk, changes))
        bulk.insert(Attendance, new)
        self._change(changed)
        self.counts["new"] += len(new)
        self.counts["changed"] += len(changed)
        self.counts["unchanged"] += len(people) - len(new) - len(changed)

    def _row(self, person: Participant, key: str) -> dict[str, Any]:
        return {
            "occasion_id": self.job.occasion_id,
            "report_id": self.job.pk,
            "display_name": person.display_name,
            "joined_at": person.joined_at,
            "left_at": person.left_at,
            "minutes": person.minutes,
            "ip_address": person.ip_address,
            "is_phone": person.is_phone,
            "key": key,
            "suggested_id": self.suggestions.for_participant(person),
        }

    def _change(self, changed: list[tuple[int, dict[str, Any]]]) -> None:
        rows = Attendance.objects.in_bulk([pk for pk, _changes in changed])
        for pk, changes in changed:
            for name, value in changes.items():
                setattr(rows[pk], name, value)
        fields = ["left_at", "minutes", "ip_address"]
        Attendance.objects.bulk_update(rows.values(), fields, batch_size=500)
