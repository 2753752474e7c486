"""What a checked file would change, kept until a person has decided.

It takes the place of the uploaded file: what is approved is what is written, and the rows need
not be read twice. Each line is one chunk, encrypted.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

from ledarna_gdpr import crypto
from members.imports.comparing import Change

DATES = ("started_on", "ended_on")


def encode(changes: list[Change]) -> bytes:
    """A line of the plan."""
    rows = [(change.row, change.key, change.member, change.period) for change in changes]
    return crypto.encrypt(json.dumps(rows, default=dt.date.isoformat).encode()) + b"\n"


def decode(file: Iterable[bytes]) -> Iterator[list[Change]]:
    """The plan's chunks."""
    for line in file:
        rows = json.loads(crypto.decrypt(line.rstrip(b"\n")))
        yield [Change(row, key, member, _period(period)) for row, key, member, period in rows]


def _period(told: dict[str, Any]) -> dict[str, Any]:
    return {
        name: dt.date.fromisoformat(value) if name in DATES and value else value
        for name, value in told.items()
    }
