"""P51: one setting says who the controller is, in every output; a wrong number is refused."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.urls import reverse
from django.utils import timezone

from dsar import access, letters, notice
from dsar.controller import is_organisation_number
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
ELSEWHERE = {
    "name": "Chefsförbundet",
    "organisation_number": "802000-1833",
    "address": "Box 1, 111 11 Stockholm",
    "telephone": "08-465 004 00",
}


def test_every_output_names_the_same_controller(settings, client):
    settings.CONTROLLER = ELSEWHERE
    member = MemberFactory()
    request = SubjectRequestFactory(member=member, kind="objection")

    assert access.collect([member.pk], at=NOW)[member.pk]["controller"] == ELSEWHERE
    assert "Chefsförbundet" in letters.letter_for(request)
    assert "Chefsförbundet (802000-1833" in notice.render(dt.date(2026, 1, 1), "sv")
    for name in ("home", "apply", "contact", "notice"):
        assert "Chefsförbundet" in client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("number", ["802000-1833", "8020001833"])
def test_a_right_number_is_accepted(number):
    assert is_organisation_number(number)


@pytest.mark.parametrize("number", ["802000-1834", "801000-1833", "802000-183", "", "80200018 33"])
def test_a_wrong_number_is_refused_and_stops_the_product(number, settings):
    settings.CONTROLLER = ELSEWHERE | {"organisation_number": number}

    assert not is_organisation_number(number)
    with pytest.raises(SystemCheckError, match=r"dsar\.E001"):
        call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
