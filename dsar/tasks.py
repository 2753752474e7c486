"""Thin: the state in the database is the to-do list, a message only a nudge (law 6)."""

import logging

from celery import shared_task
from django.utils import timezone

from dsar import erasure, package
from dsar import sweep as sweeping
from dsar.models import SubjectRequest

logger = logging.getLogger(__name__)


@shared_task
def execute_erasure(*, request_id: int) -> None:
    answered = erasure.execute(request_id, at=timezone.now())
    logger.info("Erasure request %d: %s", request_id, "done" if answered else "nothing to do")


@shared_task
def resume_erasures() -> None:
    """Take up what a lost message, a killed worker or a released hold left waiting."""
    for request_id in SubjectRequest.objects.ready_to_erase().values_list("pk", flat=True):
        execute_erasure.delay(request_id=request_id)


@shared_task
def make_package(*, request_id: int) -> None:
    package.make(request_id, at=timezone.now())
    logger.info("Access request %d answered", request_id)


@shared_task
def resume_packages() -> None:
    for request_id in SubjectRequest.objects.ready_to_answer().values_list("pk", flat=True):
        make_package.delay(request_id=request_id)


@shared_task
def sweep() -> None:
    sweeping.nightly(timezone.localdate())
