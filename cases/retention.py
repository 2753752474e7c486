"""When a case goes, in words: told alike to the member and to the staff (P10)."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.models import Case
from ledarna_gdpr.privacy import registry
from ledarna_gdpr.privacy.words import Text


@dataclass(frozen=True)
class Erasure:
    """When a case goes at the earliest: the rule in words, and the day where it is known.

    ``held_until`` is the last day of a legal hold, before which nothing goes.
    """

    rule: str
    reason: Text
    day: dt.date | None
    held_until: dt.date | None


def erasure_of(case: Case, *, on: dt.date, if_closed_on: dt.date | None = None) -> Erasure:
    period = registry.period_of(case.rule)
    words = {"period": period, "date": case.facts.clock_label}
    start = case.counts_from or if_closed_on
    return Erasure(
        rule=_("%(period)s after: %(date)s") % words,
        reason=case.rule.reason,
        day=period.after(start) if start else None,
        held_until=registry.held_until(case, on),
    )
