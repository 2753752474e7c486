"""P40: every rule cites law or interest; accounts follow BFL 7:2; periods are changed with a
reason, by two people, and leave their history."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dsar import periods, sweep
from dsar.models import PeriodChange
from ledarna_gdpr.privacy import registry
from ledarna_gdpr.privacy.checks import is_vague
from members.models import Payment
from tests.factories.members import PaymentFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))


@pytest.mark.parametrize("rule", registry.rules, ids=lambda rule: rule.code)
def test_every_rule_cites_a_law_or_an_interest(rule):
    assert not is_vague(rule.reason)


def test_accounts_of_2025_go_on_new_years_day_2033_and_not_on_new_years_eve():
    PaymentFactory(fiscal_year_ends_on=dt.date(2025, 12, 31))

    sweep.run(dt.date(2032, 12, 31), at=NOW)
    assert Payment.objects.count() == 1

    sweep.run(dt.date(2033, 1, 1), at=NOW)
    assert Payment.objects.count() == 0


def changed(**fields):
    right = {"rule": "R30", "months": 36, "reason": "Utredning av obehörig läsning"}
    proposed = {"proposed_by": StaffFactory(), "proposed_at": NOW}
    return PeriodChange.objects.create(**right | proposed | fields)


def test_a_change_needs_a_reason_a_day_in_the_calendar_and_two_people():
    with pytest.raises(IntegrityError, match="period_change_has_a_reason"), transaction.atomic():
        changed(reason="")
    with pytest.raises(IntegrityError, match="within_a_century"), transaction.atomic():
        changed(months=1201)
    alone = StaffFactory()
    with pytest.raises(IntegrityError, match="takes_two_people"), transaction.atomic():
        changed(proposed_by=alone, approved_by=alone, approved_at=NOW)


def test_a_change_is_in_force_once_approved_and_the_latest_wins():
    first = changed()
    assert periods.in_force()["R30"].months == 24

    periods.approve(first, by=StaffFactory(), at=NOW)
    assert periods.in_force()["R30"].months == 36

    second = changed(months=12)
    periods.approve(second, by=StaffFactory(), at=NOW + dt.timedelta(days=1))
    assert periods.in_force()["R30"].months == 12
    assert PeriodChange.objects.filter(rule="R30").count() == 2
