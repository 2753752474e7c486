"""The people of a checked report, kept until a person has decided; each line encrypted.

It takes the place of the uploaded file, and holds the addresses that suggestions are made from.
It is removed when the import is over.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator

from courses.imports.stays import Participant
from ledarna_gdpr import crypto

CHUNK = 2000


def encode(participants: list[Participant]) -> Iterator[bytes]:
    for first in range(0, len(participants), CHUNK):
        rows = [
            (p.display_name, p.email, p.joined_at, p.left_at, p.minutes, p.ip_address, p.is_phone)
            for p in participants[first : first + CHUNK]
        ]
        yield crypto.encrypt(json.dumps(rows, default=dt.datetime.isoformat).encode()) + b"\n"


def decode(file: Iterable[bytes]) -> Iterator[list[Participant]]:
    for line in file:
        rows = json.loads(crypto.decrypt(line.rstrip(b"\n")))
        yield [
            Participant(name, email, _moment(joined), _moment(left), minutes, address, is_phone)
            for name, email, joined, left, minutes, address, is_phone in rows
        ]


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
