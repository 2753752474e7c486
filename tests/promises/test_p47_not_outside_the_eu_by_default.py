"""P47: nothing goes outside the EU unless the officer has approved it on a ground in Chapter V."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import platforms, publishing
from dsar import roles
from tests.factories.courses import OccasionFactory, PlatformFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db


def attempt(platform):
    occasion = OccasionFactory(zoom=True, platform=platform, published_at=None)
    publishing.publish(occasion, by=None, at=timezone.now())


@pytest.mark.parametrize(
    "without", [{"approved_on": None}, {"mechanism": ""}, {"certificate_checked_on": None}], ids=str
)
def test_an_american_company_without_an_exception_cannot_be_used(without):
    with pytest.raises(publishing.CannotPublish):
        attempt(PlatformFactory(**without))


def test_with_the_officers_approval_it_can(client):
    platform = PlatformFactory(approved_on=None)
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    client.post(reverse("admin:courses_platform_approve", args=[platform.pk]))
    platform.refresh_from_db()
    attempt(platform)


@pytest.mark.parametrize("country", ["US", "GB", "CH", "IN"])
def test_every_country_outside_the_eea_needs_it(country):
    lacks = platforms.lacks(
        PlatformFactory(country=country, approved_on=None), timezone.localdate()
    )
    assert "Dataskyddsombudet har inte godkänt överföringen." in lacks


@pytest.mark.parametrize("country", ["SE", "DE", "NO", "IS", "LI"])
def test_no_country_within_the_eea_does(country):
    platform = PlatformFactory(country=country, mechanism="eea", approved_on=None)
    assert platforms.lacks(platform, timezone.localdate()) == []
