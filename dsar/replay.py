"""Bring a restored database up to the erasure ledger (law 7)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from dsar import erasure, ledger, sweep
from dsar.models import SweepRun
from ledarna_gdpr.privacy import Reduce, registry


@dataclass
class Replayed:
    """How many persons were found again and erased, or reduced to their stub."""

    erased: int = 0
    reduced: int = 0


def replay(*, at: dt.datetime, everything: bool = False) -> Replayed:
    """Carry out again what the ledger knows and this database does not, then sweep.

    With ``everything``, from the ledger's first line. Safe to repeat and to kill: the database
    counts as caught up only at the end. Raises ``ledger.LedgerBroken``.
    """
    on = timezone.localdate(at)
    wanted: dict[ledger.Kind, set[str]] = {kind: set() for kind in ledger.Kind}
    for entry in ledger.entries(after=0 if everything else ledger.known_number()):
        wanted[entry.kind].update(entry.tokens)
    run, _ = SweepRun.objects.update_or_create(
        on=on, defaults={"heartbeat_at": at, "finished_at": None}, create_defaults=_new_run(on, at)
    )
    result = Replayed()
    for keys in _chunks(wanted[ledger.Kind.ERASED]):
        with transaction.atomic():
            erasure.erase(keys, on=on, at=at).leave_receipts(run=run)
        result.erased += len(keys)
    for keys in _chunks(wanted[ledger.Kind.REDUCED]):
        result.reduced += _reduce(keys, run, at)
    sweep.take_all(run, at=at)
    ledger.catch_up()
    return result


def _new_run(on: dt.date, at: dt.datetime) -> dict[str, Any]:
    return {"on": on, "started_at": at, "heartbeat_at": at}


def _chunks(tokens: set[str]) -> Iterator[list[Any]]:
    """The keys of the persons in this database whom the tokens mean."""
    subject = registry.subject
    keys: list[Any] = []
    if not tokens:
        return
    people = subject.records().order_by("pk").values_list("pk", subject.token)
    for key, value in people.iterator(chunk_size=5000):
        if ledger.token(value) in tokens:
            keys.append(key)
            if len(keys) == sweep.CHUNK:
                yield keys
                keys = []
    if keys:
        yield keys


def _reduce(keys: list[Any], run: SweepRun, at: dt.datetime) -> int:
    subject = registry.subject
    anchor = next(a for a in subject.anchors if isinstance(a.action, Reduce))
    marker = subject.stub.markers[0]
    whole = subject.records_of(keys).filter(**{marker: None})
    keys = list(whole.values_list("pk", flat=True))
    with transaction.atomic():
        sweep.take(subject, anchor, keys, at=at).leave_receipts(run=run)
    return len(keys)
