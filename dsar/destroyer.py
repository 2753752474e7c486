"""The one place where personal rows leave the database (law 1).

It takes along what shadows a row: its history, its files, its entries in the admin log. It does
not decide; erasure and sweep do. Everything is set-based: a constant number of statements whatever
the number of rows.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Count, Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone

from dsar import holds
from dsar.models import FileRemoval, Receipt, SubjectRequest, SweepRun
from ledarna_gdpr.privacy import (
    Anonymise,
    Delete,
    Empty,
    Outcome,
    PersonalData,
    Reduce,
    Rule,
    Trace,
    registry,
)
from ledarna_gdpr.privacy.actions import Action
from ledarna_gdpr.privacy.declarations import follow

#: The primary keys of records of one model.
Keys = list[Any]
Records = QuerySet[Any] | Keys

_destroying: ContextVar[bool] = ContextVar("destroying", default=False)


def is_active() -> bool:
    """Whether the statement that runs now is the destroyer's own."""
    return _destroying.get()


@contextmanager
def _as_destroyer() -> Iterator[None]:
    token = _destroying.set(True)
    try:
        yield
    finally:
        _destroying.reset(token)


class Destroyer:
    """A piece of destroying, in one transaction, and the count of what it did.

    It does not ask for legal holds: the sets it is given have been narrowed by ``holds``.
    """

    def __init__(self, *, at: dt.datetime) -> None:
        """Raises ``RuntimeError`` outside a transaction."""
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("Records are destroyed in the transaction that journals it.")
        self.at = at
        #: Records by model, outcome, rule and what they belonged to.
        self.done: Counter[tuple[str, str, str, str]] = Counter()
        self._traced = [(trace, _kinds_in(trace)) for trace in registry.traces]

    def carry_out(
        self,
        action: Action,
        declaration: PersonalData,
        records: Records,
        *,
        rule: str = "",
        outcome: Outcome | None = None,
    ) -> None:
        """Do what a declaration says to records, or to those with these keys."""
        if isinstance(records, QuerySet) and self._casts_shadows(declaration):
            # Asked once: each statement about what shadows them would else ask it again.
            records = _keys_of(records)
        keys: Keys = []
        if not isinstance(records, QuerySet):
            if not records:
                return
            keys, records = records, declaration.records_with(records)
        wholes = _wholes(declaration, records)
        with _as_destroyer():
            match action:
                case Delete():
                    count = self._delete(declaration, records, keys)
                case Reduce(keep=keep, markers=markers):
                    emptied = set(declaration.fields) - set(keep)
                    marked = dict.fromkeys(markers, self.at)
                    count = self._empty(declaration, records, keys, emptied, marked)
                case Anonymise(empty=emptied, link=link):
                    unlinked = {link: None} if link else {}
                    count = self._empty(declaration, records, keys, emptied, unlinked)
                case Empty(fields=emptied):
                    count = self._empty(declaration, records, keys, emptied, {})
        if outcome is None:
            is_gone = isinstance(action, Delete)
            outcome = Outcome.ERASED if is_gone else Outcome.ANONYMISED
        if not count:
            return
        for belonged_to, number in wholes or [("", count)]:
            self.done[declaration.label, outcome, rule, belonged_to] += number

    def leave_receipts(
        self, *, request: SubjectRequest | None = None, run: SweepRun | None = None
    ) -> None:
        """Leave proof of what went, without what it held (R32)."""
        Receipt.objects.bulk_create(
            Receipt(
                at=self.at,
                request=request,
                run=run,
                model=model,
                outcome=outcome,
                rule=rule,
                belonged_to=belonged_to,
                count=count,
            )
            for (model, outcome, rule, belonged_to), count in self.done.items()
        )

    def take(self, declaration: PersonalData, keys: Keys, *, rule: str = "") -> None:
        """Delete records, what goes along with them, and what of others' records names them."""
        self.take_along(declaration, keys, code=rule)
        self._let_go(declaration, keys, code=rule)
        self.carry_out(Delete(), declaration, keys, rule=rule)

    def take_along(
        self,
        declaration: PersonalData,
        keys: Keys,
        *,
        code: str,
        rule: Rule | None = None,
    ) -> None:
        """Delete what goes along when ``rule`` acts on records; without one, on their deletion."""
        if not keys:
            return
        for other, step in registry.companions_of(declaration, rule):
            theirs = other.records().filter(**{f"{step.path}__among": keys})
            if registry.companions_of(other):
                parts = _keys_of(theirs)
                self.take_along(other, parts, code=code)
                self.carry_out(Delete(), other, parts, rule=code)
            else:
                self.carry_out(Delete(), other, theirs, rule=code)

    def _let_go(self, declaration: PersonalData, keys: Keys, *, code: str) -> None:
        """Records that outlive what they refer to lose the reference and the person with it."""
        for other, name in registry.protectors_of(declaration):
            if action := lets_go(other, name):
                theirs = other.records().filter(**{f"{name}__among": keys})
                scrubbed = Outcome.SCRUBBED if name in other.mentions else None
                self.carry_out(action, other, theirs, rule=code, outcome=scrubbed)

    def _delete(self, declaration: PersonalData, records: QuerySet[Any], keys: Keys) -> int:
        declaration.leave_behind(records, self.at)
        _release_references(declaration, keys)
        _remember_files(declaration.file_fields, records)
        self._delete_shadows(declaration, keys)
        return _raw_delete(records)

    def _empty(
        self,
        declaration: PersonalData,
        records: QuerySet[Any],
        keys: Keys,
        names: Collection[str],
        also: dict[str, Any],
    ) -> int:
        """Empty fields. The history holds their old values, so it goes as a whole."""
        fields = [f for f in declaration.model._meta.concrete_fields if f.name in names]
        values = {f.name: None if f.null else f.get_default() for f in fields} | also
        if not values:
            return 0
        _remember_files([name for name in declaration.file_fields if name in names], records)
        self._delete_shadows(declaration, keys)
        return records.update(**values)

    def _casts_shadows(self, declaration: PersonalData) -> bool:
        """Whether destroying these records takes more than one statement."""
        kind = ContentType.objects.get_for_model(declaration.model).pk
        return (
            declaration.history_model is not None
            or any(kind in kinds for _trace, kinds in self._traced)
            or bool(declaration.file_fields)
            or bool(_references(declaration))
        )

    def _delete_shadows(self, declaration: PersonalData, keys: Keys) -> None:
        """The history of the records and their entries in the admin log."""
        if history := declaration.history_model:
            key = declaration.model._meta.pk.name
            _raw_delete(history._base_manager.filter(**{f"{key}__among": keys}))
        kind = ContentType.objects.get_for_model(declaration.model).pk
        for trace, kinds in self._traced:
            if kind in kinds:
                in_text = [str(key) for key in keys]
                pointing = {trace.content_type: kind, f"{trace.object_id}__among": in_text}
                _raw_delete(trace.records().filter(**pointing))


def _keys_of(records: QuerySet[Any]) -> Keys:
    return list(records.order_by().values_list("pk", flat=True))


def lets_go(declaration: PersonalData, name: str) -> Anonymise | None:
    """What makes records do without the person whom the link ``name`` leads to, if anything."""
    if name in declaration.mentions:
        return Anonymise(empty=declaration.mentions[name].empty, link=name)
    action = declaration.on_erasure
    return action if isinstance(action, Anonymise) and action.link == name else None


def destroy(model: type[models.Model], records: QuerySet[Any], at: dt.datetime) -> int:
    """Destroy records now, because their person says so: a cancellation, a withdrawal.

    In the caller's transaction. What a legal hold protects stays, and is swept when the hold has
    ended. Gives how many records of the model went.
    """
    declaration = registry[model]
    holds.freeze()
    free = holds.spare(declaration, records, on=timezone.localdate(at))
    keys = list(free.values_list("pk", flat=True))
    destroyer = Destroyer(at=at)
    destroyer.take(declaration, keys)
    destroyer.leave_receipts()
    transaction.on_commit(remove_files, robust=True)
    return len(keys)


def _wholes(declaration: PersonalData, records: QuerySet[Any]) -> list[tuple[str, int]]:
    """What records belong to, and how many to each, where their destruction is receipted so."""
    path = declaration.receipt_for
    if not path:
        return []
    whole = follow(declaration.model, path).related_model
    counted = records.order_by().values_list(path).annotate(number=Count("pk"))
    return [(f"{whole._meta.label_lower}:{key}", number) for key, number in counted]  # type: ignore[union-attr]


def _kinds_in(trace: Trace) -> set[int]:
    """The content types that have any trace; asked once, it spares a statement for each model."""
    rows = trace.records().filter(**{trace.content_type: OuterRef("pk")})
    return set(ContentType.objects.filter(Exists(rows)).values_list("pk", flat=True))


def _references(declaration: PersonalData) -> list[ForeignObjectRel]:
    """The relations of other rows to a model's that deleting has to see to: those that are
    emptied, and traces. A declared record has an outcome of its own."""
    traces = {trace.model for trace in registry.traces}
    return [
        relation
        for relation in _relations(declaration.model)
        if relation.on_delete is models.SET_NULL
        or (relation.on_delete is models.CASCADE and relation.related_model in traces)
    ]


@cache
def _relations(model: type[models.Model]) -> list[ForeignObjectRel]:
    fields = model._meta.get_fields(include_hidden=True)
    return [field for field in fields if isinstance(field, ForeignObjectRel)]


def _release_references(declaration: PersonalData, keys: Keys) -> None:
    """What ``on_delete`` would do, where it is not a declared record's own outcome."""
    pointing = {}
    for number, relation in enumerate(_references(declaration)):
        name, is_trace = relation.field.name, relation.on_delete is models.CASCADE
        rows = relation.related_model._base_manager.filter(**{f"{name}__among": keys})
        pointing[f"relation_{number}"] = (rows, name, is_trace)
    for key in _that_exist({key: rows for key, (rows, *_) in pointing.items()}):
        rows, name, is_trace = pointing[key]
        if is_trace:
            _raw_delete(rows)
        else:
            rows.update(**{name: None})


def _that_exist(sets: dict[str, QuerySet[Any]]) -> list[str]:
    """Which of many sets hold anything. One query; most are empty."""
    if not sets:
        return []
    questions = {key: Exists(rows) for key, rows in sets.items()}
    one_row = ContentType.objects.order_by("pk").annotate(**questions).values(*questions)[:1]
    return [key for row in one_row for key, exists in row.items() if exists]


def _raw_delete(rows: QuerySet[Any]) -> int:
    """One DELETE statement: no cascades, no signals, nothing loaded."""
    return rows._raw_delete(rows.db)


def _remember_files(fields: Collection[str], records: QuerySet[Any]) -> None:
    """Note the files, in the transaction that forgets their names."""
    if fields:
        rows = records.values_list(*fields)
        FileRemoval.objects.bulk_create(
            FileRemoval(path=path) for row in rows.iterator() for path in row if path
        )


def remove_strangers(paths: Iterable[str]) -> int:
    """Remove files that no record names; see ``files``."""
    FileRemoval.objects.bulk_create(FileRemoval(path=path) for path in paths)
    return remove_files()


def remove_files() -> int:
    """Remove the files whose records are gone. Safe to repeat; called outside transactions."""
    removed = 0
    while some := dict(FileRemoval.objects.order_by("pk").values_list("pk", "path")[:500]):
        for path in some.values():
            default_storage.delete(path)
        # Only now, and together: a file that is removed twice is no harm, one forgotten is.
        FileRemoval.objects.filter(pk__in=some).delete()
        removed += len(some)
    return removed
