"""The courses' work in the background. Arguments are ids; the rows are the truth."""

from celery import shared_task
from django.utils import timezone

from courses import messages


@shared_task
def send_message(*, message_id: int) -> None:
    messages.carry_out(message_id, at=timezone.now())


@shared_task
def resume_messages() -> None:
    """Every few minutes: messages whose task was lost or whose worker died."""
    for message_id in messages.stale(timezone.now()):
        send_message.delay(message_id=message_id)
