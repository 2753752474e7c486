"""The real product in processes of its own: web server, worker and scheduler."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings

from tests import engines

TAKEN = "taken-by-a-test"


def until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait for other processes; fail when they do not do what is awaited."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.1)


def processes(mark: str) -> dict[int, str]:
    """Living processes whose environment holds this text, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            alive = (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            if alive and mark in (folder / "environ").read_text(errors="replace"):
                command = (folder / "cmdline").read_text(errors="replace").replace("\0", " ")
                found[int(folder.name)] = command
    return found


class Product:
    """``manage.py up`` on a free port, with a folder and engines of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.log = folder / "up.log"
        self.address = f"http://127.0.0.1:{self.port}"
        inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = inherited | environment | {"DATA_DIR": str(folder / "data")}

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(self.port)],
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
            )
        until(self.answers, seconds=120)

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"manage.py up ended: {self.log.read_text()}")
        try:
            urllib.request.urlopen(self.address, timeout=10).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def processes(self) -> dict[int, str]:
        return processes(f"DATA_DIR={self.folder / 'data'}\0")

    def pid_of(self, words: str) -> int:
        """The oldest process whose command line holds these words; 0 for none."""
        return min(
            (pid for pid, command in self.processes().items() if words in command), default=0
        )

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What a management command prints, run beside the product."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@contextlib.contextmanager
def own_engines() -> Iterator[dict[str, str]]:
    """A database and a Redis of the product's own, in the lane that runs; gone afterwards."""
    if settings.USES_SQLITE:
        yield {}
        return
    name = f"product_{secrets.token_hex(6)}"
    url = urlsplit(engines.DATABASE_URL)._replace(scheme="postgresql")
    with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        try:
            with empty_redis() as redis_url:
                yield {
                    "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
                    "REDIS_URL": redis_url,
                }
        finally:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def empty_redis() -> Iterator[str]:
    """One of the server's databases that nobody uses, counted from the last."""
    for number in range(15, 0, -1):
        url = urlsplit(engines.REDIS_URL)._replace(path=f"/{number}").geturl()
        with redis.Redis.from_url(url) as client:
            if client.dbsize() or not client.set(TAKEN, "1", nx=True):
                continue
            try:
                yield url
            finally:
                client.flushdb()
            return
    raise AssertionError("every Redis database is in use")
