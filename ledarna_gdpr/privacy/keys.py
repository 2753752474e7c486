"""Many keys as one parameter: ``filter(pk__among=keys)``.

``pk__in=keys`` writes each key into the statement; with thousands of them the database spends
more time reading it than doing it.
"""

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Lookup


class Among(Lookup):
    """Whether a column, or what a link leads to, is one of many keys. Takes any iterable."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self._column(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        keys = self.rhs
        if isinstance(keys[0], int):
            # The driver looks at each number, which takes ten times as long.
            keys = f"{{{','.join(map(str, keys))}}}"
        return f"{column} = ANY(%s::{kind}[])", (*params, keys)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self._column(compiler, connection)
        prepared = self.lhs.output_field.get_db_prep_value
        keys = json.dumps([prepared(key, connection) for key in self.rhs])
        chosen = "(SELECT value FROM json_each(%s))"
        return f"{column} IN {chosen}", (*params, keys)

    def _column(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs:
            raise EmptyResultSet
        return self.process_lhs(compiler, connection)
