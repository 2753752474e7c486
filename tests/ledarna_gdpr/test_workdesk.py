import datetime as dt

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from dsar.admin.desk import next_sweep
from dsar.models import LegalHold, SweepRun
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import ApplicationFactory, MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

DESK = "/admin/"


@pytest.fixture
def officer(client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))


def panel(response, name):
    """The context of the panel whose template is ``admin/panels/<name>.html``."""
    template = f"admin/panels/{name}.html"
    found = [
        panel["context"] for panel in response.context["panels"] if panel["template"] == template
    ]
    return found[0] if found else None


def test_the_most_urgent_request_lies_on_top(client, officer):
    now = timezone.now()
    SubjectRequestFactory(received_at=now)
    late = SubjectRequestFactory(received_at=now - dt.timedelta(days=40))

    response = client.get(DESK)

    requests = panel(response, "requests")
    assert requests["bars"][0].row == late
    assert (requests["open"], requests["overdue"]) == (2, 1)
    assert "1 är försenad" in response.text
    assert response.text.count("dagar försenad") == 2  # in the chart, and in the table behind it
    assert "<svg" in response.text
    assert "<table>" in response.text


def test_what_the_next_sweep_takes_is_counted(client, officer):
    MemberFactory()
    MemberFactory(left=dt.date(2010, 1, 1))

    lines = dict(panel(client.get(DESK), "tonight")["lines"])

    assert lines["medlemmar", "R2"] == 1


@pytest.mark.parametrize(("nights_ago", "alarm"), [(0, False), (1, True)])
def test_a_missed_night_raises_the_alarm(client, officer, nights_ago, alarm):
    now = timezone.localtime()
    last_night = next_sweep(now) - dt.timedelta(days=1 + nights_ago)
    SweepRun.objects.create(on=last_night, started_at=now, heartbeat_at=now, finished_at=now)

    assert ("En natt har hoppats över." in client.get(DESK).text) is alarm


def test_a_sweep_that_did_not_finish_counts_as_missed(client, officer):
    now = timezone.localtime()
    SweepRun.objects.create(on=next_sweep(now), started_at=now, heartbeat_at=now)

    assert "Ingen gallring har blivit klar än." in client.get(DESK).text


@pytest.mark.parametrize(("hour", "minute", "day"), [(1, 59, 23), (2, 0, 24), (23, 0, 24)])
def test_the_next_sweep_is_at_two_at_night(hour, minute, day):
    assert next_sweep(dt.datetime(2026, 11, 23, hour, minute)) == dt.date(2026, 11, day)


@pytest.mark.parametrize(("days", "shown"), [(30, 1), (31, 0)])
def test_holds_that_lapse_within_thirty_days_are_shown(client, officer, days, shown):
    today = timezone.localdate()
    until = today + dt.timedelta(days=days)
    LegalHold.objects.create(member=MemberFactory(), reason="x" * 15, set_on=today, until=until)

    assert len(panel(client.get(DESK), "holds")["holds"]) == shown


def test_each_sees_only_what_is_hers_to_do(client):
    ApplicationFactory()
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))
    response = client.get(DESK)
    assert panel(response, "applications")["waiting"] == 1
    assert panel(response, "tonight") is None

    client.force_login(StaffFactory(roles=[roles.COMMUNICATIONS]))
    templates = [panel["template"] for panel in client.get(DESK).context["panels"]]
    assert templates == ["admin/panels/mailings.html"]


def test_the_desk_names_nobody(client, officer):
    member = MemberFactory(family_name="Hemligsson")
    SubjectRequestFactory(member=member)

    assert "Hemligsson" not in client.get(DESK).text


def test_the_desk_takes_as_many_queries_for_five_requests_as_for_one(
    client, officer, django_assert_num_queries, django_assert_max_num_queries
):
    SubjectRequestFactory()
    client.get(DESK)
    with django_assert_max_num_queries(80) as one:
        client.get(DESK)
    for _ in range(4):
        SubjectRequestFactory()

    with django_assert_num_queries(len(one)):
        client.get(DESK)


def test_nothing_can_be_deleted_in_bulk_and_libraries_have_no_pages():
    assert "delete_selected" not in dict(admin.site.actions)
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels == {"members", "cases", "courses", "dsar"}


def test_there_is_no_style_or_script_in_the_page(client, officer):
    text = client.get(DESK).text

    assert " style=" not in text
    assert "onclick" not in text
    assert text.count("<script") == text.count("<script src=")


def test_names_cannot_be_guessed_through_autocompletion(client):
    client.force_login(StaffFactory(is_superuser=True))
    query = "app_label=members&model_name=fee&field_name=member&term=Anna"

    assert client.get(f"/admin/autocomplete/?{query}").status_code == 404


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/members/member/"])
def test_there_is_one_way_in(client, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{reverse('account_login')}?next=")
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


def test_a_member_is_told_that_the_desk_is_not_hers(client):
    client.force_login(UserFactory())

    assert client.get("/admin/login/").status_code == 403
