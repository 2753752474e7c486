"""What stands between a draft and the members."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import joining, platforms, publishing
from courses.models import Occasion, Platform
from ledarna_gdpr.privacy import Period
from tests.factories.courses import OccasionFactory, PlatformFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db


def publish(occasion, at=None):
    publishing.publish(occasion, by=StaffFactory(), at=at or timezone.now())
    occasion.refresh_from_db()


def test_what_is_complete_is_published():
    occasion = OccasionFactory(zoom=True, published_at=None)
    publish(occasion)
    assert occasion.published_at


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ({"company": ""}, "bolaget bakom"),
        ({"country": ""}, "land är inte"),
        ({"shares": ""}, "vad som delas"),
        ({"mechanism": ""}, "saknar grund"),
        ({"certificate_checked_on": None}, "Ingen har kontrollerat"),
        ({"policy_url": ""}, "Länken"),
        ({"approved_on": None}, "inte godkänt"),
    ],
    ids=str,
)
def test_without_any_one_of_what_the_law_asks_nothing_is_published(missing, told):
    occasion = OccasionFactory(zoom=True, published_at=None, platform=PlatformFactory(**missing))
    with pytest.raises(publishing.CannotPublish, match=f"(?i){told}"):
        publish(occasion)
    occasion.refresh_from_db()
    assert occasion.published_at is None


@pytest.mark.parametrize(("days", "is_fit"), [(-1, False), (0, False), (1, True)])
def test_a_certificate_is_good_for_less_than_a_year_after_it_was_checked(days, is_fit):
    today = timezone.localdate()
    checked = Period(years=1).latest_start(today) + dt.timedelta(days=days)
    platform = PlatformFactory(certificate_checked_on=checked)
    assert (platforms.lacks(platform, today) == []) is is_fit


def test_within_the_eea_no_transfer_needs_a_ground_or_a_consent():
    platform = PlatformFactory(
        name="Svensk sändning", company="Sändning AB", country="SE", mechanism="eea",
        certificate_checked_on=None, approved_on=None, player="none",
    )  # fmt: skip
    assert platforms.lacks(platform, timezone.localdate()) == []


def test_a_country_outside_the_eea_is_not_said_to_be_within():
    with pytest.raises(IntegrityError), transaction.atomic():
        PlatformFactory(mechanism="eea")


@pytest.mark.parametrize("kind", ["course", "meeting"])
def test_what_is_not_broadcast_has_no_platform_whatever_one_does(kind):
    platform = PlatformFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        OccasionFactory(kind=kind, platform=platform)
    with pytest.raises(ValidationError, match="Bara det som sänds"):
        OccasionFactory.build(kind=kind, platform=platform).full_clean(exclude=["join_link"])


@pytest.mark.parametrize("kind", Occasion.BROADCAST)
def test_what_is_broadcast_is_not_published_without_a_platform(kind):
    with pytest.raises(publishing.CannotPublish, match="plattform"):
        publish(OccasionFactory(kind=kind, published_at=None))
    with pytest.raises(IntegrityError), transaction.atomic():
        OccasionFactory(kind=kind)


def test_what_is_over_or_published_is_not_published():
    with pytest.raises(publishing.CannotPublish, match="slut"):
        publish(OccasionFactory(ended=True, published_at=None))
    with pytest.raises(publishing.CannotPublish, match="redan"):
        publish(OccasionFactory())


def test_the_officer_approves_a_complete_platform_and_her_name_is_in_its_history():
    officer, today = StaffFactory(), timezone.localdate()
    platform = PlatformFactory(approved_on=None)
    platforms.approve(platform, by=officer, on=today)
    platform.refresh_from_db()
    assert platform.approved_on == today
    assert platform.history.first().history_user_id == officer.pk


def test_the_officer_does_not_approve_an_incomplete_one():
    platform = PlatformFactory(approved_on=None, mechanism="")
    with pytest.raises(platforms.CannotApprove):
        platforms.approve(platform, by=None, on=timezone.localdate())
    assert Platform.objects.get().approved_on is None


@pytest.mark.parametrize(
    ("player", "address"),
    [
        ("zoom", "https://ledarna.zoom.us/j/98765432101?pwd=abc"),
        ("zoom", "https://zoom.us/j/98765432101"),
        ("vimeo", "https://vimeo.com/76979871"),
        ("vimeo", "https://vimeo.com/76979871/8272103f6e"),
        ("vimeo", "https://player.vimeo.com/video/76979871?h=8272103f6e"),
        ("none", "https://mote.example.org/rum/7"),
    ],
)
def test_an_address_that_tells_nothing_is_taken(player, address):
    joining.check(address, player)


@pytest.mark.parametrize(
    ("player", "address"),
    [
        ("zoom", "https://ledarna.zoom.us/j/9?uname=Anna"),
        ("zoom", "https://ledarna.zoom.us/j/9?pwd=a&email=anna@example.org"),
        ("zoom", "https://ledarna.zoom.us/w/9?tk=personlig"),
        ("zoom", "https://zoom.us.example.org/j/9"),
        ("zoom", "https://notzoom.us/j/9"),
        ("zoom", "http://zoom.us/j/9"),
        ("zoom", "https://anna@zoom.us/j/9"),
        ("vimeo", "https://vimeo.com/event/123"),
        ("vimeo", "https://vimeo.com/76979871?email=a"),
        ("vimeo", "javascript:alert(1)"),
        ("none", "//example.org"),
        ("none", ""),
    ],
)
def test_an_address_that_tells_too_much_or_leads_elsewhere_is_refused(player, address):
    with pytest.raises(joining.BadAddress):
        joining.check(address, player)
