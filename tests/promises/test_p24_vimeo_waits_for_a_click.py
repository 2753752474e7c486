"""P24: you are warned of an earlier log-in at Vimeo, and nothing is fetched before you ask.

``tests/browser/test_courses.py`` counts the requests of a real browser.
"""

import re

import pytest
from django.urls import reverse

from tests.factories.courses import OccasionFactory, RegistrationFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

WARNING = "Om du har varit inloggad i Vimeo tidigare finns dina uppgifter sparade där"
FETCHING = re.compile(r"<(?:iframe|img|script|link|video|source|object|embed)\b[^>]*>")


def pages(client):
    mine = RegistrationFactory(occasion__vimeo=True)
    client.force_login(UserFactory(member=mine.member))
    for name, occasion in (("occasion", OccasionFactory(vimeo=True)), ("join", mine.occasion)):
        yield client.get(reverse(name, args=[occasion.public_id])).text


def test_the_warning_is_where_one_registers_and_where_one_watches(client):
    assert [WARNING in text for text in pages(client)] == [True, True]


def test_nothing_on_the_pages_fetches_from_another_house(client):
    for text in pages(client):
        found = FETCHING.findall(text)
        assert found
        assert [tag for tag in found if "//" in tag] == []


def test_without_javascript_there_is_a_link_below_the_same_warning(client):
    *_others, text = pages(client)
    before, link = text.split('<a href="https://player.vimeo.com', 1)
    assert WARNING in before
    assert 'rel="noopener noreferrer"' in link.partition(">")[0]
