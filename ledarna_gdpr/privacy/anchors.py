"""When a record's time has come: an anchor date in the data, and a rule.

"Due on" is always computed from these and never stored, so that it cannot go stale. A record
whose anchor is empty is not due: what is unknown is kept.
"""

import datetime as dt
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Self

from django.db.models import DateTimeField, Field, Q
from django.db.models.expressions import Combinable
from django.utils import timezone

from ledarna_gdpr.privacy.actions import Action, Delete
from ledarna_gdpr.privacy.rules import Period, Rule


@dataclass(frozen=True)
class Anchor:
    """A date that ``path`` leads to from the declared model, and the rule that counts from it.

    ``only`` narrows the rule to the records that meet a condition.
    """

    path: str
    rule: Rule
    _: KW_ONLY
    only: Q | Combinable | None = None
    action: Action = field(default_factory=Delete)

    def then(self, action: Action) -> Self:
        """The same anchor with something milder than deletion at its end."""
        return replace(self, action=action)

    def due_on(self, anchor: dt.date, period: Period) -> dt.date:
        """The first day on which a record with this anchor date may go."""
        raise NotImplementedError

    def latest_anchor(self, on: dt.date, period: Period) -> dt.date:
        """The latest anchor date of a record that may go on the day ``on``."""
        raise NotImplementedError

    def is_due(self, on: dt.date, period: Period, anchor_field: Field) -> Q:
        """The records whose time has come on the day ``on``, as a filter."""
        latest = self.latest_anchor(on, period)
        if isinstance(anchor_field, DateTimeField):
            day_after = timezone.make_aware(
                dt.datetime.combine(latest + dt.timedelta(days=1), dt.time.min)
            )
            due = Q(**{f"{self.path}__lt": day_after})
        else:
            due = Q(**{f"{self.path}__lte": latest})
        return due if self.only is None else due & Q(self.only)


class After(Anchor):
    """So long after the anchor date."""

    def due_on(self, anchor: dt.date, period: Period) -> dt.date:
        return period.after(anchor)

    def latest_anchor(self, on: dt.date, period: Period) -> dt.date:
        return period.latest_start(on)


class Until(Anchor):
    """Through the anchor date and no longer; the rule tells why, its period is not counted."""

    def due_on(self, anchor: dt.date, period: Period) -> dt.date:
        return anchor + dt.timedelta(days=1)

    def latest_anchor(self, on: dt.date, period: Period) -> dt.date:
        return on - dt.timedelta(days=1)


class AccountingYear(Anchor):
    """Accounting records: through the rule's number of calendar years after the year in which
    the accounting year, whose last day is the anchor, ended (bokföringslagen 7:2)."""

    def due_on(self, anchor: dt.date, period: Period) -> dt.date:
        return dt.date(anchor.year + period.years + 1, 1, 1)

    def latest_anchor(self, on: dt.date, period: Period) -> dt.date:
        return dt.date(on.year - period.years - 1, 12, 31)


@dataclass(frozen=True)
class With:
    """No clock of its own: goes with the record that ``path`` leads to.

    It goes when the record is deleted, and already when ``rule`` acts on the record.
    """

    path: str
    rule: Rule | None = None


Retention = Anchor | With
