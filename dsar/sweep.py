"""The nightly sweep: what is due goes, set by set (Art. 5(1)(e), law 4).

What is due is computed from the data each time, so a sweep that was killed or that missed a night
needs no repair: the next one finds what is left.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dsar import erasure, files, holds, ledger, periods
from dsar.destroyer import Destroyer, lets_go, remove_files
from dsar.holds import Held
from dsar.models import SweepRun
from dsar.periods import Periods
from ledarna_gdpr.privacy import Delete, PersonalData, Reduce, Rule, registry
from ledarna_gdpr.privacy.anchors import Anchor
from ledarna_gdpr.privacy.declarations import follow

logger = logging.getLogger(__name__)

#: Records of one transaction. Large enough that statements, not round trips, take the time;
#: small enough that a kill loses little and memory stays flat.
CHUNK = 2000
#: A sweep whose heart has not beaten for so long is dead, and another may take over.
DEAD_AFTER = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Due:
    """The records of one model that one rule takes."""

    declaration: PersonalData
    anchor: Anchor
    records: QuerySet[Any]


def due(on: dt.date, in_force: Periods | None = None) -> Iterator[Due]:
    """What a sweep on a day would begin with: one lazy set for each model and rule.

    ``in_force`` tries other periods out, for a preview.
    """
    in_force = periods.in_force() if in_force is None else in_force
    held = holds.held(on)
    for declaration in registry.children_first():
        for anchor in declaration.anchors:
            field = follow(declaration.model, anchor.path)
            is_due = anchor.is_due(on, periods.of(anchor.rule, in_force), field)
            records = declaration.records().filter(is_due)
            records = holds.spare(declaration, records, on=on, by=held, rule=_milder(anchor))
            if isinstance(anchor.action, Delete):
                records = _not_waited_for(declaration, records, held)
            yield Due(declaration, anchor, records)


def _not_waited_for(declaration: PersonalData, records: QuerySet[Any], held: Held) -> QuerySet[Any]:
    """Without the records that others refer to which neither go along nor let go."""
    along = {other.model for other, _ in registry.companions_of(declaration)}
    waits = Q(pk__in=[])
    for other, name in registry.protectors_of(declaration):
        if other.model in along:
            continue
        pointing = other.records().filter(**{name: OuterRef("pk")})
        if not lets_go(other, name):
            waits |= Q(Exists(pointing))
        elif (protected := held.among(other)) is not None:
            waits |= Q(Exists(pointing.filter(protected)))
    return records.exclude(waits)


def nightly(on: dt.date) -> SweepRun | None:
    """Sweep for a day, and then look after the stored files. Gives None as ``run`` does."""
    sweep_run = run(on)
    if sweep_run is not None:
        files.put_in_order(sweep_run, at=timezone.now())
    return sweep_run


def run(on: dt.date, *, at: dt.datetime | None = None) -> SweepRun | None:
    """Sweep for a day, to the end. Gives None where another process is at it or has been."""
    at = at or timezone.now()
    sweep_run = _claim(on, at)
    if sweep_run is None:
        return None
    take_all(sweep_run, at=at)
    return sweep_run


def take_all(sweep_run: SweepRun, *, at: dt.datetime) -> None:
    """Take everything that is due on the run's day, chunk by chunk."""
    with transaction.atomic():
        erasure.resume(on=sweep_run.on, at=at).leave_receipts(run=sweep_run)
    for found in due(sweep_run.on):
        while _take_a_chunk(found, sweep_run, at):
            SweepRun.objects.filter(pk=sweep_run.pk).update(heartbeat_at=timezone.now())
    remove_files()
    SweepRun.objects.filter(pk=sweep_run.pk).update(finished_at=timezone.now())
    logger.info("Sweep of %s finished", sweep_run.on)


def _claim(on: dt.date, at: dt.datetime) -> SweepRun | None:
    sweep_run, is_new = SweepRun.objects.get_or_create(
        on=on, defaults={"started_at": at, "heartbeat_at": at}
    )
    if is_new:
        return sweep_run
    dead = SweepRun.objects.filter(
        pk=sweep_run.pk, finished_at=None, heartbeat_at__lt=at - DEAD_AFTER
    )
    return sweep_run if dead.update(heartbeat_at=at) else None


def _take_a_chunk(found: Due, sweep_run: SweepRun, at: dt.datetime) -> bool:
    """Take some of the due records. Gives whether there may be more."""
    # In no order: a model's own would have its whole table read for each chunk.
    keys = list(found.records.order_by().values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return False
    if found.declaration is registry.subject:
        kind = _ledger_kind(found.anchor)
        ledger.append(kind, ledger.tokens_of(keys), at=at)
    with transaction.atomic():
        holds.freeze()
        free = _still_free(found, keys, on=sweep_run.on)
        take(found.declaration, found.anchor, free, at=at).leave_receipts(run=sweep_run)
    return len(keys) == CHUNK


def _still_free(found: Due, keys: list[Any], *, on: dt.date) -> list[Any]:
    """Without those on which, or on whose person or parts, a hold has been set since."""
    held = holds.held(on)
    if not held.people and not held.records:
        return keys
    chosen = found.declaration.records_with(keys)
    if isinstance(found.anchor.action, Delete):
        chosen = _not_waited_for(found.declaration, chosen, held)
    spared = holds.spare(found.declaration, chosen, on=on, by=held, rule=_milder(found.anchor))
    return list(spared.order_by().values_list("pk", flat=True))


def _milder(anchor: Anchor) -> Rule | None:
    """The rule, where it does less than delete and so takes less along."""
    return None if isinstance(anchor.action, Delete) else anchor.rule


def _ledger_kind(anchor: Anchor) -> ledger.Kind:
    is_reduction = isinstance(anchor.action, Reduce)
    return ledger.Kind.REDUCED if is_reduction else ledger.Kind.ERASED


def take(
    declaration: PersonalData, anchor: Anchor, keys: list[Any], *, at: dt.datetime
) -> Destroyer:
    """Carry out what a rule says for some records, and for what goes along with them.

    In the caller's transaction. Gives the destroyer, whose receipts the caller leaves.
    """
    destroyer = Destroyer(at=at)
    if isinstance(anchor.action, Delete):
        destroyer.take(declaration, keys, rule=anchor.rule.code)
    else:
        destroyer.take_along(declaration, keys, code=anchor.rule.code, rule=anchor.rule)
        destroyer.carry_out(anchor.action, declaration, keys, rule=anchor.rule.code)
    return destroyer
