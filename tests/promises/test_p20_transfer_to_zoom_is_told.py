"""P20: what goes to Zoom in the USA, and on what ground."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import publishing
from dsar import access
from tests.factories.courses import OccasionFactory, PlatformFactory, RegistrationFactory
from tests.factories.members import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

TOLD = [
    "Zoom Communications, Inc.",
    "USA",
    "din ip-adress och namnet som du själv anger",
    "EU–US Data Privacy Framework (art. 45)",
]


@pytest.fixture
def member(client):
    member = MemberFactory()
    client.force_login(UserFactory(member=member))
    return member


def test_the_page_to_register_on_tells_before_the_button(client, member):
    occasion = OccasionFactory(zoom=True)
    text = client.get(reverse("occasion", args=[occasion.public_id])).text
    before, _button = text.split('<form method="post" novalidate>')
    assert [told for told in TOLD if told not in before] == []


def test_the_page_to_join_by_tells_before_the_address(client, member):
    occasion = RegistrationFactory(member=member, occasion__zoom=True).occasion
    text = client.get(reverse("join", args=[occasion.public_id])).text
    before, _after = text.split("https://ledarna.zoom.us/j/98765432101")
    assert [told for told in TOLD if told not in before] == []


def test_without_a_ground_it_is_not_published():
    occasion = OccasionFactory(zoom=True, published_at=None, platform=PlatformFactory(mechanism=""))
    with pytest.raises(publishing.CannotPublish):
        publishing.publish(occasion, by=None, at=timezone.now())


def test_the_access_answer_names_company_country_and_safeguard_to_those_who_registered():
    mine = RegistrationFactory(occasion__zoom=True)
    neighbour = RegistrationFactory()
    keys = [mine.member.pk, neighbour.member.pk]
    answers = access.collect(keys, at=timezone.now())
    purposes = {
        key: next(p for p in answers[key]["processing"] if p["purpose"] == "courses")
        for key in keys
    }
    told = str(purposes[keys[0]]["recipients"]) + str(purposes[keys[0]]["transfers_outside_eea"])
    for words in ("Zoom Communications, Inc.", "US", "ip-adress", "Data Privacy Framework"):
        assert words in told
    assert "Zoom" not in str(purposes[keys[1]]["recipients"])


def test_nothing_else_goes_to_zoom_the_address_is_the_same_for_all(client, member):
    occasion = RegistrationFactory(member=member, occasion__zoom=True).occasion
    text = client.get(reverse("join", args=[occasion.public_id])).text
    assert f'href="{occasion.join_link}"' in text
