"""P25: Vimeo's privacy policy is linked wherever the transfer is told of, and looked at yearly."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from tests.factories.courses import OccasionFactory, PlatformFactory, RegistrationFactory
from tests.factories.members import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_link_is_on_both_pages(client):
    mine = RegistrationFactory(occasion__vimeo=True)
    open_to_her = OccasionFactory(vimeo=True)
    client.force_login(UserFactory(member=mine.member))
    for name, occasion in (("occasion", open_to_her), ("join", mine.occasion)):
        text = client.get(reverse(name, args=[occasion.public_id])).text
        assert 'href="https://vimeo.com/privacy"' in text


def test_a_policy_that_nobody_has_looked_at_for_a_year_lies_on_the_work_desk(client):
    client.force_login(StaffFactory(roles=[roles.COURSE_ADMINISTRATION]))
    old = timezone.localdate() - dt.timedelta(days=400)
    platform = PlatformFactory(vimeo=True, policy_checked_on=old)
    assert "Plattformar att se över" not in client.get(reverse("admin:index")).text
    OccasionFactory(vimeo=True, platform=platform)
    assert "Plattformar att se över" in client.get(reverse("admin:index")).text
