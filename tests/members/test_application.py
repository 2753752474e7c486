import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar.models import NoticeVersion
from members import services
from members.demo import numbers
from members.models import Application, Member, OutgoingMail
from tests.factories.members import ApplicationFactory, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = numbers.test_numbers()[:2]
FILLED_IN = {
    "given_names": "Björn",
    "family_name": "Öberg",
    "personnummer": f"{NUMBER[:8]}-{NUMBER[8:]}",
    "email": "Bjorn@Example.org",
    "phone": "070-174 06 05",
    "street_address": "Storgatan 1",
    "postal_code": "102 22",
    "city": "Stockholm",
    "country": "",
    "employer": "Verkstaden AB",
    "job_title": "Chef",
}
NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))


def applied(**values):
    """A submitted application with a personnummer."""
    application = ApplicationFactory.build(**values)
    application.set_personnummer(values.get("personnummer", NUMBER))
    application.save()
    return application


# --- the form ---------------------------------------------------------------------------------


def test_an_application_waits_for_its_address_to_be_confirmed(client):
    NoticeVersion.objects.create(
        version="3", language="sv", valid_from=dt.date(2020, 1, 1), text="x", sha256="x"
    )

    response = client.post("/bli-medlem/", FILLED_IN)

    application = Application.objects.get()
    assert response["Location"] == "/bli-medlem/tack/"
    assert application.status == Application.Status.STARTED
    assert application.notice_version == "3"
    assert application.email == "bjorn@example.org"
    assert application.phone == "+46701740605"
    assert (application.postal_code, application.country) == ("10222", "SE")
    assert application.personnummer == NUMBER
    mail = OutgoingMail.objects.get()
    assert mail.to == "bjorn@example.org"
    assert mail.member is None
    assert f"/bli-medlem/bekrafta/{application.public_id}/" in mail.body
    assert "Björn" not in mail.body + mail.subject


def test_the_link_asks_before_it_submits(client):
    application = ApplicationFactory(status="started")
    path = f"/bli-medlem/bekrafta/{application.public_id}/"

    asked = client.get(path)
    application.refresh_from_db()
    assert application.status == "started"
    assert "Bekräfta min ansökan" in asked.content.decode()
    assert "Öberg" not in asked.content.decode()

    done = client.post(path)
    application.refresh_from_db()
    assert application.status == "submitted"
    assert "Din ansökan är bekräftad." in done.content.decode()
    assert client.post(path).content.decode().count("Din ansökan är bekräftad.") == 1


def test_a_decided_application_is_not_taken_up_again_by_its_link(client):
    application = applied()
    services.decline(application, by=StaffFactory(), at=NOW)

    client.post(f"/bli-medlem/bekrafta/{application.public_id}/")

    application.refresh_from_db()
    assert application.status == "declined"


def test_an_unknown_link_is_a_page_that_does_not_exist(client):
    response = client.get("/bli-medlem/bekrafta/6f1c1b3e-2f0a-4f5e-9d3c-000000000000/")

    assert response.status_code == 404


def test_members_and_strangers_are_answered_alike(client):
    """Law 9: the same bytes, the same questions to the database, the same mail."""
    answers = []
    MemberFactory(email="medlem@example.org", numbered=True)
    for address in ("medlem@example.org", "ingen@example.org"):
        with CaptureQueriesContext(connection) as queries:
            response = client.post("/bli-medlem/", FILLED_IN | {"email": address})
        statements = [
            query["sql"].split("VALUES")[0].split("WHERE")[0]
            for query in queries
            if "SAVEPOINT" not in query["sql"]
        ]
        page = client.get(response["Location"]).content
        answers.append((response.status_code, response["Location"], page, statements))

    assert answers[0] == answers[1]
    assert not any('FROM "members_member"' in sql for sql in answers[0][3])
    assert sorted(mail.to for mail in OutgoingMail.objects.all()) == [
        "ingen@example.org",
        "medlem@example.org",
    ]
    assert len({mail.subject for mail in OutgoingMail.objects.all()}) == 1


def test_a_robot_is_thanked_and_forgotten(client):
    response = client.post("/bli-medlem/", FILLED_IN | {"website": "http://x"})

    assert response["Location"] == "/bli-medlem/tack/"
    assert not Application.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("field", "written", "told"),
    [
        ("personnummer", "19900101-0000", "Det är inte ett riktigt personnummer."),
        ("phone", "1", "Skriv telefonnumret med riktnummer"),
        ("email", "bjorn", "giltig e-postadress"),
        ("given_names", "", "måste fyllas i"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(client, field, written, told):
    response = client.post("/bli-medlem/", FILLED_IN | {field: written})

    assert response.status_code == 200
    assert told in response.content.decode()
    assert not Application.objects.exists()


def test_someone_with_one_name_and_no_personnummer_can_apply(client):
    client.post("/bli-medlem/", FILLED_IN | {"family_name": "", "personnummer": ""})

    application = Application.objects.get()
    assert (application.name, application.personnummer_hash) == ("Björn", None)


def test_too_many_forms_from_one_place_are_stopped(client):
    statuses = [
        client.post("/bli-medlem/", FILLED_IN | {"website": "x"}).status_code for _ in range(21)
    ]

    assert statuses == [302] * 20 + [429]


def test_the_form_leads_to_the_notice(client):
    assert 'href="/integritet/"' in client.get("/bli-medlem/").content.decode()


# --- the decision -----------------------------------------------------------------------------


def test_an_accepted_applicant_is_a_member_from_that_day():
    staff = StaffFactory()
    MemberFactory(member_number=200_000)

    member = services.accept(applied(phone="+46701740605"), by=staff, at=NOW)

    member.refresh_from_db()
    assert member.member_number == 200_001
    assert member.name == "Björn Öberg"
    assert member.personnummer == NUMBER
    assert Member.objects.get(personnummer_hash=member.personnummer_hash) == member
    assert member.provenance["phone"] == ["application", "2026-11-23T12:00:00+01:00"]
    (period,) = member.periods.all()
    assert (period.started_on, period.ended_on) == (dt.date(2026, 11, 23), None)
    assert member.left_on is None
    assert member.history.first().history_user_id == staff.pk


@pytest.mark.parametrize(
    ("decide", "told"),
    [(services.accept, "Logga in på Mina sidor"), (services.decline, "0200-87 11 11")],
)
def test_the_applicant_is_told_what_was_decided(decide, told):
    decide(applied(email="bjorn@example.org"), by=StaffFactory(), at=NOW)

    mail = OutgoingMail.objects.get()
    assert mail.to == "bjorn@example.org"
    assert mail.subject == "Vi har fattat beslut om din ansökan"
    assert told in mail.body
    assert "Björn" not in mail.body


def test_an_application_is_decided_once():
    application = applied()
    services.accept(application, by=StaffFactory(), at=NOW)

    with pytest.raises(services.CannotDecide, match="väntar på beslut"):
        services.decline(application, by=StaffFactory(), at=NOW)


@pytest.mark.parametrize("known_by", ["personnummer", "email"])
def test_who_is_a_member_cannot_become_one(known_by):
    member = MemberFactory(
        email="bjorn@example.org" if known_by == "email" else "annan@example.org"
    )
    if known_by == "personnummer":
        member.set_personnummer(NUMBER)
        member.save()

    with pytest.raises(services.CannotDecide, match="redan medlem"):
        services.accept(applied(email="bjorn@example.org"), by=StaffFactory(), at=NOW)

    assert member.periods.count() == 1


def test_number_and_address_of_two_members_stop_the_decision():
    one = MemberFactory(email="annan@example.org", left=dt.date(2025, 1, 1))
    one.set_personnummer(NUMBER)
    one.save()
    MemberFactory(email="bjorn@example.org", left=dt.date(2025, 1, 1))

    with pytest.raises(services.CannotDecide, match="två olika medlemmar"):
        services.accept(applied(email="bjorn@example.org"), by=StaffFactory(), at=NOW)


def test_an_address_shared_with_someone_else_makes_nobody_that_person():
    other = MemberFactory(email="bjorn@example.org", left=dt.date(2025, 1, 1))
    other.set_personnummer(OTHER_NUMBER)
    other.save()

    with pytest.raises(services.CannotDecide, match="ett annat personnummer"):
        services.accept(applied(email="bjorn@example.org"), by=StaffFactory(), at=NOW)


@pytest.mark.parametrize("reduced", [False, True])
def test_who_comes_back_gets_a_new_period_on_the_old_row(reduced):
    former = MemberFactory(left=dt.date(2024, 1, 31))
    former.set_personnummer(NUMBER)
    former.reduced_at = NOW if reduced else None
    former.save()

    member = services.accept(applied(email="bjorn@example.org"), by=StaffFactory(), at=NOW)

    member.refresh_from_db()
    assert (member.pk, member.member_number) == (former.pk, former.member_number)
    assert member.email == "bjorn@example.org"
    assert (member.left_on, member.reduced_at) == (None, None)
    assert [period.ended_on for period in member.periods.order_by("started_on")] == [
        dt.date(2024, 1, 31),
        None,
    ]


def test_who_is_being_erased_is_not_brought_back():
    former = MemberFactory(left=dt.date(2024, 1, 31))
    former.set_personnummer(NUMBER)
    former.restricted_at = NOW
    former.save()

    with pytest.raises(services.CannotDecide, match="håller på att raderas"):
        services.accept(applied(), by=StaffFactory(), at=NOW)
