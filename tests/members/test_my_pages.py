import datetime as dt
import re

import pytest
from django.utils import timezone

from ledarna_gdpr.privacy import Source
from members.models import Member, ReadLog
from tests.factories.members import (
    FeeFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGES = ["/mina-sidor/", "/mina-sidor/uppgifter/"]
UNCHANGED = {
    "preferred_name": "",
    "phone": "+46701740605",
    "care_of": "",
    "street_address": "Storgatan 1",
    "postal_code": "10222",
    "city": "Stockholm",
    "country": "SE",
    "employer": "Verkstaden AB",
    "job_title": "Chef",
}


@pytest.fixture
def member():
    return MemberFactory(numbered=True)


@pytest.fixture
def user(client, member):
    user = UserFactory(member=member)
    client.force_login(user)
    return user


def test_a_member_sees_her_data_with_source_and_time(client, user, member):
    member.note_source(["phone"], Source.SELF_SERVICE, timezone.make_aware(dt.datetime(2026, 3, 2)))
    member.save()

    page = client.get("/mina-sidor/").content.decode()

    assert "+46701740605" in page
    assert "källa: du själv, på Mina sidor, 2 mars 2026" in " ".join(page.split())
    assert "källa: din ansökan" in page  # what has no source of its own has the register's


def test_the_personnummer_is_masked_until_the_member_asks(client, user, member):
    digits = member.personnummer

    masked = client.get("/mina-sidor/").content.decode()
    shown = client.post("/mina-sidor/").content.decode()

    assert f"{digits[:8]}-••••" in masked
    assert digits[8:] not in masked.replace(member.email, "")
    assert f"{digits[:8]}-{digits[8:]}" in shown
    assert [row.view for row in ReadLog.objects.order_by("pk")] == ["my_pages", "my_personnummer"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_with_her_data_is_logged_and_never_stored(client, user, member, path):
    response = client.get(path)

    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    (row,) = ReadLog.objects.all()
    assert (row.actor_id, row.subject_id) == (user.pk, member.pk)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_cannot_be_logged_is_not_shown(client, user, path, monkeypatch):
    def broken(rows, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr(ReadLog.objects, "bulk_create", broken)

    with pytest.raises(RuntimeError, match="no log"):
        client.get(path)


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_logged_in_is_asked_to(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/konto/logga-in/")


@pytest.mark.parametrize("path", PAGES)
def test_an_employee_has_no_my_pages(client, path):
    client.force_login(StaffFactory())

    assert client.get(path).status_code == 404


def test_a_member_changes_her_telephone_however_she_writes_it(client, user, member):
    response = client.post("/mina-sidor/uppgifter/", UNCHANGED | {"phone": "070-174 06 33"})

    member.refresh_from_db()
    assert response["Location"] == "/mina-sidor/"
    assert member.phone == "+46701740633"
    assert list(member.provenance) == ["phone"]
    assert member.provenance["phone"][0] == "self_service"
    latest = member.history.first()
    assert (latest.history_user_id, latest.history_change_reason) == (
        user.pk,
        "ändrat av medlemmen på Mina sidor",
    )
    assert member.history.all()[1].phone == "+46701740605"


def test_saving_without_change_leaves_no_trace(client, user, member):
    versions = member.history.count()

    page = client.post("/mina-sidor/uppgifter/", UNCHANGED, follow=True).content.decode()

    member.refresh_from_db()
    assert "Ingenting ändrades." in page
    assert member.provenance == {}
    assert member.history.count() == versions


@pytest.mark.parametrize(
    ("field", "written", "told"),
    [
        ("phone", "12", "Skriv telefonnumret med riktnummer"),
        ("postal_code", "1022", "Skriv postnumret med fem siffror"),
        ("country", "Atlantis", "Skriv landet med sitt namn"),
    ],
)
def test_bad_input_changes_nothing_and_is_told_plainly(client, user, member, field, written, told):
    page = client.post(
        "/mina-sidor/uppgifter/", UNCHANGED | {"employer": "Nya AB", field: written}
    ).content.decode()

    member.refresh_from_db()
    assert told in page
    assert re.search(r"<title>\s*Fel:", page)  # what a screen reader says first
    assert member.employer == "Verkstaden AB"


def test_name_number_and_address_are_not_changed_by_the_form(client, user, member):
    before = (member.given_names, member.personnummer, member.email, member.member_number)

    client.post(
        "/mina-sidor/uppgifter/",
        UNCHANGED
        | {
            "given_names": "Eva",
            "personnummer": "189001019802",
            "email": "eva@example.org",
            "member_number": "1",
        },
    )

    member.refresh_from_db()
    assert (member.given_names, member.personnummer, member.email, member.member_number) == before


def test_a_form_without_its_token_is_refused_in_swedish(user, member):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)

    response = strict.post("/mina-sidor/uppgifter/", UNCHANGED | {"employer": "Nya AB"})

    member.refresh_from_db()
    assert response.status_code == 403
    assert "Sidan var för gammal" in response.content.decode()
    assert member.employer == "Verkstaden AB"


def test_the_page_asks_as_many_questions_for_many_fees_as_for_one(
    client, user, member, django_assert_num_queries
):
    def one_year(year):
        FeeFactory(member=member, covers_from=dt.date(year, 1, 1), covers_to=dt.date(year, 12, 31))
        PaymentFactory(member=member)

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one_year(2020)
    with CaptureQueriesContext(
        connection,
    ) as once:
        client.get("/mina-sidor/")
    for year in range(2021, 2026):
        one_year(year)
    with django_assert_num_queries(len(once)):
        client.get("/mina-sidor/")


def test_one_member_never_sees_another(client, user):
    MemberFactory(given_names="Cecilia", email="cecilia@example.org")

    page = client.get("/mina-sidor/").content.decode()

    assert "Cecilia" not in page
    assert Member.objects.for_user(user).count() == 1
