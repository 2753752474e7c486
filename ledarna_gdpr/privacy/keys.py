"""Many keys as one parameter.

``pk__in=keys`` writes each key into the statement; with thousands of them the database spends
more time reading it than doing it.
"""

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Field, Func, Lookup

Statement = tuple[str, tuple[Any, ...]]


class Among(Lookup):
    """``filter(pk__among=keys)``: a column, or what a link leads to, is one of these keys."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> Statement:
        array = _array_of(self.lhs.output_field, connection)
        return self._compared(f"= ANY({array})", _array(self.rhs), compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> Statement:
        keys = json.dumps(_prepared(self.rhs, self.lhs.output_field, connection))
        chosen = "(SELECT value FROM json_each(%s))"
        return self._compared(f"IN {chosen}", keys, compiler, connection)

    def _compared(self, how: str, keys: Any, *where: Any) -> Statement:
        if not self.rhs:
            raise EmptyResultSet
        column, before = self.process_lhs(*where)
        return f"{column} {how}", (*before, keys)


class Pairs(Func):
    """``filter(Pairs(kind=kinds, number=numbers))``: the rows that hold the first kind with the
    first number, or the second with the second, and so on."""

    template = "(%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, **values: list[Any]) -> None:
        super().__init__(*values)
        self.values = list(values.values())

    def as_sql(self, compiler: Any, connection: Any) -> Statement:  # type: ignore[override]
        arrays = ", ".join(_array_of(field, connection) for field in self._fields)
        rows = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - types alone
        return self._among(rows, [_array(keys) for keys in self.values], compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> Statement:  # type: ignore[override]
        prepared = [
            _prepared(keys, field, connection)
            for keys, field in zip(self.values, self._fields, strict=True)
        ]
        pairs = json.dumps(list(zip(*prepared, strict=True)))
        rows = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s)"
        return self._among(rows, [pairs], compiler, connection)

    @property
    def _fields(self) -> list[Field]:
        return [column.output_field for column in self.get_source_expressions()]

    def _among(self, rows: str, parameters: list[Any], *where: Any) -> Statement:
        if not self.values[0]:
            raise EmptyResultSet
        columns, before = super().as_sql(*where)
        return f"{columns} IN ({rows})", (*before, *parameters)


def _array_of(field: Field, connection: Any) -> str:
    return f"%s::{field.rel_db_type(connection)}[]"


def _array(keys: list[Any]) -> Any:
    """Numbers as PostgreSQL writes an array of them; the driver takes its time for a list."""
    are_numbers = {*map(type, keys)} == {int}
    return f"{{{','.join(map(str, keys))}}}" if are_numbers else keys


def _prepared(keys: list[Any], field: Field, connection: Any) -> list[Any]:
    return [field.get_db_prep_value(key, connection) for key in keys]
