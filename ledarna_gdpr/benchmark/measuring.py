"""Timing, and the table that comes of it."""

import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection


@dataclass
class Row:
    """A line of the table."""

    work: str
    target: str
    ours: str
    raw: str = "–"
    ratio: str = "–"
    notes: str = ""

    def cells(self) -> list[str]:
        return [self.work, self.target, self.ours, self.raw, self.ratio, self.notes]


HEAD = Row("work", "to reach", "ours", "raw SQL", "ratio", "")


def table(rows: list[Row]) -> str:
    lines = [HEAD, Row(*["---"] * 6), *rows]
    return "\n".join(f"| {' | '.join(line.cells())} |" for line in lines)


def seconds(work: Callable[[], Any]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(
    ours: Callable[[], Any],
    raw: Callable[[], Any],
    *,
    times: int,
    before_each: Callable[[], Any] = lambda: None,
    after_each: Callable[[], Any] = lambda: None,
) -> tuple[list[float], list[float]]:
    """Time both by turns, so that a busy minute of the machine meets both."""
    results: tuple[list[float], list[float]] = ([], [])
    for turn in range(times):
        pair = [(results[0], ours), (results[1], raw)]
        for times_of, work in pair if turn % 2 == 0 else pair[::-1]:
            before_each()
            times_of.append(seconds(work))
            after_each()
    return results


def spread(values: list[float]) -> str:
    """The median, and from least to most."""
    if len(values) == 1:
        return duration(values[0])
    return (
        f"{duration(statistics.median(values))} ({duration(min(values))}–{duration(max(values))})"
    )


def duration(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def ratio(ours: list[float], raw: list[float]) -> str:
    return f"{statistics.median(ours) / statistics.median(raw):.2f}×"


#: Not what the operating system tells of an ended child: that counts the parent in, from which it
#: was forked.
TELL_PEAK = "print(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"


class Process:
    """A Python process of its own that does one thing; its time and its peak memory."""

    def __init__(self, code: str, environment: dict[str, str]) -> None:
        self._start = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", f"import django; django.setup()\n{code}\n{TELL_PEAK}"],
            env=environment | {"DJANGO_SETTINGS_MODULE": "ledarna_gdpr.settings"},
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self) -> "Process":
        told, _errors = self._process.communicate()
        self.seconds = time.perf_counter() - self._start
        if self._process.returncode:
            raise RuntimeError(f"The process ended with {self._process.returncode}.")
        kilobytes = told.split()[-2]
        self.megabytes = int(kilobytes) / 1024
        return self

    def kill_after(self, delay: float) -> None:
        """SIGKILL it, wherever it is."""
        time.sleep(delay)
        self._process.kill()
        self._process.wait()


def machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
        cursor.execute("SHOW shared_buffers")
        (buffers,) = cursor.fetchone()
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, PostgreSQL {server.split()[0]} (shared_buffers {buffers}), "
        f"Python {platform.python_version()}; load before the run {load:.1f}."
    )
