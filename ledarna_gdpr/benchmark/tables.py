"""The tables that ``raw`` does not name one by one: plain SQL for each, from its foreign keys and
from what its declaration says becomes of its rows."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import SET_NULL, Model

from ledarna_gdpr.benchmark import rows
from ledarna_gdpr.privacy import Anonymise, PersonalData, Rule, SubjectData, registry

# ruff: noqa: S608 - every word of these statements is a name of ours


def erasures(named: Collection[str]) -> Iterator[str]:
    """What erasing the persons in ``ids`` does to the tables that ``named`` does not name."""
    for declaration in _others(named):
        action = declaration.on_erasure
        if isinstance(action, Anonymise):
            yield from _emptied(declaration, action)
        else:
            yield from _deleted(declaration)


def deletions(named: Collection[str]) -> Iterator[str]:
    """What deletes all that is theirs in ``ids`` when the person goes, its own time being over."""
    clocks = rows.clocks()
    for declaration in _others(named):
        is_over = declaration.model in clocks and clocks[declaration.model].is_late
        if is_over or not isinstance(declaration.on_erasure, Anonymise):
            yield from _deleted(declaration)


def reductions(named: Collection[str], rule: Rule) -> Iterator[str]:
    """What goes along when ``rule`` reduces the persons in ``ids``; what stays lets go of it."""
    along = set(_along(registry.subject, rule))
    for declaration in _others(named):
        if declaration in along:
            yield from _deleted(declaration)
        elif (link := _first(declaration)).null and link.remote_field.on_delete is SET_NULL:
            table = declaration.model._meta.db_table
            yield f'UPDATE "{table}" SET "{link.column}" = NULL WHERE {_of_ids(declaration)}'


def leave_behind(named: Collection[str], at: dt.datetime, rule: Rule | None = None) -> None:
    """What is to outlive the records of the persons in ``ids``: keyed hashes, which no SQL makes,
    so it is the declarations' own work here, too."""
    along = set(_along(registry.subject, rule))
    for declaration in _others(named):
        if declaration in along:
            records = declaration.records().extra(where=[_of_ids(declaration)])  # noqa: S610
            declaration.leave_behind(records, at)


def selections(named: Collection[str]) -> Iterator[tuple[str, str]]:
    """Table, and what selects the rows of many persons from it, each with ``of_member``."""
    for declaration in _others(named):
        steps = declaration.subject.split("__")
        model: Any = declaration.model
        joins, at = "", "t0"
        for number, step in enumerate(steps[:-1], start=1):
            field: Any = model._meta.get_field(step)
            model = field.related_model
            pk, table = model._meta.pk.column, model._meta.db_table
            joins += f' JOIN "{table}" t{number} ON t{number}."{pk}" = {at}."{field.column}"'
            at = f"t{number}"
        last: Any = model._meta.get_field(steps[-1])
        key = f'{at}."{last.column}"'
        table = declaration.model._meta.db_table
        found = f'FROM "{table}" t0{joins} WHERE {key} = ANY(%s)'
        yield table, f"SELECT {key} AS of_member, t0.* {found}"
        if history := declaration.history_model:
            pk, name = declaration.model._meta.pk.column, history._meta.db_table
            joined = found.replace("t0", f't0 JOIN "{name}" h ON h."{pk}" = t0."{pk}"', 1)
            yield name, f"SELECT {key} AS of_member, h.* {joined}"


def _others(named: Collection[str]) -> list[PersonalData]:
    return [
        declaration
        for declaration in registry.children_first()
        if declaration.model._meta.db_table not in named
        and not isinstance(declaration, SubjectData)
    ]


def _along(declaration: PersonalData, rule: Rule | None = None) -> Iterator[PersonalData]:
    for other, _ in registry.companions_of(declaration, rule):
        yield other
        yield from _along(other)


def _deleted(declaration: PersonalData) -> Iterator[str]:
    chosen = _of_ids(declaration)
    yield from _history(declaration, chosen)
    yield f'DELETE FROM "{declaration.model._meta.db_table}" WHERE {chosen}'


def _emptied(declaration: PersonalData, action: Anonymise) -> Iterator[str]:
    model, chosen = declaration.model, _of_ids(declaration)
    names = {*action.empty, action.link} - {""}
    if not names:
        return
    yield from _history(declaration, chosen)
    emptied = ", ".join(
        f'"{field.column}" = ' + ("NULL" if field.null else "''")
        for field in model._meta.concrete_fields
        if field.name in names
    )
    yield f'UPDATE "{model._meta.db_table}" SET {emptied} WHERE {chosen}'


def _history(declaration: PersonalData, chosen: str) -> Iterator[str]:
    if history := declaration.history_model:
        table, key = declaration.model._meta.db_table, declaration.model._meta.pk.column
        yield (
            f'DELETE FROM "{history._meta.db_table}" WHERE "{key}" IN'
            f' (SELECT "{key}" FROM "{table}" WHERE {chosen})'
        )


def _first(declaration: PersonalData) -> Any:
    """The column by which the path to the person begins."""
    return declaration.model._meta.get_field(declaration.subject.partition("__")[0])


def _of_ids(declaration: PersonalData) -> str:
    return _chosen(declaration.model, declaration.subject.split("__"))


def _chosen(model: type[Model], steps: list[str]) -> str:
    field: Any = model._meta.get_field(steps[0])
    column = f'"{model._meta.db_table}"."{field.column}"'
    if len(steps) == 1:
        return f"{column} IN (SELECT id FROM ids)"
    parent = field.related_model
    pk, table = parent._meta.pk.column, parent._meta.db_table
    return f'{column} IN (SELECT "{pk}" FROM "{table}" WHERE {_chosen(parent, steps[1:])})'
