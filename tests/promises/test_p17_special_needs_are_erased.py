"""P17: … and are erased afterwards."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import registering, rules
from courses.models import SpecialNeed
from dsar import periods, roles, sweep
from dsar.models import PeriodChange, Receipt, SweepRun
from tests import canary
from tests.factories.courses import SpecialNeedFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

WORDS = "kqjordnotsallergi"


@pytest.fixture
def need():
    return SpecialNeedFactory(description=WORDS, registration__occasion__ended=True)


def last_day(need):
    return timezone.localdate(need.registration.occasion.ends_at)


def days_after(need, days):
    return last_day(need) + dt.timedelta(days=days)


def places():
    return canary.found({WORDS: "the need"}, canary.database())


def test_they_are_there_on_the_sixth_day_and_nowhere_on_the_seventh(need):
    sweep.run(days_after(need, 6))
    assert places() == {"courses_specialneed.description": {WORDS}}
    sweep.run(days_after(need, 7))
    assert places() == {}
    assert not SpecialNeed.objects.exists()


def test_the_occasion_ends_with_a_receipt_without_content(need):
    neighbour = SpecialNeedFactory(registration__occasion=need.registration.occasion)
    SpecialNeedFactory()  # at an occasion that is to come
    sweep.run(days_after(need, 7))
    (receipt,) = Receipt.objects.filter(model="courses.SpecialNeed")
    assert (receipt.rule, receipt.count) == ("R14", 2)
    assert receipt.belonged_to == f"courses.occasion:{neighbour.registration.occasion.pk}"
    assert SpecialNeed.objects.count() == 1


def test_the_next_sweep_catches_up_after_missed_nights(need):
    sweep.run(days_after(need, 25))
    assert places() == {}


def test_the_work_desk_tells_of_a_missed_night(client):
    now = timezone.now()
    SweepRun.objects.create(
        on=timezone.localdate() - dt.timedelta(days=3), started_at=now, heartbeat_at=now,
        finished_at=now,
    )  # fmt: skip
    client.force_login(StaffFactory(roles=[roles.PRIVACY_OFFICE]))
    assert "En natt har hoppats över." in client.get(reverse("admin:index")).text


def test_a_cancellation_erases_at_once():
    need = SpecialNeedFactory(description=WORDS)
    registering.cancel(need.registration, by=None, at=timezone.now())
    assert places() == {}


@pytest.mark.parametrize("days", [0, 14])
def test_the_officer_may_set_from_none_to_fourteen_days(need, days):
    change = PeriodChange(rule="R14", days=days, reason="Vi behöver kortare eller längre tid.")
    PeriodChange.objects.create(
        rule=change.rule, days=days, reason=change.reason, proposed_by=StaffFactory(),
        proposed_at=timezone.now(), approved_by=StaffFactory(), approved_at=timezone.now(),
    )  # fmt: skip
    if days:
        sweep.run(days_after(need, days - 1))
        assert SpecialNeed.objects.exists()
    sweep.run(days_after(need, days))
    assert not SpecialNeed.objects.exists()


def test_fourteen_days_is_the_longest():
    assert rules.R14.longest.days == 14
    assert periods.of(rules.R14, periods.in_force()).days == 7
