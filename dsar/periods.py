"""Which period each rule has: the default in code, unless the officer approved another."""

from collections.abc import Mapping

from dsar.models import PeriodChange
from ledarna_gdpr.privacy import Period, Rule, registry

Periods = Mapping[str, Period]


def in_force() -> dict[str, Period]:
    """The period of every declared rule, by code. One query."""
    periods = {rule.code: rule.period for rule in registry.rules}
    approved = PeriodChange.objects.exclude(approved_at=None).order_by("approved_at")
    for change in approved:
        periods[change.rule] = Period(years=change.years, months=change.months, days=change.days)
    return periods


def of(rule: Rule, periods: Periods) -> Period:
    return periods.get(rule.code, rule.period)
