"""Who and what must not be touched now, whatever else is due (law 1)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from dsar.models import LegalHold
from ledarna_gdpr.privacy import PersonalData, Rule, registry

#: The number of the database's advisory lock on holds; any that nobody else uses.
HOLDS_ARE_STILL = 0x686F6C64


class RecordIsGone(Exception):
    """The message is written for the one who sets a hold, and is shown as it is."""


@dataclass
class Held:
    """What the holds of a day protect: whole persons, and single records by model."""

    people: set[int] = field(default_factory=set)
    records: dict[type[Model], set[int]] = field(default_factory=lambda: defaultdict(set))

    def among(self, declaration: PersonalData, rule: Rule | None = None) -> Q | None:
        """The records of a model that a hold on a record protects, or None for none.

        A hold travels to what hangs on the record, and keeps what the record hangs on: from its
        deletion, and from what ``rule`` does to it.
        """
        if not self.records:
            return None
        found = Q()
        for path, keys in self._above(declaration):
            found |= Q(**{f"{path}__in": keys})
        for path, records in self._below(declaration, rule):
            found |= Q(pk__in=records.values(path))
        return found or None

    def _above(self, declaration: PersonalData) -> Iterator[tuple[str, set[int]]]:
        if keys := self.records.get(declaration.model):
            yield "pk", keys
        for step in declaration.companions:
            for path, keys in self._above(registry.whole_of(declaration, step.path)):
                yield f"{step.path}__{path}", keys

    def _below(
        self, declaration: PersonalData, rule: Rule | None = None
    ) -> Iterator[tuple[str, QuerySet[Any]]]:
        for part, step in registry.companions_of(declaration, rule):
            if keys := self.records.get(part.model):
                yield step.path, part.records().filter(pk__in=keys)
            for path, records in self._below(part):
                yield step.path, part.records().filter(pk__in=records.values(path))


def held(on: dt.date) -> Held:
    """What legal holds protect on a day, themselves included. One query."""
    return _held_by(LegalHold.objects.in_force(on))


def _held_by(holds: QuerySet[LegalHold]) -> Held:
    found = Held()
    for hold, person, label, key in holds.values_list("pk", "member", "model", "record"):
        if key is not None:
            found.records[registry.labelled(label).model].add(key)
            found.records[LegalHold].add(hold)
        else:
            found.people.add(person)
    return found


def held_until(record: Model, on: dt.date) -> dt.date | None:
    """The last day of the holds that protect a record on a day, or None where none does.

    A hold can be renewed or released, so it is no promise.
    """
    declaration = registry[type(record)]
    itself = declaration.records_with([record.pk])
    people = itself.values(declaration.subject)
    days = []
    for hold in LegalHold.objects.in_force(on).filter(member__in=people):
        by = _held_by(LegalHold.objects.filter(pk=hold.pk))
        if not spare(declaration, itself, on=on, by=by).exists():
            days.append(hold.until)
    return max(days, default=None)


def spare(
    declaration: PersonalData,
    records: QuerySet[Any],
    *,
    on: dt.date,
    by: Held | None = None,
    rule: Rule | None = None,
) -> QuerySet[Any]:
    """Those of the records that no hold protects from deletion, or from ``rule``.

    ``by`` is what is held, where that has been asked already.
    """
    by = held(on) if by is None else by
    if by.people:
        records = records.exclude(**{f"{declaration.subject}__in": by.people})
    protected = by.among(declaration, rule)
    return records if protected is None else records.exclude(protected)


def freeze() -> None:
    """Let nobody set a hold until this transaction ends: what it has asked stays true.

    Those who destroy do not wait for each other, only for whoever sets a hold. SQLite has one
    writer at a time anyway.
    """
    _lock("pg_advisory_xact_lock_shared")


def set_hold(hold: LegalHold) -> None:
    """Save a hold, in the caller's transaction. Raises ``RecordIsGone`` where its record was
    destroyed while somebody wrote the reason."""
    _lock("pg_advisory_xact_lock")
    if hold.model:
        hers = registry.labelled(hold.model).records_of([hold.member_id])
        if not hers.filter(pk=hold.record).exists():
            raise RecordIsGone(_("There is no such record of this member any more."))
    hold.save()


def _lock(function: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A hold is asked for, or set, in a transaction.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [HOLDS_ARE_STILL])


def release(hold: LegalHold, *, on: dt.date) -> None:
    """Let a hold end with this day. The row stays, to show why something was kept (A5H)."""
    LegalHold.objects.filter(pk=hold.pk, until__gt=on).update(until=on)
