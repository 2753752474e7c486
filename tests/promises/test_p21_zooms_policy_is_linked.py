"""P21: Zoom's privacy policy is linked wherever the transfer is told of, and looked at yearly."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import publishing
from dsar import roles
from ledarna_gdpr.privacy import Period
from tests.factories.courses import OccasionFactory, PlatformFactory, RegistrationFactory
from tests.factories.members import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_link_is_on_the_page_to_register_on_and_on_the_page_to_join_by(client):
    mine = RegistrationFactory(occasion__zoom=True)
    open_to_her = OccasionFactory(zoom=True)
    client.force_login(UserFactory(member=mine.member))
    for name, occasion in (("occasion", open_to_her), ("join", mine.occasion)):
        text = client.get(reverse(name, args=[occasion.public_id])).text
        assert 'href="https://explore.zoom.us/privacy/"' in text


@pytest.mark.parametrize("link", ["policy_checked_on", "certificate_checked_on"])
@pytest.mark.parametrize(("days", "is_shown"), [(0, True), (1, False)])
def test_a_stale_check_lies_on_the_work_desk(client, link, days, is_shown):
    year_ago = Period(years=1).latest_start(timezone.localdate())
    checked = year_ago + dt.timedelta(days=days)
    OccasionFactory(zoom=True, platform=PlatformFactory(**{link: checked}))
    client.force_login(StaffFactory(roles=[roles.COURSE_ADMINISTRATION]))
    assert ("Plattformar att se över" in client.get(reverse("admin:index")).text) is is_shown


def test_without_a_link_to_the_policy_it_is_not_published():
    occasion = OccasionFactory(
        zoom=True, published_at=None, platform=PlatformFactory(policy_url="")
    )
    with pytest.raises(publishing.CannotPublish, match="integritetspolicy"):
        publishing.publish(occasion, by=None, at=timezone.now())
