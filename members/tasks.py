"""The register's work in the background. Arguments are ids; the rows are the truth."""

from celery import shared_task
from django.utils import timezone

from members import delivery


@shared_task
def deliver_mail(mail_id: int) -> None:
    delivery.deliver(mail_id, at=timezone.now())


@shared_task
def resume_mail() -> None:
    """Each minute: wake what waits."""
    for mail_id in delivery.overdue(at=timezone.now()):
        deliver_mail.delay(mail_id)
