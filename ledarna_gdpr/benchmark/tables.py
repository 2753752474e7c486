"""The tables that ``raw`` does not name one by one: plain SQL for each, from its foreign keys.

Most of them hold nothing of most people. Whoever writes by hand has to ask each all the same.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from ledarna_gdpr.privacy import Anonymise, PersonalData, Retain, SubjectData, registry

# ruff: noqa: S608 - every word of these statements is a name of ours


def deletions(named: str) -> Iterator[str]:
    """What deletes the rows of the persons in ``ids`` from tables that ``named`` does not name."""
    for declaration in _others(named):
        if isinstance(declaration.on_erasure, Anonymise | Retain):
            continue
        chosen = _of_ids(declaration.model, declaration.subject.split("__"))
        table = declaration.model._meta.db_table
        if history := declaration.history_model:
            key = declaration.model._meta.pk.column
            yield (
                f'DELETE FROM "{history._meta.db_table}" WHERE "{key}" IN'
                f' (SELECT "{key}" FROM "{table}" WHERE {chosen})'
            )
        yield f'DELETE FROM "{table}" WHERE {chosen}'


def selections(named: str) -> Iterator[tuple[str, str]]:
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
        yield (
            table,
            f'SELECT {key} AS of_member, t0.* FROM "{table}" t0{joins} WHERE {key} = ANY(%s)',
        )


def _others(named: str) -> list[PersonalData]:
    return [
        declaration
        for declaration in registry.children_first()
        if declaration.model._meta.db_table not in named
        and not isinstance(declaration, SubjectData)
    ]


def _of_ids(model: type[Model], steps: list[str]) -> str:
    field: Any = model._meta.get_field(steps[0])
    if len(steps) == 1:
        return f'"{field.column}" IN (SELECT id FROM ids)'
    parent = field.related_model
    pk, table = parent._meta.pk.column, parent._meta.db_table
    chosen = _of_ids(parent, steps[1:])
    return f'"{field.column}" IN (SELECT "{pk}" FROM "{table}" WHERE {chosen})'
