"""Min integritet and the pages of one's own requests, as the member sees them."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dsar import requests
from dsar.models import SubjectRequest
from members import readlog
from members.models import ReadLog
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    FeeFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Kind, Status = SubjectRequest.Kind, SubjectRequest.Status
#: The answer is due on Thursday 23 April.
RECEIVED = timezone.make_aware(dt.datetime(2026, 3, 23, 12))


@pytest.fixture
def member(client):
    user = UserFactory()
    client.force_login(user)
    return user.member


@pytest.fixture
def former_member(client):
    user = UserFactory(member=MemberFactory(left=dt.date(2026, 1, 31)))
    client.force_login(user)
    return user.member


def page(client, name, *args):
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def asked(member, kind=Kind.ERASURE, **fields):
    fields = {"received_at": RECEIVED} | fields
    return SubjectRequestFactory(member=member, kind=kind, **fields)


def fees(member, number, *, year=2025):
    for day in range(1, number + 1):
        FeeFactory(member=member, covers_from=dt.date(year, 1, day))


# --- Min integritet ---------------------------------------------------------------------------


def test_min_integritet_tells_what_is_held_why_and_until_when(client, member):
    fees(member, 2)
    FeeFactory()

    shown = page(client, "my_privacy")

    assert "Medlemsregister" in shown
    assert "avtalet med dig (artikel 6.1 b)" in shown
    accounting = shown.split("Avgifter och bokföring</h3>")[1].split("</article>")[0]
    assert '<td class="number" data-label="Antal">2</td>' in accounting
    assert "1 januari 2033" in accounting  # the accounting year ended in 2025
    assert "7 kap. 2 § bokföringslagen" in accounting


def test_min_integritet_tells_who_opened_the_data_but_not_which_employee(client, member):
    clerk = StaffFactory(name="Maj Sund")
    readlog.record(clerk, [member], view="members_member_change", purpose="Fråga om avgiften")
    readlog.record(clerk, [MemberFactory()], view="members_member_change", purpose="Annans")

    shown = page(client, "my_privacy")

    assert "en handläggare" in shown
    assert "Fråga om avgiften" in shown
    assert "Maj Sund" not in shown
    assert "Annans" not in shown


def test_from_min_integritet_every_right_is_one_step_away(client, member):
    shown = page(client, "my_privacy")

    for kind in Kind.values:
        assert f'href="{reverse("new_request", args=[kind])}"' in shown


@pytest.mark.parametrize("name", ["my_privacy", "my_requests"])
def test_the_pages_are_logged_as_read(client, member, name):
    page(client, name)

    assert [(row.subject_id, row.view) for row in ReadLog.objects.all()] == [(member.pk, name)]


def test_min_integritet_asks_as_many_questions_however_much_is_held(client, member):
    fees(member, 1)
    PaymentFactory(member=member)
    page(client, "my_privacy")
    with CaptureQueriesContext(connection) as few:
        page(client, "my_privacy")
    fees(member, 5, year=2024)
    PaymentFactory.create_batch(5, member=member)
    with CaptureQueriesContext(connection) as many:
        page(client, "my_privacy")

    assert len(many) == len(few)


# --- one's requests ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (dt.date(2026, 3, 23), "31 dagar kvar"),
        (dt.date(2026, 4, 22), "1 dag kvar"),
        (dt.date(2026, 4, 23), "0 dagar kvar"),
        (dt.date(2026, 4, 24), "Vi är sena med vårt svar"),
    ],
)
def test_the_list_tells_how_many_days_are_left(client, member, day, told):
    asked(member)

    with time_machine.travel(dt.datetime.combine(day, dt.time(13)), tick=False):
        assert told in page(client, "my_requests")


def test_the_list_asks_as_many_questions_for_many_requests_as_for_one(client, member):
    closed = {"status": Status.REFUSED, "closed_at": RECEIVED, "decided_at": RECEIVED}
    asked(member)
    page(client, "my_requests")
    with CaptureQueriesContext(connection) as one:
        page(client, "my_requests")
    for _ in range(5):
        asked(member, **closed)
    with CaptureQueriesContext(connection) as six:
        page(client, "my_requests")

    assert len(six) == len(one)


def test_a_request_shows_its_letter_and_whom_to_complain_to(client, member):
    request = asked(member)
    requests.refuse(
        request, reason="Vi behöver uppgifterna.", by=StaffFactory(name="Maj Sund"), at=RECEIVED
    )

    shown = page(client, "my_request", request.public_id)

    assert "Avslagen" in shown
    assert "Vi behöver uppgifterna." in shown
    assert "Integritetsskyddsmyndigheten" in shown
    assert "Maj Sund" not in shown
    assert "Ta tillbaka" not in shown


def test_an_extension_is_shown_with_its_reason_and_the_new_day(client, member):
    request = asked(member)
    requests.extend(request, reason="Många ärenden.", by=StaffFactory(), at=RECEIVED)

    shown = page(client, "my_request", request.public_id)

    assert "Många ärenden." in shown
    assert "23 juni 2026" in shown


def test_a_request_can_be_taken_back_and_is_then_called_so(client, member):
    request = asked(member)

    shown = client.post(
        reverse("withdraw_request", args=[request.public_id]), follow=True
    ).content.decode()

    request.refresh_from_db()
    assert not request.is_open
    assert "Återtagen" in shown
    assert "Du tog tillbaka din begäran." in shown
    assert "Avslagen" not in shown
    assert "Vi gör inte det" not in shown


def test_what_has_been_decided_meanwhile_is_not_taken_back(client, member):
    request = asked(member)
    requests.refuse(request, reason="Vi behöver uppgifterna.", by=StaffFactory(), at=RECEIVED)

    shown = client.post(
        reverse("withdraw_request", args=[request.public_id]), follow=True
    ).content.decode()

    assert "Begäran har hunnit ändras." in shown


def test_a_request_is_not_taken_back_by_a_link(client, member):
    request = asked(member)

    assert client.get(reverse("withdraw_request", args=[request.public_id])).status_code == 405


# --- asking -----------------------------------------------------------------------------------


def test_data_asked_for_can_be_fetched_at_once(client, member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("new_request", args=[Kind.ACCESS]))

    request = SubjectRequest.objects.get()
    download = reverse("download_package", args=[request.public_id])
    assert f'href="{download}"' in page(client, "my_request", request.public_id)
    assert client.post(download).headers["Content-Type"] == "application/zip"
    assert f'href="{download}"' not in page(client, "my_request", request.public_id)


def test_the_same_is_not_asked_twice(client, member):
    asked(member, Kind.OBJECTION)

    response = client.post(
        reverse("new_request", args=[Kind.OBJECTION]), {"message": "Inga enkäter, tack."}
    )

    assert "Det finns redan en öppen begäran" in response.content.decode()
    assert "Inga enkäter, tack." in response.content.decode()
    assert SubjectRequest.objects.count() == 1


@pytest.mark.parametrize("kind", [Kind.RECTIFICATION, Kind.OBJECTION])
def test_a_correction_or_objection_has_to_say_what(client, member, kind):
    response = client.post(reverse("new_request", args=[kind]), {"message": " "})

    assert "Detta fält måste fyllas i." in response.content.decode()
    assert not SubjectRequest.objects.exists()


def test_a_right_that_does_not_exist_is_a_page_that_does_not(client, member):
    assert client.get(reverse("new_request", args=["revenge"])).status_code == 404


def test_before_erasure_a_former_member_reads_what_goes_and_what_stays(client, former_member):
    FeeFactory(member=former_member)

    shown = page(client, "new_request", Kind.ERASURE)

    goes, stays = shown.split('id="goes"')[1].split('id="stays"')
    assert "Medlemsperioder (1): raderad" in goes
    assert "Avgifter (1)" in stays
    assert "En rättslig förpliktelse, artikel 17.3 b" in stays
    assert "1 januari 2033" in stays
    assert ReadLog.objects.filter(subject_id=former_member.pk).exists()


def test_before_erasure_a_member_is_told_that_most_stays(client, member):
    assert "Du är medlem." in page(client, "new_request", Kind.ERASURE)


def test_erasure_needs_a_yes_to_having_read_it(client, former_member):
    address = reverse("new_request", args=[Kind.ERASURE])

    refused = client.post(address, {"message": ""})
    assert not SubjectRequest.objects.exists()
    assert "Detta fält måste fyllas i." in refused.content.decode()
    client.post(address, {"message": "", "understood": "on"})

    request = SubjectRequest.objects.get()
    assert (request.kind, request.status) == (Kind.ERASURE, Status.RECEIVED)


# --- the public form and the notice -----------------------------------------------------------

WRITTEN = {"kind": Kind.ACCESS, "name": "Torgny Askelöf", "contact": "torgny@example.org"}


def test_a_robot_is_thanked_and_forgotten(client):
    robot = client.post(reverse("contact"), WRITTEN | {"website": "https://example.org"})
    person = client.post(reverse("contact"), WRITTEN)

    assert robot.headers["Location"] == person.headers["Location"]
    assert SubjectRequest.objects.count() == 1


def test_what_is_missing_is_told_and_nothing_kept(client):
    response = client.post(reverse("contact"), WRITTEN | {"contact": ""})

    assert "Detta fält måste fyllas i." in response.content.decode()
    assert not SubjectRequest.objects.exists()


def test_the_page_begins_with_links_to_what_is_wrong(client):
    response = client.post(reverse("contact"), {"message": "Hej"})

    summary = response.content.decode().split('role="alert"')[1].split("</div>")[0]
    for field in ("kind", "name", "contact"):
        assert f'href="#id_{field}"' in summary
        assert f'id="id_{field}"' in response.content.decode()
    assert "id_message" not in summary


def test_a_flood_from_one_place_is_stopped(client):
    answers = [client.post(reverse("contact"), WRITTEN).status_code for _ in range(25)]

    assert answers[0] == 302
    assert answers[-1] == 429
    assert SubjectRequest.objects.count() < 25


@pytest.mark.parametrize("name", ["contact", "apply"])
def test_where_data_are_collected_the_notice_is_a_step_away(client, name):
    assert f'href="{reverse("notice")}"' in page(client, name).split("<main")[1].split("<footer")[0]
