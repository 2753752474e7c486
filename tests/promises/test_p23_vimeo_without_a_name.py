"""P23: one watches Vimeo without naming oneself, and is told how."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import reverse

from courses import joining
from tests.factories.courses import OccasionFactory, RegistrationFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

ADVICE = "låt bli att logga in i chatten och att skriva in ditt namn"


@pytest.mark.parametrize(
    ("link", "player"),
    [
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://vimeo.com/7/ab12", "https://player.vimeo.com/video/7?dnt=1&h=ab12"),
        (
            "https://player.vimeo.com/video/7?h=ab12",
            "https://player.vimeo.com/video/7?dnt=1&h=ab12",
        ),
    ],
)
def test_the_players_address_asks_not_to_be_followed_and_names_nobody(link, player):
    address = joining.player_address(OccasionFactory(vimeo=True, join_link=link))
    assert address == player
    assert dict(parse_qsl(urlsplit(address).query)).keys() <= {"dnt", "h"}


def test_the_advice_stands_before_the_player(client):
    mine = RegistrationFactory(occasion__vimeo=True)
    client.force_login(UserFactory(member=mine.member))
    text = client.get(reverse("join", args=[mine.occasion.public_id])).text
    before, after = text.split("data-player", 1)
    assert ADVICE in before
    for value in (mine.member.email, mine.member.family_name, str(mine.public_id)):
        assert value not in after.partition("<footer")[0]


def test_everyone_gets_the_same_address(client):
    addresses = set()
    occasion = OccasionFactory(vimeo=True)
    for _ in range(2):
        mine = RegistrationFactory(occasion=occasion)
        client.force_login(UserFactory(member=mine.member))
        text = client.get(reverse("join", args=[occasion.public_id])).text
        addresses |= set(re.findall(r"https://player\.vimeo\.com[^\"]*", text))
    assert len(addresses) == 1
