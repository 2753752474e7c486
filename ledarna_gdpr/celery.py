import logging
import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ledarna_gdpr.settings")

logger = logging.getLogger(__name__)


class GuardedTask(DjangoTask):
    """Does nothing while the database is older than the erasure ledger (law 7).

    Nothing is lost: tasks are nudges, and the schedule finds what is left to do.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from dsar import ledger  # which needs the applications loaded

        if ledger.database_is_behind():
            logger.error("%s refused: run replay_erasures first", self.name)
            return None
        return super().__call__(*args, **kwargs)


app = Celery("ledarna_gdpr", task_cls=GuardedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
