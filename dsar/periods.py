"""Which period each rule has: the default in code, unless the officer approved another."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dsar.models import PeriodChange
from ledarna_gdpr.privacy import AccountingYear, Period, PersonalData, Rule, Until, registry
from ledarna_gdpr.privacy.anchors import Anchor
from ledarna_gdpr.privacy.declarations import follow

Periods = Mapping[str, Period]


class CannotApprove(Exception):
    """The message is written for the one who approves and is shown as it is."""


def in_force() -> dict[str, Period]:
    """The period of every declared rule, by code. One query."""
    periods = {rule.code: rule.period for rule in registry.rules}
    approved = PeriodChange.objects.exclude(approved_at=None).order_by("approved_at")
    for change in approved:
        periods[change.rule] = Period(years=change.years, months=change.months, days=change.days)
    return periods


def of(rule: Rule, periods: Periods) -> Period:
    return periods.get(rule.code, rule.period)


def period_of(rule: Rule) -> Period:
    """The period of one rule in force. One query."""
    return of(rule, in_force())


@transaction.atomic
def approve(change: PeriodChange, *, by: Any, at: dt.datetime) -> None:
    """Put a proposed period in force, as the second of two people (law 12).

    Raises ``CannotApprove``.
    """
    change = PeriodChange.objects.select_for_update().get(pk=change.pk)
    if change.approved_at is not None:
        raise CannotApprove(_("The change has already been approved."))
    if change.proposed_by_id == by.pk:
        raise CannotApprove(_("Someone else must approve the change."))
    change.approved_by, change.approved_at = by, at
    change.save(update_fields=["approved_by", "approved_at"])


def in_words(anchor: Anchor, declaration: PersonalData, periods: Periods) -> str:
    """When records go, as a sentence's end: ``12 months after: left on`` (Art. 15(1)(d))."""
    field = follow(declaration.model, anchor.path)
    words = {"period": str(of(anchor.rule, periods)), "date": str(field.verbose_name)}
    match anchor:
        case Until():
            return _("through: %(date)s") % words
        case AccountingYear():
            return _("%(period)s after the end of the calendar year of: %(date)s") % words
        case _:
            return _("%(period)s after: %(date)s") % words
