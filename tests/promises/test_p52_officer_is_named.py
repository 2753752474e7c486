"""P52: letters name the officer who was in office when they were written."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import controller, letters
from dsar.models import DataProtectionOfficer
from tests.factories.dsar import SubjectRequestFactory

pytestmark = pytest.mark.django_db


def at(*day):
    return timezone.make_aware(dt.datetime(*day, 12))


@pytest.fixture
def officers():
    DataProtectionOfficer.objects.create(
        name="Ombud Ett", valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2026, 6, 30)
    )
    DataProtectionOfficer.objects.create(name="Ombud Två", valid_from=dt.date(2026, 7, 1))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ((2019, 12, 31), ""),
        ((2020, 1, 1), "Ombud Ett"),
        ((2026, 6, 30), "Ombud Ett"),
        ((2026, 7, 1), "Ombud Två"),
    ],
)
def test_the_officer_of_a_day(day, name, officers):
    assert controller.officer(dt.date(*day)) == name


def test_old_letters_keep_the_old_name_and_new_ones_have_the_new(officers):
    old = SubjectRequestFactory(kind="objection", received_at=at(2026, 6, 30))
    new = SubjectRequestFactory(kind="objection", received_at=at(2026, 7, 1))

    assert "Ombud Ett" in letters.letter_for(old)
    assert "Ombud Två" in letters.letter_for(new)
