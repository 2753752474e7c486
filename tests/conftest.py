import datetime as dt
import os
import shutil
import tempfile
import uuid

# Before Django reads its settings: a test touches neither the data of a running product nor the
# settings of a developer's own.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="ledarna-test-")
os.environ["ENV_FILE"] = os.devnull

import pytest
from django.conf import settings as django_settings

from dsar import notice
from ledarna_gdpr.celery import app
from tests import new_model, one_destroyer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items):
    """What this lane cannot run is skipped with its reason, which tests.lanes prints."""
    lacking = {}
    if django_settings.USES_SQLITE:
        lacking["postgres"] = "needs PostgreSQL"
    if not django_settings.REDIS_URL:
        lacking["redis"] = "needs Redis"
    if not CHROMIUM:
        lacking["browser"] = "needs chromium (Debian's package of that name)"
    for item in items:
        for marker, reason in lacking.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_unconfigure():
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def isolated(settings, tmp_path):
    """Files, ledger and cache of its own for each test; tasks run at once, in the caller."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"
    # Not cleared but never met again: clearing would empty a Redis that others use, too.
    settings.CACHES = {
        alias: cache | {"KEY_PREFIX": uuid.uuid4().hex}
        for alias, cache in django_settings.CACHES.items()
    }
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True


@pytest.fixture(autouse=True)
def _one_destroyer():
    """Law 1, in every test: declared rows leave the database through the destroyer alone."""
    with one_destroyer.watched():
        yield


@pytest.fixture
def notice_of_2025(db):
    """A notice in force since 2025, that tells of every purpose."""
    notice.publish("2025-1", valid_from=dt.date(2025, 1, 1))


@pytest.fixture
def a_new_model(transactional_db):
    yield from new_model.of_parrots()
