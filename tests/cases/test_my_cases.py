"""A member's own cases on Mina sidor: she asks, writes, sees who has it and when it goes."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import services
from cases.forms import TOPICS
from cases.kinds import KINDS, Kind
from cases.models import Case, Document, Message, Occurrence
from dsar import notice
from members.demo import numbers
from members.models import ReadLog
from tests.cases import files
from tests.factories.cases import (
    CaseFactory,
    DocumentFactory,
    MessageFactory,
    NoteFactory,
    ParticipantFactory,
    TeamFactory,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.make_aware(dt.datetime(2026, 11, 25, 12))
ASKED = {"subject": "Omplacering", "body": "Min chef vill flytta mig."}
NO_HEALTH = [kind for kind in TOPICS if not KINDS[kind].has_health]


@pytest.fixture
def member(client):
    user = UserFactory()
    client.force_login(user)
    return user.member


@pytest.fixture
def team():
    return TeamFactory(name="Rådgivningen")


@pytest.fixture
def clerk():
    return StaffFactory(name="Maj Sund", is_superuser=True)


def page(client, name, *args):
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return main(response)


def main(response):
    """What is on the page itself, its texts without line breaks."""
    shown = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", shown)


def ask(client, kind=Kind.ADVICE, **told):
    return client.post(reverse("new_case_about", args=[kind]), ASKED | told)


def write(client, case, **told):
    return client.post(reverse("my_case", args=[case.public_id]), told)


# --- the list ---------------------------------------------------------------------------------


def test_who_has_no_case_is_told_how_to_open_one(client, member):
    shown = page(client, "my_cases")

    assert "Du har inga ärenden." in shown
    assert f'href="{reverse("new_case")}"' in shown


def test_the_list_holds_ones_own_cases_with_state_and_unit(client, member, team):
    CaseFactory(member=member, team=team, subject="Min lön", status="waiting")
    CaseFactory(subject="En annans")

    shown = page(client, "my_cases")

    assert "Min lön" in shown
    assert "Vi väntar på svar" in shown
    assert "Rådgivningen har det." in shown
    assert "En annans" not in shown


def test_the_list_asks_as_many_questions_for_many_cases_as_for_one(client, member):
    CaseFactory(member=member)
    page(client, "my_cases")
    with CaptureQueriesContext(connection) as one:
        page(client, "my_cases")
    for kind in KINDS:
        CaseFactory(member=member, kind=kind)
    with CaptureQueriesContext(connection) as many:
        page(client, "my_cases")

    assert len(many) == len(one)


def test_the_menu_leads_there(client, member):
    menu = client.get(reverse("my_pages")).content.decode().split("<nav")[1].split("</nav>")[0]

    assert f'href="{reverse("my_cases")}"' in menu


# --- opening one ------------------------------------------------------------------------------


def test_one_chooses_in_plain_words_what_it_is_about(client, member):
    shown = page(client, "new_case")

    for kind, topic in TOPICS.items():
        assert f'href="{reverse("new_case_about", args=[kind])}"' in shown
        assert str(topic.title) in shown


@pytest.mark.parametrize("kind", [Kind.NEGOTIATION, Kind.LITIGATION, "revenge"])
def test_what_only_a_handler_opens_is_no_choice(client, member, team, kind):
    assert client.get(reverse("new_case_about", args=[kind])).status_code == 404
    assert ask(client, kind).status_code == 404


def test_a_case_is_opened_with_its_first_message_and_file(client, member, team):
    notice.publish("2026-01", valid_from=dt.date(2026, 1, 1))
    letter = SimpleUploadedFile("brev.pdf", files.PDF)

    with time_machine.travel(TODAY, tick=False):
        response = ask(client, file=letter, happened_on="2026-11-24")

    case = Case.objects.get()
    assert response.headers["Location"] == reverse("my_case", args=[case.public_id])
    assert (case.member, case.kind, case.team) == (member, Kind.ADVICE, team)
    assert (case.subject, case.is_opened_by_member) == ("Omplacering", True)
    assert case.notice_version == "2026-01"
    message = Message.objects.get()
    assert (message.body, message.is_from_member) == ("Min chef vill flytta mig.", True)
    document = Document.objects.get()
    assert (document.name, document.message) == ("brev.pdf", message)
    fact = Occurrence.objects.get()
    assert (fact.kind, fact.on) == (Occurrence.Kind.DISMISSAL, dt.date(2026, 11, 24))


@pytest.mark.parametrize("kind", NO_HEALTH)
def test_a_kind_that_needs_nothing_about_health_has_nowhere_to_tell_it(client, member, team, kind):
    assert 'name="concerns_health"' not in page(client, "new_case_about", kind)

    ask(client, kind, concerns_health="on")

    assert Case.objects.get().concerns_health is False


@pytest.mark.parametrize("kind", [Kind.WORK_INJURY, Kind.SICK_PAY, Kind.UNEMPLOYMENT])
def test_where_health_may_matter_it_can_be_told(client, member, team, kind):
    ask(client, kind, concerns_health="on")

    assert Case.objects.get().concerns_health is True


@pytest.mark.parametrize("kind", [Kind.CAREER_COACHING, Kind.LEADERSHIP_COACHING, Kind.SERVICE])
def test_no_date_is_asked_where_none_limits_a_claim(client, member, team, kind):
    ask(client, kind, happened_on="2026-11-24")

    assert not Occurrence.objects.exists()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"subject": " "}, "Detta fält måste fyllas i."),
        ({"body": ""}, "Detta fält måste fyllas i."),
        ({"body": "a" * 10_001}, "som mest 10000 tecken"),
        ({"subject": "a" * 121}, "som mest 120 tecken"),
        ({"happened_on": "2026-11-26"}, "Den dagen har inte varit än."),
        ({"happened_on": "i går"}, "Fyll i ett giltigt datum."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_opened(client, member, team, told, why):
    with time_machine.travel(TODAY, tick=False):
        response = ask(client, **told)

    assert why in main(response)
    assert 'role="alert"' in main(response)
    assert not Case.objects.exists()


def test_where_no_unit_takes_the_kind_one_is_told_to_call(client, member):
    response = ask(client, file=SimpleUploadedFile("brev.pdf", files.PDF))

    assert "Ring oss" in main(response)
    assert not Case.objects.exists()
    assert not Document.objects.exists()


def test_the_notice_is_a_step_away_from_where_one_tells(client, member):
    assert f'href="{reverse("notice")}"' in page(client, "new_case_about", Kind.ADVICE)


@pytest.mark.parametrize("field", ["subject", "body"])
def test_a_personnummer_is_asked_about_once(client, member, team, field):
    number = numbers.test_numbers()[0]
    told = {field: f"Det gäller {number[:8]}-{number[8:]}."}

    asked = ask(client, file=SimpleUploadedFile("brev.pdf", files.PDF), **told)
    assert "Det står ett personnummer i texten." in main(asked)
    assert "Välj filen igen" in main(asked)
    assert 'type="checkbox" name="keeps_number"' in main(asked)
    assert not Case.objects.exists()
    ask(client, keeps_number="on", **told)

    assert Case.objects.get().messages.count() == 1


def test_other_numbers_are_not_asked_about(client, member, team):
    shown = page(client, "new_case_about", Kind.ADVICE)
    assert 'type="checkbox" name="keeps_number"' not in shown

    ask(client, body="Org.nr 802000-1833, telefon 0200-87 11 11.")

    assert Case.objects.exists()


# --- one case ---------------------------------------------------------------------------------


def test_the_unit_answers_and_no_employee_is_named(client, member, team, clerk):
    case = CaseFactory(member=member, team=team, handler=clerk, status="open")
    services.send_message(case, body="Skriv inte under.", by=clerk, at=timezone.now())

    shown = page(client, "my_case", case.public_id)

    assert "<strong>Rådgivningen</strong>" in shown
    assert "Skriv inte under." in shown
    assert "Vi arbetar med det" in shown
    assert "Maj Sund" not in shown


def test_each_is_told_of_the_unit_that_had_the_case_then(client, member, team, clerk):
    def at(minute):
        return TODAY + dt.timedelta(minutes=minute)

    case = services.open_case(member, kind=Kind.ADVICE, subject="Lön", at=at(0))
    services.send_message(case, body="Första", by=clerk, at=at(1))
    unit = TeamFactory(name="Förhandlarna")
    services.hand_over(case, unit, by=clerk, at=at(2), reason="Det blir en tvist om lönen")
    services.escalate(
        case, Kind.NEGOTIATION, by=clerk, at=at(3), reason="Arbetsgivaren vägrar betala ut"
    )
    services.send_message(case, body="Andra", by=clerk, at=at(4))

    shown = page(client, "my_case", case.public_id)

    told = [
        "Ärendet öppnades hos Rådgivningen.",
        "<strong>Rådgivningen</strong>",
        "Första",
        "Förhandlarna har tagit över ärendet.",
        "Ärendet har blivit ett ärende av slaget: förhandling.",
        "<strong>Förhandlarna</strong>",
        "Andra",
    ]
    assert sorted(told, key=shown.index) == told
    assert "tvist om lönen" not in shown  # reasons are written for the house


def test_notes_drafts_participants_and_the_houses_own_files_are_not_on_the_page(client, member):
    case = CaseFactory(member=member)
    NoteFactory(case=case, body="Hemlig anteckning")
    NoteFactory(case=case, body="Hemligt utkast", draft=True)
    ParticipantFactory(case=case, name="Hemlig Chef")
    own = {"is_from_member": False, "name": "hemlig.pdf"}
    DocumentFactory(case=case, **own)
    DocumentFactory(case=case, message=MessageFactory(case=case), is_privileged=True, **own)

    shown = page(client, "my_case", case.public_id)

    assert "hemlig" not in shown.lower()
    for document in Document.objects.all():
        answer = client.get(reverse("my_document", args=[document.public_id]))
        assert answer.status_code == 404


def test_a_file_that_the_unit_sent_can_be_fetched(client, member):
    case = CaseFactory(member=member)
    message = MessageFactory(case=case, is_from_member=False)
    document = DocumentFactory(case=case, message=message, is_from_member=False)

    address = reverse("my_document", args=[document.public_id])

    assert f'href="{address}"' in page(client, "my_case", case.public_id)
    assert client.get(address).content == b"%PDF-1.7 ett avtal"


def test_one_writes_and_attaches_either_or_both(client, member):
    case = CaseFactory(member=member, status="waiting")

    write(client, case, body="Mötet är på torsdag.")
    write(client, case, file=SimpleUploadedFile("kallelse.pdf", files.PDF))
    nothing = write(client, case, body=" ")

    assert [message.body for message in Message.objects.all()] == ["Mötet är på torsdag."]
    assert Document.objects.get().message is None
    assert "Skriv något eller bifoga en fil." in main(nothing)
    shown = page(client, "my_case", case.public_id)
    assert "kallelse.pdf" in shown
    assert "Vi arbetar med det" in shown  # what was waited for has come


def test_what_one_writes_is_text_and_nothing_else(client, member):
    case = CaseFactory(member=member, subject="<b>Fet</b>")

    write(client, case, body="<script>alert(1)</script>")

    shown = page(client, "my_case", case.public_id)
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>Fet" not in shown


def test_the_page_asks_as_many_questions_however_much_was_said(client, member):
    case = CaseFactory(member=member)
    DocumentFactory(case=case, message=MessageFactory(case=case))
    page(client, "my_case", case.public_id)
    with CaptureQueriesContext(connection) as few:
        page(client, "my_case", case.public_id)
    for _ in range(5):
        DocumentFactory(case=case, message=MessageFactory(case=case))
        DocumentFactory(case=case)
    with CaptureQueriesContext(connection) as many:
        page(client, "my_case", case.public_id)

    assert len(many) == len(few)


def test_three_kinds_closed_on_one_day_tell_three_days_and_their_rules(client, member):
    expected = {
        Kind.ADVICE: ("25 november 2036", "preskriptionslagen"),
        Kind.CAREER_COACHING: ("25 november 2028", "24 månader"),
        Kind.SERVICE: ("25 november 2027", "12 månader"),
    }
    for kind, (day, rule) in expected.items():
        case = CaseFactory(member=member, kind=kind, closed=TODAY.date())

        shown = page(client, "my_case", case.public_id).split("Gallras tidigast")[1]

        assert day in shown
        assert rule in shown


def test_while_no_clock_runs_the_rule_is_told_without_a_day(client, member):
    case = CaseFactory(member=member, kind=Kind.SERVICE)

    shown = page(client, "my_case", case.public_id)

    assert "tiden har inte börjat löpa" in shown
    assert "12 månader" in shown


# --- a restricted case ------------------------------------------------------------------------


@pytest.fixture
def restricted(member, team, clerk):
    case = CaseFactory(member=member, team=team, kind=Kind.SICK_PAY, subject="Hemligt")
    MessageFactory(case=case, body="Hemligt, också")
    DocumentFactory(case=case)
    until = timezone.localdate() + dt.timedelta(days=90)
    return services.restrict(
        case, "18.1.a", by=clerk, at=timezone.now(), until=until, reason="Medlemmen bestrider dem"
    )


def test_of_a_restricted_case_the_ground_and_the_day_are_told_alone(client, restricted):
    assert reverse("my_case", args=[restricted.public_id]) in page(client, "my_cases")
    shown = page(client, "my_case", restricted.public_id)

    assert "18.1 a" in shown
    assert f"till och med {restricted.restricted_until.day} " in shown
    for text in (shown, page(client, "my_cases")):
        assert "Hemligt" not in text
        assert "bestrider dem" not in text
    document = Document.objects.get()
    assert client.get(reverse("my_document", args=[document.public_id])).status_code == 404


def test_that_anothers_case_is_restricted_is_told_to_nobody(client, restricted):
    client.force_login(UserFactory())

    assert client.get(reverse("my_case", args=[restricted.public_id])).status_code == 404
    assert "Begränsat" not in page(client, "my_cases")


def test_in_a_restricted_case_nothing_is_written_or_ended(client, restricted):
    write(client, restricted, body="Mer")
    ended = client.post(reverse("end_my_case", args=[restricted.public_id]))

    restricted.refresh_from_db()
    assert Message.objects.count() == 1
    assert (ended.status_code, restricted.is_closed) == (404, False)


def test_before_a_restriction_is_lifted_the_page_tells_it(client, restricted, clerk):
    told = "Vi kommer att häva begränsningen."
    assert told not in page(client, "my_case", restricted.public_id)
    services.announce_lift(
        restricted, by=clerk, at=timezone.now(), reason="Uppgifterna är kontrollerade"
    )

    assert told in page(client, "my_case", restricted.public_id)


def test_what_was_told_of_an_earlier_restriction_says_nothing_of_the_next(
    client, restricted, clerk
):
    now = timezone.now()
    services.announce_lift(restricted, by=clerk, at=now, reason="Uppgifterna är kontrollerade")
    services.lift(restricted, by=clerk, at=now)
    later = now + dt.timedelta(seconds=1)
    services.restrict(restricted, "18.1.d", by=clerk, at=later, reason="Medlemmen har invänt")

    assert "Vi kommer att häva" not in page(client, "my_case", restricted.public_id)


# --- ending -----------------------------------------------------------------------------------


def test_who_needs_no_more_help_closes_the_case_after_reading_what_it_does(client, member):
    case = CaseFactory(member=member, kind=Kind.SERVICE)
    address = reverse("end_my_case", args=[case.public_id])

    with time_machine.travel(TODAY, tick=False):
        asked = client.get(address)
        case.refresh_from_db()
        assert "25 november 2027" in main(asked)
        assert not case.is_closed

    client.post(address)
    case.refresh_from_db()
    assert case.is_closed


def test_what_others_have_part_in_is_ended_by_the_unit(client, member):
    case = CaseFactory(member=member, kind=Kind.NEGOTIATION)
    address = reverse("end_my_case", args=[case.public_id])

    assert "En handläggare avslutar ärendet" in main(client.get(address))
    client.post(address)

    case.refresh_from_db()
    assert not case.is_closed
    assert Message.objects.get().body == "Jag behöver inte längre hjälp med det här."


def test_a_closed_case_is_read_and_not_written_in(client, member):
    case = CaseFactory(member=member, closed=TODAY.date())

    shown = page(client, "my_case", case.public_id)
    refused = write(client, case, body="En sak till")

    assert "Ärendet är avslutat." in shown
    assert "<textarea" not in shown
    assert refused.status_code == 200
    assert not Message.objects.exists()
    assert client.get(reverse("end_my_case", args=[case.public_id])).status_code == 404


# --- reading, and writing too much ------------------------------------------------------------


def test_each_page_is_logged_as_read(client, member):
    case = CaseFactory(member=member)

    page(client, "my_cases")
    page(client, "my_case", case.public_id)
    page(client, "end_my_case", case.public_id)

    rows = list(ReadLog.objects.order_by("pk").values_list("subject_id", "view"))
    pages = ["my_cases", "my_case", "end_my_case"]
    assert rows == [(member.pk, name) for name in pages]


def test_a_page_that_cannot_be_logged_is_not_shown(client, member, monkeypatch):
    case = CaseFactory(member=member, subject="Hemligt")

    def fail(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(ReadLog.objects, "bulk_create", fail)
    client.raise_request_exception = False
    response = client.get(reverse("my_case", args=[case.public_id]))

    assert response.status_code == 500
    assert "Hemligt" not in response.content.decode()


def test_a_flood_from_one_place_is_stopped(client, member, team):
    case = CaseFactory(member=member)
    answers = [write(client, case, body="Hej").status_code for _ in range(25)]

    assert answers[0] == 302
    assert answers[-1] == 429
    assert ask(client).status_code == 429
    assert Message.objects.count() < 25


def test_who_has_left_still_reads_and_writes(client, team):
    user = UserFactory(member=MemberFactory(left=dt.date(2026, 1, 31)))
    client.force_login(user)
    case = CaseFactory(member=user.member)

    write(client, case, body="Hej")

    assert "Hej" in page(client, "my_case", case.public_id)


@pytest.mark.parametrize("name", ["my_cases", "new_case"])
def test_staff_have_no_cases_of_their_own(client, clerk, name):
    client.force_login(clerk)

    assert client.get(reverse(name)).status_code == 404
