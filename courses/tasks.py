"""The courses' work in the background. Arguments are ids; the rows are the truth."""

from celery import shared_task
from django.utils import timezone

from courses import messages
from courses.imports import jobs
from courses.models import Survey
from courses.surveys import mailing, running


@shared_task
def send_message(*, message_id: int) -> None:
    messages.carry_out(message_id, at=timezone.now())


@shared_task
def resume_messages() -> None:
    """Every few minutes: messages whose task was lost or whose worker died."""
    for message_id in messages.stale(timezone.now()):
        send_message.delay(message_id=message_id)


@shared_task
def check_report(*, job_id: int) -> None:
    jobs.check(job_id, at=timezone.now())


@shared_task
def carry_out_report(*, job_id: int) -> None:
    jobs.carry_out(job_id, at=timezone.now())


@shared_task
def resume_reports() -> None:
    """Every few minutes: reports whose message was lost or whose worker died."""
    for job in jobs.stale(timezone.now()):
        is_approved = job.status in (jobs.Status.APPROVED, jobs.Status.IMPORTING)
        task = carry_out_report if is_approved else check_report
        task.delay(job_id=job.pk)


@shared_task
def carry_on_survey(*, survey_id: int) -> None:
    mailing.carry_on(survey_id, at=timezone.now())


@shared_task
def resume_surveys() -> None:
    """Every few minutes: close what is over, forget old results, and take up what a lost message
    or a killed worker left behind."""
    now = timezone.now()
    running.close_those_that_are_over(at=now)
    running.forget_old_results(on=timezone.localdate(now))
    for survey_id in Survey.objects.open().values_list("pk", flat=True):
        carry_on_survey.delay(survey_id=survey_id)
