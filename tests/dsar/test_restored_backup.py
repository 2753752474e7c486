"""A backup from before an erasure is put back: nobody may look until she is gone again (law 7)."""

import contextlib
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from tests import engines
from tests.product import Product, own_engines


class Installation(Product):
    """The product with a database that can be dumped and put back while it is stopped."""

    def status(self):
        """What a visitor to the first page is answered."""
        try:
            with urllib.request.urlopen(self.address, timeout=30) as page:
                return page.status
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code

    def call(self, *arguments):
        out = subprocess.run(
            [sys.executable, "-m", "tests.dsar.erasure_process", *map(str, arguments)],
            env=self.environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(out.stdout)

    def dump(self):
        self._copy("database", "dumped")

    def restore(self):
        self._copy("dumped", "database")

    def _copy(self, source, target):
        if "DATABASE_URL" not in self.environment:
            names = {"database": "db.sqlite3", "dumped": "backup.sqlite3"}
            folder = self.folder / "data"
            for leftover in folder.glob(f"{names[target]}*"):
                leftover.unlink()
            for found in folder.glob(f"{names[source]}*"):
                shutil.copy(found, folder / found.name.replace(names[source], names[target]))
            return
        database = urlsplit(self.environment["DATABASE_URL"]).path[1:]
        names = {"database": database, "dumped": f"{database}_dumped"}
        url = urlsplit(engines.DATABASE_URL)._replace(scheme="postgresql", path="/postgres")
        with psycopg.connect(url.geturl(), autocommit=True) as postgres:
            postgres.execute(f"DROP DATABASE IF EXISTS {names[target]} WITH (FORCE)")
            postgres.execute(f"CREATE DATABASE {names[target]} TEMPLATE {names[source]}")

    def forget_the_dump(self):
        if "DATABASE_URL" in self.environment:
            database = urlsplit(self.environment["DATABASE_URL"]).path[1:]
            url = urlsplit(engines.DATABASE_URL)._replace(scheme="postgresql", path="/postgres")
            with psycopg.connect(url.geturl(), autocommit=True) as postgres:
                postgres.execute(f"DROP DATABASE IF EXISTS {database}_dumped WITH (FORCE)")


@pytest.fixture
def installation(tmp_path):
    with own_engines() as environment:
        installation = Installation(tmp_path, environment)
        try:
            yield installation
        finally:
            with contextlib.suppress(AttributeError):
                installation.stop()
            installation.forget_the_dump()


def test_a_restored_backup_brings_nobody_back(installation):
    installation.manage("migrate", "-v0")
    (made,) = installation.call("prepare", 1)
    installation.dump()
    erased = installation.call("resume", *made.values())["after"]
    assert erased["left"] == {}

    installation.restore()
    installation.start()
    assert installation.status() == 503
    with pytest.raises(subprocess.CalledProcessError) as refused:
        installation.manage("sweep")
    assert "replay_erasures" in refused.value.stderr

    told = installation.manage("replay_erasures")
    assert "1" in told
    installation.stop()
    installation.start()
    assert installation.status() == 200

    again = installation.call("resume", *made.values())["after"]
    assert (again["left"], again["file"]) == ({}, False)
    assert not again["database_is_behind"]
