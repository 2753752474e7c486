"""Run the suite on the embedded engines and, where they answer, on PostgreSQL and Redis.

``python -m tests.lanes [--demand-both] [pytest's arguments]``. The closing lines tell what was
run and what was skipped, and why.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests import engines

EMBEDDED = "embedded"
SERVERS = "postgresql+redis"


@dataclass
class Result:
    lane: str
    engines: str
    exit_code: int
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        shown = [f"{self.counts[word]} {word}" for word in ("passed", "failed", "skipped")]
        return [
            f"{self.lane}: {', '.join(shown)} ({self.engines})",
            *(f"    skipped {number}: {reason}" for reason, number in self.skipped.items()),
        ]


def run(lane: str, engine_names: str, environment: dict[str, str], arguments: list[str]) -> Result:
    print(f"\n=== {lane}: {engine_names}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", f"--junitxml={report}"]
        finished = subprocess.run([*command, *arguments], env=environment, check=False)
        result = Result(lane, engine_names, finished.returncode)
        if report.exists():
            count(result, report)
    return result


def count(result: Result, report: Path) -> None:
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            result.counts["failed"] += 1
        elif skipped is not None:
            result.counts["skipped"] += 1
            result.skipped[skipped.get("message", "no reason given")] += 1
        else:
            result.counts["passed"] += 1


def main(arguments: list[str]) -> int:
    demand_both = "--demand-both" in arguments
    arguments = [argument for argument in arguments if argument != "--demand-both"]
    bare = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    results = [run(EMBEDDED, "SQLite, a broker of files", bare, arguments)]
    closing: list[str] = []
    try:
        names = f"{engines.postgresql()}, {engines.redis_server()}"
    except engines.DoesNotAnswer as error:
        closing = [f"{SERVERS}: NOT RUN, {error}"]
    else:
        servers = {"DATABASE_URL": engines.DATABASE_URL, "REDIS_URL": engines.REDIS_URL}
        results.append(run(SERVERS, names, bare | servers, arguments))
    print()
    for result in results:
        print(*result.lines(), sep="\n")
    print(*closing, sep="\n", end="\n" if closing else "")
    if demand_both and len(results) < 2:
        print("Both engines were demanded.")
        return 1
    return max(abs(result.exit_code) for result in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
