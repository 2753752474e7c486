"""The courses' work in the background. Arguments are ids; the rows are the truth."""

from celery import shared_task
from django.utils import timezone

from courses import messages
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
