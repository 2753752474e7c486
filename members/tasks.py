"""The register's work in the background. Arguments are ids; the rows are the truth."""

from celery import shared_task
from django.utils import timezone

from members import delivery, follow_up
from members.imports import jobs
from members.mailings import sending


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


@shared_task
def send_mailing(*, mailing_id: int) -> None:
    while (mails := sending.send_chunk(mailing_id, at=timezone.now())) is not None:
        for mail_id in mails:
            deliver_mail.delay(mail_id)


@shared_task
def resume_mailings() -> None:
    """Each minute: mailings whose message was lost or whose worker died."""
    for mailing_id in sending.stale(timezone.now()):
        send_mailing.delay(mailing_id=mailing_id)


@shared_task
def follow_up_exits() -> None:
    """Each morning: end what is over, begin what is new, and send what is due."""
    now = timezone.now()
    today = timezone.localdate(now)
    follow_up.end_what_is_over(today, at=now)
    follow_up.begin(today)
    for key in follow_up.due(today).values_list("pk", flat=True):
        send_follow_up.delay(follow_up_id=key)


@shared_task
def send_follow_up(*, follow_up_id: int) -> None:
    follow_up.send(follow_up_id, at=timezone.now())
