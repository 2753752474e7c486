"""Retention rules: a code, a period and the law or reason behind it (Art. 5(1)(e))."""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledarna_gdpr.privacy.words import Text


@dataclass(frozen=True, kw_only=True)
class Period:
    """A length of calendar time."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        """``2 years and 6 months``, in the reader's language; empty for no time at all."""
        parts = [
            ngettext("%(n)d year", "%(n)d years", self.years) % {"n": self.years},
            ngettext("%(n)d month", "%(n)d months", self.months) % {"n": self.months},
            ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days},
        ]
        lengths = (self.years, self.months, self.days)
        return _(" and ").join(part for part, n in zip(parts, lengths, strict=True) if n)

    def after(self, start: dt.date) -> dt.date:
        """The day that lies this period after ``start``.

        A day that the target month does not have becomes that month's last day, as in
        Art. 3(2)(c) of Regulation 1182/71.
        """
        year, month = divmod(start.year * 12 + start.month - 1 + self.years * 12 + self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return dt.date(year, month + 1, min(start.day, last)) + dt.timedelta(days=self.days)

    def latest_start(self, on: dt.date) -> dt.date:
        """The latest day whose ``after`` is not later than ``on``."""
        on -= dt.timedelta(days=self.days)
        year, month = divmod(on.year * 12 + on.month - 1 - self.years * 12 - self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        ends_its_month = on.day == calendar.monthrange(on.year, on.month)[1]
        return dt.date(year, month + 1, last if ends_its_month else min(on.day, last))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A default retention rule. The data protection officer may override its period."""

    code: str
    period: Period
    reason: Text
    #: The longest period that the officer may set, where the notice promises one.
    longest: Period | None = None
    #: The shortest, where a law demands that the records are kept.
    shortest: Period | None = None
