"""The staff's side of a case, through HTTP: each verb once right and once wrong."""

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
from cases.admin.verbs import VERBS, PartVerb
from cases.kinds import KINDS, Kind
from cases.models import Case, CaseDisclosure, Document, Grant, Message, Note, Participant
from dsar import roles
from members.demo import numbers
from members.models import OutgoingMail, ReadLog
from tests.cases import files
from tests.factories.cases import (
    CaseDisclosureFactory,
    CaseFactory,
    DocumentFactory,
    GrantFactory,
    MessageFactory,
    NoteFactory,
    OccurrenceFactory,
    ParticipantFactory,
    TeamFactory,
    TeamMembershipFactory,
)
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))
TODAY = NOW.date()
REASON = "Det behövs för att komma vidare"
SHORT = "För kort"
TOO_SHORT = "Skriv minst 15 tecken."
NUMBER = numbers.test_numbers()[0]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team():
    return TeamFactory(name="Rådgivningen")


def colleague(team, *names, name="Fia Ström"):
    user = StaffFactory(roles=names or [roles.NEGOTIATOR], name=name)
    TeamMembershipFactory(team=team, user=user)
    return user


@pytest.fixture
def handler(client, team):
    user = colleague(team)
    client.force_login(user)
    return user


@pytest.fixture
def case(team, handler):
    return CaseFactory(team=team, handler=handler, status="open")


def address(verb, case, part=None):
    return reverse(f"admin:cases_case_{verb}", args=[case.pk, *([part.pk] if part else [])])


def page(client, case):
    response = client.get(address("change", case))
    assert response.status_code == 200
    return response.text


def do(client, verb, case, part=None, **values):
    """Open the verb's page, send it, and give what is shown then."""
    where = address(verb, case, part)
    assert client.get(where).status_code == 200
    response = client.post(where, values, follow=True)
    case.refresh_from_db()
    return response.text


# --- the page ---------------------------------------------------------------------------------


def test_the_page_has_the_facts_and_everything_said_with_names_and_strategy_marked(
    client, case, handler
):
    Case.objects.filter(pk=case.pk).update(due_on=TODAY + dt.timedelta(days=3))
    ParticipantFactory(case=case, number=2, name="Gunnel Törnqvist")
    NoteFactory(case=case, body="@2 var med. [[Vi bluffar.]] Slut.", author=handler)
    MessageFactory(case=case, body="Hjälp mig")
    OccurrenceFactory(case=case, kind="dismissal", on=TODAY - dt.timedelta(days=12))
    DocumentFactory(case=case)

    text = page(client, case)

    assert "@2 (Gunnel Törnqvist) var med." in text
    assert '<mark class="privileged"><strong>Rättslig strategi:</strong> Vi bluffar.</mark>' in text
    assert "Hjälp mig" in text
    assert "anställningsavtal.pdf" in text
    assert "Rådgivningen" in text
    assert '<span class="tag soon">3 dagar</span>' in text
    assert "Gallras tidigast" in text
    assert "10 år efter" in text
    assert "inom en vecka" in text
    assert "LAS 40 §" in text
    assert "2026-11-25" in text
    assert ReadLog.objects.filter(subject_id=case.member_id, actor_id=handler.pk).exists()


def test_the_page_takes_as_many_queries_for_much_as_for_little(client, case):
    def fill():
        note = NoteFactory(case=case)
        NoteFactory(case=case, corrects=note)
        DocumentFactory(case=case, message=MessageFactory(case=case))
        DocumentFactory(case=case)
        ParticipantFactory(case=case, member=MemberFactory())
        OccurrenceFactory(case=case, on=TODAY - dt.timedelta(days=Note.objects.count()))
        GrantFactory(case=case)
        CaseDisclosureFactory(case=case)

    fill()
    page(client, case)
    with CaptureQueriesContext(connection) as for_little:
        page(client, case)
    for _ in range(4):
        fill()
    with CaptureQueriesContext(connection) as for_much:
        page(client, case)

    assert len(for_much) == len(for_little)


def test_another_roles_case_is_answered_as_one_that_does_not_exist_and_the_attempt_is_kept(
    client, handler
):
    hidden = CaseFactory(subject="Hemligt ärende")

    answers = [
        client.get(reverse("admin:cases_case_change", args=[key]), follow=True)
        for key in (hidden.pk, 10**9)
    ]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert "Hemligt ärende" not in answers[0].text
    assert all("Det finns inget sådant ärende" in answer.text for answer in answers)
    [row] = ReadLog.objects.filter(actor_id=handler.pk, subject_id=hidden.member_id)
    assert row.purpose == "försökte öppna ett ärende utan behörighet; inget visades"


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_reaches_a_case_of_others(client, handler, verb):
    hidden = CaseFactory(member=MemberFactory(family_name="Gömd"), subject="Hemligt ärende")
    part = [1] if isinstance(VERBS[verb], PartVerb) else []

    for method in (client.get, client.post):
        response = method(reverse(f"admin:cases_case_{verb}", args=[hidden.pk, *part]))
        assert response.status_code in (302, 403)

    assert not hidden.events.exists()


def test_the_part_of_another_case_is_not_reached_through_ones_own(client, case):
    note = NoteFactory(body="Hemlig anteckning")

    response = client.get(address("correct", case, note), follow=True)

    assert "Hemlig anteckning" not in response.text
    assert "Det finns inget sådant ärende" in response.text


def test_markup_in_a_note_is_shown_and_not_obeyed(client, case):
    NoteFactory(case=case, body="<script>alert(1)</script> [[<b>x</b>]]")

    text = page(client, case)

    assert "&lt;script&gt;alert(1)" in text
    assert "<b>x</b>" not in text
    assert "alert(1)</script>" not in text


# --- work -------------------------------------------------------------------------------------


def test_take(client, team, handler):
    case = CaseFactory(team=team)
    assert address("take", case) in page(client, case)

    do(client, "take", case)

    assert (case.handler, case.status) == (handler, "open")
    assert "redan" in do(client, "take", case)


def test_assign_offers_only_those_of_the_unit_whose_kind_it_is(client, case, team):
    lead = colleague(team, roles.NEGOTIATOR, roles.TEAM_LEAD, name="Eva Rång")
    client.force_login(lead)
    other = colleague(team, name="Vera Vald")
    colleague(team, roles.COACH, name="Cai Coach")
    colleague(TeamFactory(), name="Annan Enhet")
    StaffFactory(roles=[roles.NEGOTIATOR], name="Utan Enhet")
    gone = colleague(team, name="Har Slutat")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    text = client.get(address("assign", case)).text
    assert "Vera Vald" in text
    for name in ("Cai Coach", "Annan Enhet", "Utan Enhet", "Har Slutat"):
        assert name not in text
    do(client, "assign", case, handler=other.pk)
    assert case.handler == other
    assert "Välj ett giltigt alternativ" in do(client, "assign", case, handler=gone.pk)
    assert case.handler == other


def test_a_protected_identity_is_assigned_only_to_those_who_handle_them(client, team):
    names = (roles.NEGOTIATOR, roles.TEAM_LEAD, roles.PROTECTED_IDENTITIES)
    client.force_login(colleague(team, *names, name="Eva Rång"))
    colleague(team, name="Vera Vald")
    case = CaseFactory(team=team, member__protected=True)

    text = client.get(address("assign", case)).text

    assert "Vera Vald" not in text
    assert "Eva Rång" in text


def test_assigning_is_for_leads(client, case):
    assert client.get(address("assign", case)).status_code == 403
    assert address("assign", case) not in page(client, case)


def test_hand_over_to_another_unit_and_back_to_ones_own_inbox(client, case):
    unit = TeamFactory(name="Förhandlarna")
    theirs = colleague(unit, name="Vera Vald")
    TeamFactory(name="Coachningen", kinds=["career_coaching"])
    text = client.get(address("hand_over", case)).text
    assert "Förhandlarna" in text
    assert "Coachningen" not in text

    assert TOO_SHORT in do(client, "hand_over", case, team=unit.pk, reason=SHORT)
    mine = {"team": case.team.pk, "handler": theirs.pk, "reason": REASON}
    assert "finns inte i den enheten" in do(client, "hand_over", case, **mine)
    shown = do(client, "hand_over", case, team=unit.pk, handler=theirs.pk, reason=REASON)

    assert (case.team, case.handler) == (unit, theirs)
    assert "Ärendet är överlämnat." in shown
    assert not ReadLog.objects.filter(purpose__startswith="försökte").exists()


def test_schedule(client, case):
    do(client, "schedule", case, due_on="2026-12-01", is_waiting="on")

    assert (case.due_on, case.status) == (dt.date(2026, 12, 1), "waiting")
    assert "giltigt datum" in do(client, "schedule", case, due_on="i morgon")


def test_escalate(client, case):
    assert TOO_SHORT in do(client, "escalate", case, to="negotiation", reason=SHORT)
    wrong = do(client, "escalate", case, to="service", reason=REASON)
    assert "Välj ett giltigt alternativ" in wrong
    shown = do(client, "escalate", case, to="negotiation", reason=REASON)

    assert case.kind == "negotiation"
    assert "från rådgivning om anställningen (R6) till förhandling (R8)" in shown
    assert REASON in shown


def test_close_asks_for_the_date_that_the_kinds_clock_needs_and_reopen(client, case):
    Case.objects.filter(pk=case.pk).update(kind="negotiation")
    assert "Detta fält måste fyllas i" in do(client, "close", case)
    assert "Dagen har inte kommit än." in do(client, "close", case, concluded_on="2026-11-24")
    shown = do(client, "close", case, concluded_on="2026-11-20")

    assert case.status == "closed"
    assert "2036-11-20" in shown
    assert TOO_SHORT in do(client, "reopen", case, reason=SHORT)
    do(client, "reopen", case, reason=REASON)
    assert case.status == "open"


# --- writing ----------------------------------------------------------------------------------


def a_note(**values):
    note = {"channel": "phone", "happened_at_0": "2026-11-23", "happened_at_1": "11:30"}
    return note | {"body": "Pratade om omplacering."} | values


def test_a_note_names_participants_by_number_and_offers_them(client, case):
    ParticipantFactory(case=case, number=1, name="Bo Chef")
    where = address("note", case)
    text = client.get(where).text
    assert "data-mentions" in text
    assert "mentions.js" in text
    assert "<strong>@1</strong> Bo Chef" in text

    shown = do(client, "note", case, **a_note(body="Bo Chef ringde."))

    note = Note.objects.get()
    assert (note.body, note.status) == ("@1 ringde.", "draft")
    assert note.at == NOW - dt.timedelta(minutes=30)
    assert "@1 (Bo Chef) ringde." in shown


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"body": " "}, "Detta fält måste fyllas i"),
        ({"happened_at_0": "2026-11-24"}, "Tiden har inte"),
        ({"channel": "brevduva"}, "Välj ett giltigt alternativ"),
    ],
)
def test_a_note_that_is_wrong_is_told_why(client, case, values, why):
    assert why in do(client, "note", case, **a_note(**values))
    assert not Note.objects.exists()


def test_only_a_negotiation_has_minutes(client, case):
    assert "is_protocol" not in client.get(address("note", case)).text
    do(client, "note", case, **a_note(is_protocol="on"))
    assert not Note.objects.get().is_protocol

    Case.objects.filter(pk=case.pk).update(kind="negotiation")
    assert "is_protocol" in client.get(address("note", case)).text


def test_a_personnummer_is_asked_about_and_may_be_kept(client, case):
    body = f"Kollegan har {NUMBER[:8]}-{NUMBER[8:]}."

    shown = do(client, "note", case, **a_note(body=body))
    assert "Det står ett personnummer i texten." in shown
    assert 'type="checkbox" name="keeps_number"' in shown
    assert not Note.objects.exists()
    do(client, "note", case, **a_note(body=body, keeps_number="on"))

    assert Note.objects.get().body == body


def test_a_draft_goes_on_becomes_final_and_is_corrected(client, case, handler, team):
    draft = NoteFactory(case=case, author=handler, draft=True, body="Första")
    do(client, "edit_draft", case, draft, body="Andra")
    do(client, "finalise", case, draft)
    draft.refresh_from_db()
    assert (draft.body, draft.status) == ("Andra", "final")

    assert "är slutlig" in do(client, "edit_draft", case, draft, body="Tredje")
    shown = do(client, "correct", case, draft, body="Rättad")
    assert "rättar anteckningen" in shown
    assert "rättad 2026-11-23" in shown
    assert "Andra" in shown

    theirs = NoteFactory(case=case, author=colleague(team), draft=True)
    assert "Bara den som skrev" in do(client, "finalise", case, theirs)
    assert "Ett utkast" in do(client, "correct", case, theirs, body="x")


def test_a_message_goes_to_the_member_with_its_file(client, case):
    letter = SimpleUploadedFile("avtal.pdf", files.PDF)
    shown = do(client, "message", case, body="Skriv inte under.", file=letter)

    assert (Message.objects.get().body, Document.objects.get().name) == (
        "Skriv inte under.",
        "avtal.pdf",
    )
    assert Document.objects.get().message == Message.objects.get()
    assert "Skickat." in shown
    assert OutgoingMail.objects.get().to == case.member.email
    assert "Detta fält måste fyllas i" in do(client, "message", case, body="")
    number = do(client, "message", case, body=f"Hans nummer är {NUMBER}")
    assert "Det står ett personnummer i texten." in number
    assert Message.objects.count() == 1


def test_a_file_is_attached_by_its_content_and_fetched_as_a_download(client, case, handler):
    letter = SimpleUploadedFile("strategi.pdf", files.PDF)
    do(client, "attach", case, file=letter, is_privileged="on")
    document = Document.objects.get()
    assert document.is_privileged

    where = address("document", case, document)
    assert where in page(client, case)
    fetched = client.get(where)
    assert fetched.content == files.PDF
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert ReadLog.objects.filter(view="admin:cases_case_document").exists()

    wrong = SimpleUploadedFile("bild.pdf", b"<html>")
    assert "errorlist" in do(client, "attach", case, file=wrong)
    assert Document.objects.count() == 1


def test_participants_are_added_and_changed(client, case):
    member = MemberFactory()
    who = {"role": "manager", "name": "Bo  Chef", "member": member.member_number}
    do(client, "participant", case, **who)
    participant = Participant.objects.get()
    assert (participant.number, participant.name, participant.member) == (1, "Bo Chef", member)

    changed = {"role": "hr", "name": "Bo Chefsson", "member": ""}
    do(client, "edit_participant", case, participant, **changed)
    participant.refresh_from_db()
    assert (participant.role, participant.name, participant.member) == ("hr", "Bo Chefsson", None)

    assert "Ange ett namn eller" in do(client, "participant", case, role="hr")
    unknown = do(client, "participant", case, role="hr", name="X", member="99")
    assert "Det finns ingen medlem" in unknown
    hers = do(client, "participant", case, role="hr", name="X", member=case.member.member_number)
    assert "ingen annan person" in hers


def test_a_link_to_a_member_whom_one_may_not_see_stays_as_it_is(client, case):
    hidden = MemberFactory(protected=True)
    participant = ParticipantFactory(case=case, member=hidden)
    where = address("edit_participant", case, participant)
    assert str(hidden.member_number) not in client.get(where).text

    do(client, "edit_participant", case, participant, role="hr", name="Bo Chefsson")

    participant.refresh_from_db()
    assert (participant.name, participant.member) == ("Bo Chefsson", hidden)


def test_a_recorded_date_gives_last_days(client, case):
    shown = do(client, "occurrence", case, kind="dismissal", on="2026-11-20")
    assert "2026-12-04" in shown

    assert "Dagen har inte kommit än." in do(
        client, "occurrence", case, kind="event", on="2026-11-24"
    )
    again = do(client, "occurrence", case, kind="dismissal", on="2026-11-20")
    assert "är redan registrerat" in again


# --- who else sees it, what protects it, what leaves ------------------------------------------


@pytest.fixture
def lead(client, team, case):
    user = colleague(team, roles.NEGOTIATOR, roles.TEAM_LEAD, name="Eva Rång")
    client.force_login(user)
    return user


def test_access_is_granted_to_one_whose_kind_it_is_until_the_end_of_a_day(client, case, lead):
    other = StaffFactory(roles=[roles.NEGOTIATOR], name="Vera Vikarie")
    StaffFactory(roles=[roles.COACH], name="Cai Coach")
    assert "Cai Coach" not in client.get(address("grant", case)).text

    asked = {"user": other.pk, "until": "2026-11-30", "reason": REASON}
    do(client, "grant", case, **asked)
    granted = Grant.objects.get()
    assert granted.until == timezone.make_aware(dt.datetime(2026, 12, 1))
    assert Case.objects.for_user(other).get() == case
    assert "inom ett halvår" in do(client, "grant", case, **asked | {"until": "2027-11-30"})

    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        do(client, "end_grant", case, granted)
        assert not Case.objects.for_user(other).exists()


def test_a_case_is_restricted_announced_and_lifted_through_the_broken_glass(client, case):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    open_in_emergency(client, case)
    asked = {"ground": "18.1.a", "reason": REASON}
    assert "måste ligga i framtiden" in do(client, "restrict", case, **asked, until="2026-11-23")
    do(client, "restrict", case, **asked, until="2026-12-24")
    assert case.is_restricted
    assert "Begränsat:" in page(client, case)

    assert "Underrätta medlemmen först" in do(client, "lift", case)
    do(client, "announce_lift", case, reason=REASON)
    do(client, "lift", case)
    assert not case.is_restricted


def test_a_case_is_reviewed_in_its_last_half_year(client, team):
    client.force_login(colleague(team, roles.SOCIAL_INSURANCE))
    late = CaseFactory(team=team, kind="sick_pay", closed=dt.date(2017, 5, 23))
    early = CaseFactory(team=team, kind="sick_pay", closed=dt.date(2017, 5, 24))
    assert address("review", late) in page(client, late)
    assert address("review", early) not in page(client, early)

    do(client, "review", late)
    assert late.erasure_reviewed_at
    assert "sista sex månader" in do(client, "review", early)
    assert not early.erasure_reviewed_at


def what_is_disclosed(**values):
    told = {"data": "Namn och yrkanden", "necessity": REASON, "country": "SE"}
    return told | {"basis": "6.1.b", "condition": "9.2.f"} | values


def test_data_are_disclosed_to_somebody_in_the_case(client, case):
    employer = ParticipantFactory(case=case, role="employer", organisation="Verkstaden AB")
    witness = ParticipantFactory(case=case, role="witness", name="Vittnet Vera")
    document = DocumentFactory(case=case)
    DocumentFactory(case=case, name="strategi.pdf", is_from_member=False, is_privileged=True)
    text = client.get(address("disclose", case)).text
    assert "Vittnet Vera" not in text
    assert "strategi.pdf" not in text

    to = what_is_disclosed(to=employer.pk, documents=[document.pk])
    wrong = do(client, "disclose", case, **to | {"country": "US"})
    assert "skyddsåtgärd" in wrong
    assert TOO_SHORT in do(client, "disclose", case, **to | {"necessity": SHORT})
    assert "giltigt alternativ" in do(client, "disclose", case, **to | {"to": witness.pk})
    assert not CaseDisclosure.objects.exists()
    shown = do(client, "disclose", case, **to)

    assert CaseDisclosure.objects.get().documents == [document.pk]
    assert "Verkstaden AB" in shown


def test_a_protected_persons_data_leave_when_a_second_person_has_approved(client, team):
    both = (roles.NEGOTIATOR, roles.TEAM_LEAD, roles.PROTECTED_IDENTITIES)
    first, second = colleague(team, *both), colleague(team, *both)
    case = CaseFactory(team=team, handler=first, member__protected=True)
    employer = ParticipantFactory(case=case, role="employer")
    client.force_login(first)
    shown = do(client, "disclose", case, **what_is_disclosed(to=employer.pk))
    disclosure = CaseDisclosure.objects.get()
    assert "väntar på en andra person" in shown
    assert disclosure.disclosed_at is None
    assert "Någon annan måste" in do(client, "approve_disclosure", case, disclosure)

    client.force_login(second)
    do(client, "approve_disclosure", case, disclosure)
    disclosure.refresh_from_db()
    assert disclosure.recipient_name == "Verkstaden AB"


def test_the_legal_hold_is_a_link_for_those_who_may_set_one(client, case):
    link = f"/admin/dsar/legalhold/add/?model=cases.Case&amp;record={case.pk}"
    assert link not in page(client, case)

    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    open_in_emergency(client, case)
    assert link in page(client, case)


# --- in an emergency --------------------------------------------------------------------------

EMERGENCY = "/admin/cases/case/emergency/"


def open_in_emergency(client, case, reason="Domstolen ringer och handläggaren är sjuk"):
    return client.post(EMERGENCY, {"number": case.pk, "reason": reason}, follow=True)


def test_the_glass_is_broken_for_sixty_minutes_with_a_reason(client, handler):
    lead = StaffFactory()
    case = CaseFactory(subject="Hemligt ärende")
    TeamMembershipFactory(team=case.team, user=lead, is_lead=True)
    officer = StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER])

    assert TOO_SHORT in open_in_emergency(client, case, SHORT).text
    assert not OutgoingMail.objects.exists()
    shown = open_in_emergency(client, case).text

    assert "Hemligt ärende" in shown
    assert "till kl. 13:00" in shown
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {lead.email, officer.email}
    where = address("change", case)
    with time_machine.travel(NOW + dt.timedelta(minutes=59, seconds=59), tick=False):
        assert client.get(where).status_code == 200
    with time_machine.travel(NOW + dt.timedelta(minutes=60), tick=False):
        assert client.get(where).status_code == 302


def test_behind_the_glass_one_reads_what_is_not_ones_kind_and_does_not_write(client):
    client.force_login(StaffFactory(roles=[roles.COACH]))
    case = CaseFactory()
    open_in_emergency(client, case)

    assert client.get(address("change", case)).status_code == 200
    assert client.get(address("note", case)).status_code == 403
    assert client.post(address("take", case)).status_code == 403


@pytest.mark.parametrize("hidden", [{"member__protected": True}, {"restricted": True}])
def test_what_one_cannot_reach_even_so_is_answered_as_absent(client, handler, hidden):
    case = CaseFactory(subject="Hemligt ärende", **hidden)
    absent = Case(pk=10**9)

    answers = [open_in_emergency(client, one).text for one in (case, absent)]

    for answer in answers:
        assert "Det finns inget sådant ärende." in answer
        assert "Hemligt ärende" not in answer
    assert not case.emergencies.exists()
    assert ReadLog.objects.filter(subject_id=case.member_id).count() == 1


def test_the_officer_reads_a_restricted_case_with_a_reason(client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    case = CaseFactory(subject="Begränsat ärende", restricted=True)
    NoteFactory(case=case, body="Det som bestrids")
    assert client.get(address("change", case)).status_code == 302

    open_in_emergency(client, case)

    assert "Det som bestrids" in page(client, case)


def test_the_lead_and_the_officer_follow_it_up_and_the_one_who_did_it_does_not(client, handler):
    case = CaseFactory()
    names = [roles.NEGOTIATOR, roles.TEAM_LEAD]
    lead, stranger = StaffFactory(roles=names), StaffFactory(roles=names)
    TeamMembershipFactory(team=case.team, user=lead, is_lead=True)
    access = services.break_glass(case, by=stranger, at=NOW, reason=REASON)
    follow_up = reverse("admin:cases_emergencyaccess_follow_up", args=[access.pk])

    client.force_login(stranger)
    assert "Någon annan måste" in client.post(follow_up).text
    client.force_login(colleague(TeamFactory(), *names))
    assert client.get(follow_up).status_code == 302
    client.force_login(lead)
    desk = client.get("/admin/").text
    assert reverse("admin:cases_emergencyaccess_change", args=[access.pk]) in desk
    assert REASON in client.get(follow_up.replace("follow_up", "change")).text
    client.post(follow_up)

    access.refresh_from_db()
    assert access.followed_up_by == lead
    assert "redan" in client.post(follow_up).text
    listed = client.get("/admin/cases/emergencyaccess/?followed=waiting")
    assert not listed.context["cl"].result_list


# --- opening one ------------------------------------------------------------------------------


def new(client, kind, **values):
    told = {"subject": "Omplacering"} | values
    return client.post(f"/admin/cases/case/add/?kind={kind}", told, follow=True)


def test_a_case_is_opened_for_a_member_by_her_number(client, handler, team):
    member = MemberFactory()
    assert "?kind=advice" in client.get("/admin/cases/case/add/").text
    assert "?kind=service" not in client.get("/admin/cases/case/add/").text

    shown = new(client, "advice", member=member.member_number, due_on="2026-12-01").text

    case = Case.objects.get()
    assert (case.member, case.kind, case.team) == (member, "advice", team)
    assert (case.is_opened_by_member, case.due_on) == (False, dt.date(2026, 12, 1))
    assert "Ärendet är öppnat." in shown


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"member": "77"}, "Det finns ingen medlem med det numret"),
        ({"member": ""}, "Detta fält måste fyllas i"),
        ({"subject": ""}, "Detta fält måste fyllas i"),
        ({"subject": f"Om {NUMBER}"}, "Det står ett personnummer i texten."),
    ],
)
def test_a_case_that_is_wrong_is_told_why(client, handler, values, why):
    told = {"member": MemberFactory().member_number} | values
    assert why in new(client, "advice", **told).text
    assert not Case.objects.exists()


def test_a_case_of_anothers_kind_is_not_opened(client, handler, team):
    new(client, "service", member=MemberFactory().member_number)
    assert not Case.objects.exists()


@pytest.mark.parametrize("kind", Kind)
def test_only_a_kind_that_needs_it_has_a_field_for_health(client, kind, team):
    client.force_login(StaffFactory(is_superuser=True))
    text = client.get(f"/admin/cases/case/add/?kind={kind}").text

    assert ("concerns_health" in text) == KINDS[kind].has_health
    new(client, kind, member=MemberFactory().member_number, concerns_health="on")
    assert Case.objects.get().concerns_health == KINDS[kind].has_health


def test_the_history_tells_of_changes_in_words(client, team):
    handler = colleague(team, roles.SOCIAL_INSURANCE)
    case = CaseFactory(team=team, handler=handler, kind=Kind.SICK_PAY, status="open")
    case.handler, case.kind, case.status = None, Kind.WORK_INJURY, "new"
    case.save()
    client.force_login(handler)

    text = client.get(address("history", case)).text

    assert f"<h1>Historik: {case}</h1>" in text
    assert set(re.findall(r"<del>(.*?)</del> → <ins>(.*?)</ins>", text)) == {
        ("Fia Ström", "–"),
        ("sjukpenning", "arbetsskada"),
        ("pågår", "nytt"),
    }
