"""P1: the notice is versioned, and what is collected points at the version that was shown."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from dsar import notice, requests
from dsar.models import NoticeVersion
from members.models import Application
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

JANUARY, JUNE = dt.date(2026, 1, 1), dt.date(2026, 6, 1)


def at(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def test_an_older_version_can_be_found_by_its_day_word_for_word():
    first = notice.publish("2026-1", valid_from=JANUARY)[0]
    notice.publish("2026-2", valid_from=JUNE)

    found = notice.in_force(dt.date(2026, 5, 31), "sv")

    assert (found.version, found.text) == ("2026-1", first.text)
    assert NoticeVersion.hash_of(found.text) == found.sha256
    assert notice.version_in_force(JUNE) == "2026-2"
    assert notice.version_in_force(dt.date(2025, 12, 31)) == ""


def test_what_was_collected_under_the_first_still_points_at_it():
    notice.publish("2026-1", valid_from=JANUARY)
    request = requests.receive(
        kind="objection", channel="phone", at=at(dt.date(2026, 5, 31)), member=MemberFactory()
    )
    notice.publish("2026-2", valid_from=JUNE)

    request.refresh_from_db()
    assert request.notice_version == "2026-1"


def test_an_application_keeps_the_version_that_its_form_showed(client):
    notice.publish("2026-1", valid_from=JANUARY)
    with time_machine.travel(at(JUNE), tick=False):
        page = client.get(reverse("apply"))
        form = page.context["form"]
        answers = {name: form[name].value() or "" for name in form.fields}
        answers |= {"given_names": "Anna", "family_name": "Åberg", "email": "anna@example.org"}
        client.post(reverse("apply"), answers)

    assert Application.objects.get().notice_version == "2026-1"


@pytest.mark.parametrize("name", ["apply", "contact"])
def test_every_public_form_links_to_the_notice(name, client):
    assert f'href="{reverse("notice")}"' in client.get(reverse(name)).content.decode()


def test_the_public_page_shows_the_version_in_force_and_the_earlier_ones(client):
    notice.publish("2026-1", valid_from=JANUARY)
    notice.publish("2026-2", valid_from=JUNE)
    with time_machine.travel(at(JUNE), tick=False):
        page = client.get(reverse("notice")).content.decode()
        older = client.get(reverse("notice_version", args=["2026-1"])).content.decode()
        unknown = client.get(reverse("notice_version", args=["2030-1"]))

    assert "Version 2026-2" in page
    assert reverse("notice_version", args=["2026-1"]) in page
    assert "Version 2026-1" in older
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("version", "day"), [("2026-1", JUNE), ("2026-2", JANUARY), ("2026-2", dt.date(2025, 1, 1))]
)
def test_a_version_or_a_day_is_not_taken_twice(version, day):
    notice.publish("2026-1", valid_from=JANUARY)

    with pytest.raises(notice.CannotPublish):
        notice.publish(version, valid_from=day)
    assert NoticeVersion.objects.count() == len(notice.LANGUAGES)
