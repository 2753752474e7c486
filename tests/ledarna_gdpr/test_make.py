"""make and the lanes tell plainly what is missing and what was not run."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}


def run(*command, **environment):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "MAKE"))}
    return subprocess.run(
        command,
        env=inherited | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_tells_that_python_is_missing(tmp_path):
    made = run("make", "run", "PYTHON=python9.99", f"VENV={tmp_path}/venv")

    assert made.returncode != 0
    assert "Python 3.11 is missing (python9.99 was not found)." in made.stdout
    assert "apt install python3.11 python3.11-venv" in made.stdout


def test_make_tells_that_venv_is_missing(tmp_path):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n')
    python.chmod(0o755)

    made = run("make", "run", f"PYTHON={python}", f"VENV={tmp_path}/venv")

    assert made.returncode != 0
    assert "cannot make virtual environments (ensurepip is missing)" in made.stdout
    assert "apt install python3.11-venv" in made.stdout


@pytest.mark.parametrize(("demand", "code"), [((), 0), (("--demand-both",), 1)])
def test_an_engine_that_does_not_answer_is_told_and_fails_where_both_are_demanded(
    tmp_path, demand, code
):
    test = tmp_path / "test_nothing.py"
    test.write_text("def test_nothing(): pass\n")

    ran = run(sys.executable, "-m", "tests.lanes", *demand, "-n0", str(test), **NOWHERE)

    assert "embedded: 1 passed, 0 failed, 0 skipped" in ran.stdout
    assert "postgresql+redis: NOT RUN, PostgreSQL does not answer at 127.0.0.1:9" in ran.stdout
    assert ran.returncode == code


def test_a_failing_test_fails_the_lane_and_a_skip_is_told_with_its_reason(tmp_path):
    test = tmp_path / "test_two.py"
    test.write_text(
        "import pytest\n"
        "def test_fails(): assert False\n"
        "def test_skips(): pytest.skip('no such thing here')\n"
    )

    ran = run(sys.executable, "-m", "tests.lanes", "-n0", str(test), **NOWHERE)

    assert "embedded: 0 passed, 1 failed, 1 skipped" in ran.stdout
    assert "skipped 1: no such thing here" in ran.stdout
    assert ran.returncode != 0
