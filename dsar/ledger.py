"""The erasure ledger: what a restored backup must not bring back (law 7).

An append-only file outside the database and its backups. Each line holds keyed tokens of the
persons whose erasure is about to happen, no personal data, and a seal over itself and the line
before, so that a line that is missing or changed is noticed.

``LedgerPosition`` is the number of the last line that this database knows of. It is raised before
the line is written: a database that knows less than the file holds is an old one.
"""

import datetime as dt
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from dsar.models import LedgerPosition
from ledarna_gdpr.privacy import registry

TAIL = 64 * 1024


class Kind(StrEnum):
    ERASED = "erased"
    REDUCED = "reduced"


class LedgerBroken(Exception):
    """The ledger has been tampered with or cut."""


@dataclass(frozen=True)
class Entry:
    number: int
    at: dt.datetime
    kind: Kind
    tokens: list[str]


def token(value: object) -> str:
    """The keyed token of a person, from the value that her declaration names for it."""
    message = f"{registry.subject.label}:{value}".encode()
    return hmac.new(settings.LEDGER_KEY.encode(), message, hashlib.sha256).hexdigest()


def tokens_of(subject_ids: Iterable[Any]) -> list[str]:
    subject = registry.subject
    values = subject.records_of(subject_ids).order_by("pk").values_list(subject.token, flat=True)
    return [token(value) for value in values]


def append(kind: Kind, tokens: list[str], *, at: dt.datetime) -> None:
    """Write an erasure down before it happens.

    Raises ``RuntimeError`` inside a transaction: what it writes must stand even if that fails.
    """
    if not tokens:
        return
    number = _next_number()
    with _locked_file() as file:
        payload = {"n": number, "at": at.isoformat(), "kind": kind.value, "tokens": tokens}
        line = json.dumps(payload | {"seal": _seal(_last_seal(file), payload)})
        file.seek(0, os.SEEK_END)
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def last_number() -> int:
    """The highest number in the file; 0 for none. Reads only its end."""
    try:
        with _path().open("rb") as file:
            # Lines of one moment may stand in any order, hence the maximum.
            return max((json.loads(line)["n"] for line in _last_lines(file)), default=0)
    except FileNotFoundError:
        return 0


def known_number() -> int:
    """The last number that this database knows of."""
    return LedgerPosition.objects.values_list("entries", flat=True).first() or 0


def database_is_behind() -> bool:
    """Whether this database is older than the ledger, so that erased people may be in it."""
    last = last_number()
    return last > 0 and known_number() < last


def entries(after: int = 0) -> Iterator[Entry]:
    """The entries with a number above ``after``. Raises ``LedgerBroken``."""
    seal = ""
    try:
        file = _path().open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, start=1):
            try:
                payload = json.loads(line)
                found = payload.pop("seal")
            except (ValueError, KeyError):
                raise LedgerBroken(f"line {number}") from None
            seal = _seal(seal, payload)
            if not hmac.compare_digest(found, seal):
                raise LedgerBroken(f"line {number}")
            if payload["n"] > after:
                at = dt.datetime.fromisoformat(payload["at"])
                yield Entry(payload["n"], at, Kind(payload["kind"]), payload["tokens"])


def catch_up() -> None:
    """Note that everything in the ledger has been carried out in this database."""
    _know_of(last_number())


def _next_number() -> int:
    with transaction.atomic(durable=True):
        LedgerPosition.objects.get_or_create(pk=1)
        LedgerPosition.objects.filter(pk=1).update(entries=F("entries") + 1)
        return LedgerPosition.objects.values_list("entries", flat=True).get(pk=1)


def _know_of(number: int) -> None:
    LedgerPosition.objects.update_or_create(pk=1, defaults={"entries": number})


def _path() -> Path:
    return Path(settings.ERASURE_LEDGER)


class _locked_file:
    """The ledger, open for reading and appending, to one process at a time."""

    def __enter__(self) -> Any:
        path = _path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.file = os.fdopen(descriptor, "rb+")
        fcntl.flock(self.file, fcntl.LOCK_EX)
        return self.file

    def __exit__(self, *error: object) -> None:
        self.file.close()


def _last_lines(file: Any) -> list[bytes]:
    size = file.seek(0, os.SEEK_END)
    length = TAIL
    while True:
        file.seek(max(0, size - length))
        lines = file.read().splitlines()
        if length >= size:
            return lines
        if len(lines) > 1:
            return lines[1:]  # the first one may be cut
        length *= 4


def _last_seal(file: Any) -> str:
    lines = _last_lines(file)
    return json.loads(lines[-1])["seal"] if lines else ""


def _seal(previous: str, payload: dict[str, Any]) -> str:
    message = (previous + json.dumps(payload, sort_keys=True)).encode()
    return hmac.new(settings.LEDGER_KEY.encode(), message, hashlib.sha256).hexdigest()
