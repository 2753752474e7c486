"""The order in which records are taken, and told of."""

import subprocess
import sys

from django.conf import settings

ORDER = """
import django
django.setup()
from ledarna_gdpr.privacy import registry
print([declaration.label for declaration in registry.children_first()])
"""


def test_it_is_the_same_in_each_process():
    """Else two answers of one person would differ, and nobody could compare them."""
    told = {
        subprocess.run(
            [sys.executable, "-c", ORDER],
            cwd=settings.BASE_DIR,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _process in range(3)
    }

    assert len(told) == 1
    assert "members.Member" in told.pop()
