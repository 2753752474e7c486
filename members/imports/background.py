"""A job in the background: claimed by one worker, heard of, taken over when that worker dies.

The job's state in the database is the to-do list. Progress is in the cache: inside one long
transaction nobody else would see it.
"""

import datetime as dt
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import QuerySet

from ledarna_gdpr import crypto
from members.models.imports import BackgroundImport

#: A job at work that has not been heard of for so long is dead.
DEAD_AFTER = dt.timedelta(minutes=10)

Status = BackgroundImport.Status
Job = TypeVar("Job", bound=BackgroundImport)


def claim(model: type[Job], job_id: int, waiting: str, at_work: str, at: dt.datetime) -> Job | None:
    """Of two workers one gets the job; a dead one's is taken over from the beginning."""
    jobs = model._default_manager.filter(pk=job_id)
    claimed = jobs.filter(status=waiting).update(status=at_work, heartbeat_at=at)
    if not claimed and cache.get(_key(model, job_id)) is None:
        dead = jobs.filter(status=at_work, heartbeat_at__lt=at - DEAD_AFTER)
        claimed = dead.update(heartbeat_at=at)
    return jobs.get() if claimed else None


def stale(model: type[Job], at: dt.datetime) -> list[Job]:
    """Jobs that wait for a worker whose message was lost, or whose worker died."""
    jobs = model._default_manager.all()
    waiting = jobs.filter(status__in=[Status.UPLOADED, Status.APPROVED])
    dead = jobs.filter(
        status__in=[Status.CHECKING, Status.IMPORTING], heartbeat_at__lt=at - DEAD_AFTER
    )
    return [*waiting, *(job for job in dead if cache.get(_key(model, job.pk)) is None)]


def refuse(job: BackgroundImport, at: dt.datetime) -> None:
    """End a job whose file cannot be used, and forget the file."""
    _row(job).update(status=Status.REFUSED, finished_at=at)
    forget(job, "file", "plan")


def content(job: BackgroundImport) -> bytes:
    """The uploaded file."""
    with job.file.open("rb") as file:
        return crypto.decrypt(file.read())


def forget(job: BackgroundImport, *names: str) -> None:
    """Remove files of the job from storage, and then their names from the job."""
    for name in names:
        if file := getattr(job, name):
            file.delete(save=False)
            _row(job).update(**{name: ""})


def rows_done(job: BackgroundImport) -> int:
    """How far a job at work has come."""
    return cache.get(_key(type(job), job.pk), 0)


def tell(job: BackgroundImport, done: int) -> None:
    """Let it be known that the job is alive, and how far it has come."""
    cache.set(_key(type(job), job.pk), done, timeout=int(DEAD_AFTER.total_seconds()))


def fall_silent(job: BackgroundImport) -> None:
    cache.delete(_key(type(job), job.pk))


def _row(job: BackgroundImport) -> QuerySet[Any]:
    return type(job)._default_manager.filter(pk=job.pk)


def _key(model: type[BackgroundImport], job_id: int) -> str:
    return f"import-{model._meta.model_name}-{job_id}"
