"""P22: what goes to Vimeo in the USA is the IP address, and nothing else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import publishing
from dsar import access
from tests.factories.courses import OccasionFactory, PlatformFactory, RegistrationFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db


def test_both_pages_tell_of_the_address_and_of_no_name(client):
    mine = RegistrationFactory(occasion__vimeo=True)
    open_to_her = OccasionFactory(vimeo=True)
    client.force_login(UserFactory(member=mine.member))
    for name, occasion in (("occasion", open_to_her), ("join", mine.occasion)):
        text = client.get(reverse(name, args=[occasion.public_id])).text
        assert "Vimeo.com, Inc." in text
        assert "USA" in text
        assert "<strong>din ip-adress</strong>" in text


def test_without_a_ground_it_is_not_published():
    platform = PlatformFactory(vimeo=True, mechanism="")
    occasion = OccasionFactory(vimeo=True, platform=platform, published_at=None)
    with pytest.raises(publishing.CannotPublish):
        publishing.publish(occasion, by=None, at=timezone.now())


def test_the_access_answer_names_company_data_and_safeguard():
    mine = RegistrationFactory(occasion__vimeo=True)
    key = mine.member.pk
    answer = access.collect([key], at=timezone.now())[key]
    purpose = next(p for p in answer["processing"] if p["purpose"] == "courses")
    assert purpose["recipients"] == ["Vimeo.com, Inc. (US): din ip-adress"]
    assert "Data Privacy Framework" in purpose["transfers_outside_eea"][0]
