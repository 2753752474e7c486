"""The register's work in the background. Arguments are ids; the rows are the truth."""

from celery import shared_task
from django.utils import timezone

from members import delivery
from members.imports import jobs


@shared_task
def deliver_mail(mail_id: int) -> None:
    delivery.deliver(mail_id, at=timezone.now())


@shared_task
def resume_mail() -> None:
    """Each minute: wake what waits."""
    for mail_id in delivery.overdue(at=timezone.now()):
        deliver_mail.delay(mail_id)


@shared_task
def check_import(*, job_id: int) -> None:
    jobs.check(job_id, at=timezone.now())


@shared_task
def carry_out_import(*, job_id: int) -> None:
    jobs.carry_out(job_id, at=timezone.now())


@shared_task
def resume_imports() -> None:
    """Every few minutes: imports whose message was lost or whose worker died."""
    for job in jobs.stale(timezone.now()):
        is_approved = job.status in (jobs.Status.APPROVED, jobs.Status.IMPORTING)
        task = carry_out_import if is_approved else check_import
        task.delay(job_id=job.pk)
