"""An import's way: uploaded, checked, approved by a person, carried out.

The job's state in the database is the to-do list; each function may be run again after it was
killed. Progress is in the cache: inside one long transaction nobody else would see it.
"""

import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledarna_gdpr import crypto
from ledarna_gdpr.privacy import Source
from members.imports import background, plan
from members.imports.columns import COLUMNS
from members.imports.comparing import Change, Chunk, Issue, compare, ignored_headings
from members.imports.reading import LARGEST, BadFile, RegisterFile
from members.imports.writing import RegisterHasChanged, Writer
from members.models import ImportIssue, ImportJob

Status, Mode = ImportJob.Status, ImportJob.Mode

MOST_ISSUES = 1000

Progress = Callable[[int], None]


class CannotImport(Exception):
    """The message is written for the one who imports, and is shown as it is."""


def start(content: bytes, *, by: Any, at: dt.datetime, source: str = Source.IMPORT) -> ImportJob:
    """Take a file in, encrypted and under a name of our own. Raises ``CannotImport``."""
    if source not in Source.values:
        raise CannotImport(_("Say where the data come from (Art. 14)."))
    if not content.strip():
        raise CannotImport(_("The file is empty."))
    if len(content) > LARGEST:
        raise CannotImport(_("The file is too large. Split it: at most 50 MB at a time."))
    job = ImportJob(created_by=by, created_at=at, source=source)
    job.file.save("register", ContentFile(crypto.encrypt(content)))
    return job


def check(job_id: int, *, at: dt.datetime, progress: Progress | None = None) -> None:
    """Hold the file against the register and write down what it would change."""
    job = _claim(job_id, Status.UPLOADED, Status.CHECKING, at)
    if job is None:
        return
    total, columns = Chunk(), Counter[str]()
    job.new = job.changed = 0
    plan_file = io.BytesIO()
    with _stops(job, at):
        file = _open(job)
        _write_issues(job, ignored_headings(file))
        for chunk in compare(file):
            total.rows += chunk.rows
            total.unchanged += chunk.unchanged
            total.bad += chunk.bad
            job.new += chunk.new
            job.changed += len(chunk.changes) - chunk.new
            columns += chunk.columns
            if chunk.changes:
                plan_file.write(plan.encode(chunk.changes))
            _write_issues(job, chunk.issues)
            _tell(job, total.rows, progress)
        if not total.rows:
            raise BadFile(_("The file holds no rows below the headings."))
        job.rows, job.unchanged, job.bad = total.rows, total.unchanged, total.bad
        job.changes_by_column = {
            COLUMNS[name].column_name: count for name, count in columns.items() if name in COLUMNS
        }
        job.status = Status.CHECKED
        job.plan.save("plan", File(plan_file), save=False)
        job.save()
        background.forget(job, "file")


def approve(job: ImportJob, *, mode: str) -> None:
    """Let a checked file in. Raises ``CannotImport``."""
    if mode == Mode.ALL_OR_NOTHING and job.bad:
        raise CannotImport(
            _("Some rows are faulty. Choose the good rows, or correct the file and send it again.")
        )
    checked = ImportJob.objects.filter(pk=job.pk, status=Status.CHECKED)
    if not checked.update(status=Status.APPROVED, mode=mode):
        raise CannotImport(_("The import has gone on in the meantime. Look at it again."))


def cancel(job: ImportJob, *, at: dt.datetime) -> None:
    """Leave the register as it is and forget the file. Raises ``CannotImport``."""
    waiting = ImportJob.objects.filter(pk=job.pk, status=Status.CHECKED)
    if not waiting.update(status=Status.CANCELLED, finished_at=at):
        raise CannotImport(_("The import has gone on in the meantime. Look at it again."))
    background.forget(job, "file", "plan")


def carry_out(job_id: int, *, at: dt.datetime, progress: Progress | None = None) -> None:
    """Write an approved plan to the register, in one transaction: it is there whole or not."""
    job = _claim(job_id, Status.APPROVED, Status.IMPORTING, at)
    if job is None:
        return
    with _stops(job, at):
        with transaction.atomic():
            writer = Writer(
                numbers_from=_highest_number(job) + 1,
                source=job.source,
                user_id=job.created_by_id,
                reason=f"import {job.pk}",
                at=at,
            )
            done = 0
            for changes in planned(job):
                writer.write(changes)
                done += len(changes)
                _tell(job, done, progress)
            ImportJob.objects.filter(pk=job.pk).update(status=Status.DONE, finished_at=at)
        background.forget(job, "file", "plan")


def planned(job: ImportJob) -> Iterator[list[Change]]:
    """What a checked job would change, chunk by chunk."""
    with job.plan.open("rb") as file:
        yield from plan.decode(file)


def _highest_number(job: ImportJob) -> int:
    """Of the new members' numbers in the file: those without one come after."""
    numbers = (c.member.get("member_number", 0) for chunk in planned(job) for c in chunk)
    return max(numbers, default=0)


# --- what a job is about ----------------------------------------------------------------------


def rows_done(job: ImportJob) -> int:
    """How far a job at work has come."""
    return background.rows_done(job)


def stale(at: dt.datetime) -> list[ImportJob]:
    """Jobs that wait for a worker whose message was lost, or whose worker died."""
    return background.stale(ImportJob, at)


def _claim(job_id: int, waiting: str, at_work: str, at: dt.datetime) -> ImportJob | None:
    return background.claim(ImportJob, job_id, waiting, at_work, at)


@contextmanager
def _stops(job: ImportJob, at: dt.datetime) -> Iterator[None]:
    """A file that cannot be used ends its job with a sentence, and is forgotten."""
    try:
        yield
    except BadFile as problem:
        _refuse(job, str(problem), at)
    except (RegisterHasChanged, IntegrityError):
        _refuse(job, _("The register has changed in the meantime. Send the file again."), at)
    finally:
        background.fall_silent(job)


def _refuse(job: ImportJob, message: str, at: dt.datetime) -> None:
    ImportIssue.objects.create(job=job, message=message)
    background.refuse(job, at)


def _open(job: ImportJob) -> RegisterFile:
    return RegisterFile(background.content(job))


def _write_issues(job: ImportJob, issues: list[Issue]) -> None:
    room = MOST_ISSUES - ImportIssue.objects.filter(job=job).count()
    ImportIssue.objects.bulk_create(
        (
            ImportIssue(job=job, row=issue.row, column=issue.column, message=issue.message)
            for issue in issues[: max(0, room)]
        ),
        ignore_conflicts=True,  # a check that was killed begins again
    )


def _tell(job: ImportJob, done: int, progress: Progress | None) -> None:
    background.tell(job, done)
    if progress:
        progress(done)
