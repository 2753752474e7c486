import os
import tempfile

# Before Django reads its settings: a test never touches the data of a running product.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="ledarna-test-")

import pytest
from django.core.cache import cache

from ledarna_gdpr.celery import app


@pytest.fixture(autouse=True)
def isolated(settings, tmp_path):
    """Files and ledger of its own for each test; tasks run at once, in the caller."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    cache.clear()
