import json
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connections
from django.db.models import QuerySet
from django.utils.functional import cached_property

#: Up to so many rows are found once, for their number and for every page.
FEW = 4000


class RegisterPaginator(Paginator):
    """Pages of a large table, in about the same time wherever one opens them.

    On PostgreSQL the planner is asked how many rows there are. A few are found once, by their
    keys, and each page is cut from these. Of more the planner's number is shown instead of a
    count, and the later half is read from the end; only pages far from both ends take time.
    """

    @cached_property
    def _expected(self) -> int:
        plan = self.object_list.order_by().values("pk").explain(format="json")
        # Where the question itself rules every row out, the database is not asked.
        return json.loads(plan)[0]["Plan"]["Plan Rows"] if plan else 0

    @cached_property
    def _keys(self) -> list[Any] | None:
        """The rows' keys in order, or None where there are more than a few."""
        if not self._is_on_server or self._expected > FEW:
            return None
        keys = list(self.object_list.values_list("pk", flat=True)[: FEW + 1])
        return keys if len(keys) <= FEW else None

    @cached_property
    def is_estimate(self) -> bool:
        return self._is_on_server and self._keys is None

    @cached_property
    def count(self) -> int:
        if self._keys is not None:
            return len(self._keys)
        if self.is_estimate:
            return max(FEW + 1, self._expected)
        return self.object_list.order_by().count()

    @property
    def _is_on_server(self) -> bool:
        return connections[self.object_list.db].vendor == "postgresql"

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        if self._keys is not None:
            return self._get_page(self._cut(self._keys, number), number, self)
        if not self.is_estimate:
            return super().page(number)
        if number <= self.num_pages / 2:
            rows = list(super().page(number).object_list)
            if number == 1 and len(rows) < self.per_page:
                self._was_wrong(len(rows))
            elif not rows:
                return self.page(self.num_pages)
            return self._get_page(rows, number, self)
        from_end = (self.num_pages - number) * self.per_page
        rows = list(self.object_list.reverse()[from_end : from_end + self.per_page])
        return self._get_page(rows[::-1], number, self)

    def _cut(self, keys: list[Any], number: int) -> QuerySet[Any]:
        start = (number - 1) * self.per_page
        return self.object_list.filter(pk__in=keys[start : start + self.per_page])

    def _was_wrong(self, count: int) -> None:
        """The planner expected more than there is: everything is on the first page."""
        self.is_estimate, self.count, self.num_pages = False, count, 1
