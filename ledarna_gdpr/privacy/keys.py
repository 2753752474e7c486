"""Many keys as one parameter.

``pk__in=[...]`` writes each key into the statement; with thousands of them the database spends
more time reading it than doing it.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Expression, Field


class Keys(Expression):
    """``filter(pk__in=Keys(keys, field))``, ``field`` being what the keys are keys of."""

    def __init__(self, keys: Iterable[Any], field: Field) -> None:
        super().__init__(output_field=field)
        self.keys = list(keys)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.keys:
            raise EmptyResultSet
        kind = self.output_field.rel_db_type(connection)
        return f"(SELECT unnest(%s::{kind}[]))", (self.keys,)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.keys:
            raise EmptyResultSet
        field = self.output_field
        keys = [field.get_db_prep_value(key, connection) for key in self.keys]
        return "(SELECT value FROM json_each(%s))", (json.dumps(keys),)
