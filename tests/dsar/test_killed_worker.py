"""A worker that is killed at any step of an erasure loses nothing and repeats nothing (law 6)."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from dsar.erasure import STEPS
from tests.product import own_engines

POINTS = [
    *(f"{when} {step}" for step in STEPS for when in ("before", "in", "after")),
    *(f"destroyed {number}" for number in (1, 5, 12)),
]


class Erasures:
    """Erasures carried out by processes of their own on one database of their own."""

    def __init__(self, environment):
        self.environment = os.environ | environment
        self.run("manage.py", "migrate", "-v0")
        self.prepared = self.call("prepare", len(POINTS) + 1)

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
        out = self.run("-m", "tests.dsar.erasure_process", *map(str, arguments), ends=ends)
        return json.loads(out) if ends == 0 else None

    def resume(self, made):
        return self.call("resume", *made.values())


@pytest.fixture(scope="module")
def erasures(tmp_path_factory):
    with own_engines() as environment:
        data = tmp_path_factory.mktemp("killed")
        yield Erasures(environment | {"DATA_DIR": str(data)})


@pytest.fixture(scope="module")
def undisturbed(erasures):
    return erasures.resume(erasures.prepared.pop())["after"]


def test_an_undisturbed_erasure_leaves_nothing_and_tells_once(undisturbed):
    assert undisturbed["left"] == {}
    assert (undisturbed["status"], undisturbed["notices"]) == ("answered", 1)
    assert (undisturbed["file"], undisturbed["is_linked"]) == (False, False)
    assert undisturbed["is_in_ledger"]
    assert undisturbed["journal"] == [step.value for step in STEPS]


@pytest.mark.parametrize("point", POINTS)
def test_an_erasure_killed_anywhere_ends_as_an_undisturbed_one(point, erasures, undisturbed):
    made = erasures.prepared.pop()

    erasures.call("execute", made["request"], point, ends=-signal.SIGKILL)
    state = erasures.resume(made)

    assert state["after"] == undisturbed
    assert not state["before"]["database_is_behind"]
    assert (state["before"] == undisturbed) is (point == "after notice")
