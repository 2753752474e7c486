"""What production refuses, each in a process of its own, since settings are read once."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from ledarna_gdpr.settings import EMBEDDED_SECRET

GOOD = {
    "PRODUCTION": "true",
    "SECRET_KEY": "s0-" + "kN8vQ2xR7mT4wZ1pL6cJ9hF3bD5gY0aE" * 2,
    "LOOKUP_KEY": "l0-" + "xW3tP8nB5vK1qM7rC4zG9jH2dF6sL0yA",
    "LEDGER_KEY": "e0-" + "bV6mN1cX8zL4kJ7hG2fD9sA3qW5eR0tY",
    "ENCRYPTION_KEYS": "c0-" + "pO9iU4yT1rE6wQ3aS8dF5gH2jK7lZ0xC",
    "DATABASE_URL": "postgres://ledarna:secret@db.internal:5432/ledarna",
    "REDIS_URL": "redis://redis.internal:6379/0",
    "DELIVERY_URL": "smtp+tls://user:secret@mail.internal:587",
    "ALLOWED_HOSTS": "medlem.example.org",
}


@pytest.fixture
def run(tmp_path):
    """Run Python under these production settings; gives the finished process."""
    machine = {name: os.environ[name] for name in ("PATH", "HOME", "ENV_FILE")}
    own = {"DATA_DIR": str(tmp_path), "ERASURE_LEDGER": str(tmp_path / "erasures.jsonl")}

    def run(*arguments, **changes):
        environment = machine | own | GOOD | changes
        return subprocess.run(
            [sys.executable, *arguments],
            env={name: value for name, value in environment.items() if value is not None},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_good_production_settings_pass_the_deployment_check(run):
    finished = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert finished.returncode == 0, finished.stderr
    assert "no issues" in finished.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "LOOKUP_KEY", "LEDGER_KEY", "ENCRYPTION_KEYS"])
@pytest.mark.parametrize("value", [None, "", EMBEDDED_SECRET, f"{EMBEDDED_SECRET}!"])
def test_production_refuses_a_missing_or_default_secret(run, name, value):
    finished = run("-c", "import ledarna_gdpr.settings", **{name: value})

    assert finished.returncode != 0
    assert f"{name} is missing or the embedded default" in finished.stderr


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"LEDGER_KEY": GOOD["LOOKUP_KEY"]}, "the four secrets must differ"),
        ({"ENCRYPTION_KEYS": GOOD["SECRET_KEY"]}, "the four secrets must differ"),
        ({"DATABASE_URL": None}, "DATABASE_URL must name a PostgreSQL database"),
        ({"DATABASE_URL": "sqlite:////tmp/db"}, "DATABASE_URL must name a PostgreSQL database"),
        ({"REDIS_URL": None}, "REDIS_URL is missing"),
        ({"REDIS_URL": ""}, "REDIS_URL is missing"),
        ({"ERASURE_LEDGER": None}, "ERASURE_LEDGER must name a file"),
        ({"DELIVERY_URL": None}, "DELIVERY_URL is missing"),
    ],
    ids=lambda value: str(list(value)) if isinstance(value, dict) else "",
)
def test_production_refuses_the_embedded_defaults(run, changes, reason):
    finished = run("-c", "import ledarna_gdpr.settings", **changes)

    assert finished.returncode != 0
    assert reason in finished.stderr


def test_all_that_is_wrong_is_told_at_once_without_any_secret(run):
    finished = run(
        "-c", "import ledarna_gdpr.settings", SECRET_KEY=None, REDIS_URL=None, DELIVERY_URL=None
    )

    for name in ("SECRET_KEY", "REDIS_URL", "DELIVERY_URL"):
        assert name in finished.stderr
    for name in ("LOOKUP_KEY", "LEDGER_KEY", "ENCRYPTION_KEYS"):
        assert GOOD[name] not in finished.stderr


def test_without_any_environment_the_embedded_defaults_hold(run):
    nothing = dict.fromkeys(GOOD)
    finished = run("-c", "import ledarna_gdpr.settings as s; print(s.USES_SQLITE)", **nothing)

    assert finished.stdout == "True\n"


def test_every_variable_is_explained_in_the_example(run):
    settings_text = (settings.BASE_DIR / "ledarna_gdpr" / "settings.py").read_text()
    example = (settings.BASE_DIR / ".env.example").read_text()
    names = set(re.findall(r'env(?:\.\w+)?\(\s*"(\w+)"', settings_text))

    assert len(names) > 20
    assert [name for name in sorted(names) if f"{name}=" not in example] == []
