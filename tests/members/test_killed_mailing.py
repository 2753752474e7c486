"""A worker killed anywhere in a mailing: each address gets its mail exactly once (law 6)."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from tests.product import own_engines

PEOPLE = 100
POINTS = ["in 1", "in 2", "after 1", "after 3", "delivering 1", "delivering 37"]


class Mailings:
    """Mailings sent by processes of their own on one database of their own."""

    def __init__(self, environment):
        self.environment = os.environ | environment
        self.run("manage.py", "migrate", "-v0")

    def run(self, *arguments, ends=0):
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == ends, done.stderr
        return done.stdout

    def call(self, *arguments, ends=0):
        out = self.run("-m", "tests.members.mailing_process", *map(str, arguments), ends=ends)
        return json.loads(out) if ends == 0 else None


@pytest.fixture(scope="module")
def mailings(tmp_path_factory):
    with own_engines() as environment:
        data = tmp_path_factory.mktemp("killed")
        yield Mailings(environment | {"DATA_DIR": str(data)})


@pytest.mark.parametrize("point", POINTS)
def test_a_mailing_killed_anywhere_reaches_each_address_once_and_an_objector_never(mailings, point):
    made = mailings.call("prepare", PEOPLE)

    mailings.call("send", made["mailing"], point, ends=-signal.SIGKILL)
    state = mailings.call("resume", made["mailing"])

    assert state == {
        "each": [1] * (PEOPLE - 1),
        "mails": {"delivered": PEOPLE - 1},
        "recipients": {"sent": PEOPLE - 1, "fell_away": 1},
        "status": "done",
        "orphans": 0,
    }
