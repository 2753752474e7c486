"""P53: the form and the telephone, and any other channel, start the same clock."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from dsar.models import SubjectRequest
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

#: Saturday 31 January: the month ends on Saturday 28 February, and the law gives until Monday.
RECEIVED = timezone.make_aware(dt.datetime(2026, 1, 31, 14, 5))
DUE, LAST_DAY = dt.date(2026, 2, 28), dt.date(2026, 3, 2)
FILLED_IN = {
    "kind": "erasure",
    "name": "Torgny Askelöf",
    "contact": "070-174 06 99",
    "message": "Jag vill att ni raderar allt om mig.",
}


def test_the_form_starts_the_clock_on_a_saturday(client):
    with time_machine.travel(RECEIVED, tick=False):
        response = client.post(reverse("contact"), FILLED_IN, follow=True)

    asked = SubjectRequest.objects.get()
    assert (asked.channel, asked.received_at) == ("form", RECEIVED)
    assert (asked.due_on, asked.last_day) == (DUE, LAST_DAY)
    assert (asked.name, asked.contact) == ("Torgny Askelöf", "070-174 06 99")
    assert "070-174 06 99" not in response.content.decode()


@pytest.mark.parametrize("channel", ["phone", "email", "letter"])
def test_staff_register_what_came_otherwise_with_the_time_it_came(client, channel):
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))

    with time_machine.travel(RECEIVED + dt.timedelta(days=3), tick=False):
        client.post(
            reverse("admin:dsar_subjectrequest_add"),
            FILLED_IN
            | {"channel": channel, "received_at_0": "2026-01-31", "received_at_1": "14:05"},
        )

    asked = SubjectRequest.objects.get()
    assert (asked.channel, asked.received_at) == (channel, RECEIVED)
    assert (asked.due_on, asked.last_day) == (DUE, LAST_DAY)


def test_every_page_names_the_form_and_the_telephone(client):
    page = client.get(reverse("home")).content.decode()

    assert "0200-87 11 11" in page
    assert f'href="{reverse("contact")}"' in page
