"""The one place where personal rows leave the database (law 1).

It takes along what shadows a row: its history, its files, its entries in the admin log. It does
not decide; erasure and sweep do, and leave the receipts. Every function is set-based, a constant
number of statements whatever the number of rows, and runs in its caller's transaction.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from dsar.models import FileRemoval
from ledarna_gdpr.privacy import (
    Anonymise,
    Delete,
    Empty,
    Outcome,
    PersonalData,
    Reduce,
    Trace,
    registry,
)
from ledarna_gdpr.privacy.actions import Action

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


def carry_out(
    action: Action, declaration: PersonalData, records: QuerySet[Any], *, at: dt.datetime
) -> int:
    """Do to records what a declaration says, and give their number.

    Legal holds have been asked by the caller, who also leaves the receipt.
    """
    if not transaction.get_connection(records.db).in_atomic_block:
        raise RuntimeError("Records are destroyed in the transaction that journals it.")
    match action:
        case Delete():
            return _delete(declaration, records)
        case Reduce(keep=keep, markers=markers):
            emptied = set(declaration.fields) - set(keep)
            return _empty(declaration, records, emptied, dict.fromkeys(markers, at))
        case Anonymise(empty=emptied, link=link):
            return _empty(declaration, records, emptied, {link: None} if link else {})
        case Empty(fields=emptied):
            return _empty(declaration, records, emptied, {})


def outcome_of(action: Action) -> Outcome:
    return Outcome.ERASED if isinstance(action, Delete) else Outcome.ANONYMISED


def _delete(declaration: PersonalData, records: QuerySet[Any]) -> int:
    with _as_destroyer():
        _release_references(declaration, records)
        _remember_files(declaration.file_fields, records)
        _delete_shadows(declaration, records)
        return _raw_delete(records)


def _empty(
    declaration: PersonalData,
    records: QuerySet[Any],
    names: Collection[str],
    also: dict[str, Any],
) -> int:
    """Empty fields. The history holds their old values, so it goes as a whole."""
    model_fields = [declaration.model._meta.get_field(name) for name in names]
    values = {f.name: None if f.null else f.get_default() for f in model_fields} | also
    with _as_destroyer():
        _remember_files([n for n in declaration.file_fields if n in names], records)
        _delete_shadows(declaration, records)
        return records.update(**values) if values else 0


def _release_references(declaration: PersonalData, records: QuerySet[Any]) -> None:
    """What ``on_delete`` would do, where it is not a declared record's own outcome."""
    traces = {trace.model for trace in registry.traces}
    for relation in declaration.model._meta.related_objects:
        referring = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": records.values("pk")}
        )
        if relation.on_delete is models.SET_NULL:
            referring.update(**{relation.field.name: None})
        elif relation.on_delete is models.CASCADE and relation.related_model in traces:
            _raw_delete(referring)


def _delete_shadows(declaration: PersonalData, records: QuerySet[Any]) -> None:
    if history := declaration.history_model:
        key = declaration.model._meta.pk.name
        _raw_delete(history._base_manager.filter(**{f"{key}__in": records.values("pk")}))
    for trace in registry.traces:
        _raw_delete(traces_of(trace, declaration, records))


def traces_of(trace: Trace, declaration: PersonalData, records: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that point at these records by content type and key."""
    keys = records.annotate(key_as_text=Cast("pk", CharField())).values("key_as_text")
    kind = ContentType.objects.get_for_model(declaration.model)
    return trace.records().filter(**{trace.content_type: kind, f"{trace.object_id}__in": keys})


def _raw_delete(rows: QuerySet[Any]) -> int:
    """One DELETE statement: no cascades, no signals, nothing loaded."""
    return rows._raw_delete(rows.db)  # type: ignore[attr-defined]


def _remember_files(fields: Collection[str], records: QuerySet[Any]) -> None:
    """Note the files, in the transaction that forgets their names."""
    if fields:
        rows = records.values_list(*fields)
        FileRemoval.objects.bulk_create(
            FileRemoval(path=path) for row in rows.iterator() for path in row if path
        )


def remove_files() -> int:
    """Remove the files whose records are gone. Safe to repeat; called outside transactions."""
    removed = 0
    for removal in FileRemoval.objects.order_by("pk").iterator(chunk_size=500):
        default_storage.delete(removal.path)
        removal.delete()
        removed += 1
    return removed
