"""P14: which courses and webinars you registered for, and whether you came."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Registration
from dsar import access, sweep
from ledarna_gdpr.privacy import Period
from tests.factories.courses import RegistrationFactory
from tests.factories.members import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

LEFT_ON = dt.date(2025, 3, 31)
YEAR_LATER = dt.date(2026, 3, 31)


def test_a_registration_and_its_status_are_shown_to_the_member(client):
    mine = RegistrationFactory(
        status="attended", occasion__ended=True, occasion__title="Det svåra samtalet"
    )
    client.force_login(UserFactory(member=mine.member))
    text = client.get(reverse("my_courses")).text
    assert "Det svåra samtalet" in text
    assert "deltog" in text


@pytest.mark.parametrize("portable", [False, True])
def test_it_is_in_the_access_answer_and_in_what_she_takes_along(portable):
    mine = RegistrationFactory(status="attended", occasion__title="Det svåra samtalet")
    key = mine.member.pk
    answer = access.collect([key], at=timezone.now(), portable=portable)[key]
    (section,) = [s for s in answer["sections"] if s["model"] == "courses.Registration"]
    values = {f["name"]: f["value"] for f in section["records"][0]["fields"]}
    assert values["occasion"] == "Det svåra samtalet"
    assert "deltog" in json.dumps(values["status"])


def gone(on):
    sweep.run(on)
    return not Registration.objects.exists()


def test_it_goes_a_year_after_she_has_left_and_not_a_day_before():
    member = MemberFactory(left=LEFT_ON)
    RegistrationFactory(member=member, status="attended", occasion__ended=True)
    assert not gone(YEAR_LATER - dt.timedelta(days=1))
    assert gone(YEAR_LATER)


def test_it_stays_for_as_long_as_she_is_a_member():
    RegistrationFactory(status="attended", occasion__long_ago=True)
    assert not gone(timezone.localdate() + dt.timedelta(days=4000))


@pytest.mark.parametrize("status", ["cancelled", "waiting"])
def test_what_came_to_nothing_goes_a_year_after_the_occasion(status):
    mine = RegistrationFactory(status=status, occasion__ended=True)
    year_later = Period(years=1).after(timezone.localdate(mine.occasion.ends_at))
    assert not gone(year_later - dt.timedelta(days=1))
    assert gone(year_later)


def test_the_invoice_reference_goes_a_year_after_the_occasion_and_the_registration_stays():
    mine = RegistrationFactory(status="attended", occasion__ended=True, invoice_reference="K-77")
    mine.save()  # history, too
    sweep.run(timezone.localdate(mine.occasion.ends_at) + dt.timedelta(days=370))
    mine.refresh_from_db()
    assert mine.invoice_reference == ""
    assert not mine.history.exists()
