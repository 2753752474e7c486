"""Decisions about a case: what they change, what they refuse, what the trail says."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases import services
from cases.attachments import examine
from cases.kinds import KINDS, Kind
from cases.models import Case, Document, FinalNote, Note
from cases.services import CannotDo
from dsar import roles
from members.models import OutgoingMail
from tests.factories.cases import (
    CaseFactory,
    MessageFactory,
    NoteFactory,
    ParticipantFactory,
    TeamFactory,
    TeamMembershipFactory,
)
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))
DAY = NOW.date()
SOON = NOW + dt.timedelta(hours=1)
REASON = "Det behövs för att komma vidare"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def handler(team):
    return colleague(team)


def colleague(team, *names):
    user = StaffFactory(roles=names or [roles.NEGOTIATOR])
    TeamMembershipFactory(team=team, user=user)
    return user


@pytest.fixture
def case(team, handler):
    return CaseFactory(team=team, handler=handler, status="open")


def trail(case):
    return list(case.events.values_list("kind", flat=True))


# --- from the first question to the end -------------------------------------------------------


def test_a_member_opens_a_case_and_the_unit_that_takes_the_kind_gets_it(team):
    TeamFactory(kinds=["service"])
    member = MemberFactory()

    case = services.open_case(member, kind="advice", subject="  Uppsagd ", at=NOW)

    assert (case.team, case.handler, case.status) == (team, None, "new")
    assert (case.subject, case.is_opened_by_member) == ("Uppsagd", True)
    assert trail(case) == ["opened"]


@pytest.mark.parametrize("kind", [k for k in Kind if not KINDS[k].has_health])
def test_a_kind_without_health_takes_no_word_of_it(kind, team):
    with pytest.raises(CannotDo, match="hälsa"):
        services.open_case(MemberFactory(), kind=kind, subject="x", at=NOW, concerns_health=True)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "  "},
        {"kind": "service", "team": "the negotiators'"},
        {"member": "restricted"},
        {"by": "a coach"},
    ],
)
def test_a_case_that_cannot_be_is_not_opened(wrong, team):
    values = {"kind": "advice", "subject": "x", "at": NOW} | wrong
    member = MemberFactory(restricted_at=NOW if values.pop("member", None) else None)
    if "team" in wrong:
        values["team"] = TeamFactory(kinds=["advice"])
    if "by" in wrong:
        values["by"] = StaffFactory(roles=[roles.COACH])
    with pytest.raises(CannotDo):
        services.open_case(member, **values)
    assert not Case.objects.exists()


def test_without_a_unit_the_member_is_told_to_call():
    with pytest.raises(CannotDo, match="Ring"):
        services.open_case(MemberFactory(), kind="advice", subject="x", at=NOW)


def test_one_takes_what_nobody_has_and_no_more(team, handler):
    case = CaseFactory(team=team)

    services.take(case, by=handler, at=NOW)

    case.refresh_from_db()
    assert (case.handler, case.status, trail(case)) == (handler, "open", ["taken"])
    with pytest.raises(CannotDo, match="redan"):
        services.take(case, by=colleague(team), at=NOW)


def test_a_case_is_assigned_within_the_unit_to_one_whose_kind_it_is(team, case):
    other = colleague(team)
    services.assign(case, other, by=case.handler, at=NOW)
    case.refresh_from_db()
    assert case.handler == other

    for wrong in (StaffFactory(roles=[roles.NEGOTIATOR]), colleague(team, roles.COACH)):
        with pytest.raises(CannotDo):
            services.assign(case, wrong, by=other, at=NOW)


def test_a_protected_identity_is_handled_by_those_who_may(team, handler):
    case = CaseFactory(team=team, member__protected=True)
    with pytest.raises(CannotDo):
        services.take(case, by=handler, at=NOW)
    services.take(case, by=colleague(team, roles.NEGOTIATOR, roles.PROTECTED_IDENTITIES), at=NOW)


def test_a_case_handed_over_leaves_its_handler(case):
    to = TeamFactory()

    services.hand_over(case, to, by=case.handler, at=NOW, reason=REASON)

    case.refresh_from_db()
    assert (case.team, case.handler) == (to, None)
    assert case.events.get().reason == REASON
    with pytest.raises(CannotDo, match="tar inte"):
        services.hand_over(case, TeamFactory(kinds=["service"]), by=None, at=NOW, reason=REASON)


@pytest.mark.parametrize("old", Kind)
@pytest.mark.parametrize("new", Kind)
def test_cases_escalate_as_the_table_says_and_no_other_way(old, new, team):
    case = CaseFactory(kind=old, team=team)
    if new in KINDS[old].escalates_to:
        services.escalate(case, new, by=None, at=NOW, reason=REASON)
        case.refresh_from_db()
        assert case.kind == new
        event = case.events.get()
        assert (event.old_kind, event.new_kind) == (old, new)
        assert (event.old_rule, event.new_rule) == (KINDS[old].rule.code, KINDS[new].rule.code)
        assert event.reason == REASON
    else:
        with pytest.raises(CannotDo):
            services.escalate(case, new, by=None, at=NOW, reason=REASON)


def test_only_employment_escalates():
    ways = {(old, new) for old in Kind for new in KINDS[old].escalates_to}
    assert ways == {
        ("advice", "negotiation"), ("advice", "litigation"), ("negotiation", "litigation"),
    }  # fmt: skip


def test_a_unit_that_does_not_take_the_new_kind_passes_the_case_on():
    handler = StaffFactory(roles=[roles.NEGOTIATOR])
    advisers = TeamFactory(kinds=["advice"])
    negotiators = TeamFactory(kinds=["negotiation"])
    case = CaseFactory(team=advisers, handler=handler)

    services.escalate(case, "negotiation", by=handler, at=NOW, reason=REASON)

    case.refresh_from_db()
    assert (case.team, case.handler) == (negotiators, None)


@pytest.mark.parametrize("kind", Kind)
def test_a_case_closes_with_the_date_its_clock_counts_from(kind, team, handler):
    case = CaseFactory(kind=kind, team=team)
    if KINDS[kind].clock == "concluded_on":
        with pytest.raises(CannotDo, match="Ange datum"):
            services.close(case, by=handler, at=SOON)
        with pytest.raises(CannotDo, match="inte kommit"):
            services.close(case, by=handler, at=SOON, concluded_on=DAY + dt.timedelta(days=1))
    services.close(case, by=handler, at=SOON, concluded_on=DAY)

    case.refresh_from_db()
    assert case.is_closed
    assert case.counts_from == DAY


def test_a_member_closes_what_has_no_date_but_that(team):
    advice = CaseFactory(team=team)
    services.close(advice, at=SOON)
    assert not OutgoingMail.objects.exists()

    with pytest.raises(CannotDo, match="Skriv till oss"):
        services.close(CaseFactory(team=team, kind="litigation"), at=SOON, concluded_on=DAY)


def test_a_reopened_case_has_no_day_until_it_is_closed_again(team, handler):
    case = CaseFactory(kind="negotiation", closed=dt.date(2020, 1, 1), team=team)

    services.reopen(case, by=handler, at=NOW, reason=REASON)

    case.refresh_from_db()
    assert (case.status, case.concluded_on, case.erased_earliest) == ("open", None, None)
    with pytest.raises(CannotDo, match="inte avslutat"):
        services.reopen(case, by=handler, at=NOW, reason=REASON)


def test_a_closed_case_takes_no_more_than_a_reopening_and_a_note(handler):
    case = CaseFactory(closed=dt.date(2020, 1, 1))
    for step in (
        lambda: services.take(case, by=handler, at=NOW),
        lambda: services.send_message(case, body="x", at=NOW),
        lambda: services.escalate(case, "negotiation", by=handler, at=NOW, reason=REASON),
        lambda: services.close(case, by=handler, at=NOW),
        lambda: services.add_participant(case, role="hr", name="A B", by=handler),
    ):
        with pytest.raises(CannotDo, match="avslutat"):
            step()


@pytest.mark.parametrize("reason", ["", "   ", "för kort", " " * 40, "fjorton tecken"])
def test_a_reason_says_something(case, reason):
    for step in (
        lambda: services.hand_over(case, case.team, by=None, at=NOW, reason=reason),
        lambda: services.escalate(case, "negotiation", by=None, at=NOW, reason=reason),
        lambda: services.restrict(case, "18.1.a", by=None, at=NOW, reason=reason),
        lambda: services.break_glass(
            case, by=StaffFactory(roles=[roles.NEGOTIATOR]), at=NOW, reason=reason
        ),
    ):
        with pytest.raises(CannotDo, match="minst 15 tecken"):
            step()
    assert trail(case) == []


def test_waiting_ends_when_the_member_answers(case, handler):
    services.schedule(case, by=handler, at=NOW, due_on=DAY, is_waiting=True)
    case.refresh_from_db()
    assert (case.status, case.due_on) == ("waiting", DAY)

    services.send_message(case, body="Här är pappret.", at=SOON)

    case.refresh_from_db()
    assert (case.status, case.last_contact_at) == ("open", SOON)


def test_the_member_is_told_of_news_and_nothing_of_what_it_is(case, handler):
    services.send_message(case, body="Hemligt besked", by=handler, at=NOW)

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.member) == (case.member.email, case.member)
    assert "Hemligt" not in mail.subject + mail.body
    assert case.subject not in mail.subject + mail.body


# --- writing ----------------------------------------------------------------------------------


def test_names_of_participants_become_references_in_a_note(case, handler):
    services.add_participant(case, role="manager", name="Bo  Chef", by=handler)
    services.add_participant(case, role="hr", name="Ulla Berg", by=handler)

    note = services.write_note(
        case, body="Bo Chef och ulla berg kom.", channel="meeting", by=handler, at=NOW
    )

    assert note.body == "@1 och @2 kom."
    assert (note.status, note.author, note.service) == ("draft", handler, "advice")


def test_numbers_of_participants_are_each_cases_own(case, handler):
    ParticipantFactory(number=7)
    ParticipantFactory(case=case, number=3)
    assert services.add_participant(case, role="hr", name="A B", by=handler).number == 4
    with pytest.raises(CannotDo, match="namn eller"):
        services.add_participant(case, role="hr", name=" ", by=handler)
    with pytest.raises(CannotDo, match="ingen annan"):
        services.add_participant(case, role="hr", name="A", member=case.member, by=handler)


def test_a_draft_is_its_authors_until_it_is_final(case, handler, team):
    note = services.write_note(case, body="Ett", channel="phone", by=handler, at=NOW)
    with pytest.raises(CannotDo, match="Bara den som skrev"):
        services.edit_draft(note, body="Två", by=colleague(team), at=NOW)

    services.edit_draft(note, body="Två", by=handler, at=NOW)
    services.finalise(note, by=handler, at=SOON)

    note.refresh_from_db()
    assert (note.body, note.status, note.finalised_at) == ("Två", "final", SOON)
    with pytest.raises(CannotDo, match="slutlig"):
        services.edit_draft(note, body="Tre", by=handler, at=NOW)
    note.body = "Fyra"
    with pytest.raises(FinalNote):
        note.save()


def test_a_correction_is_a_note_of_its_own(case, handler):
    note = NoteFactory(case=case, body="Mötet var i mars.")

    correction = services.correct(note, body="Mötet var i april.", by=handler, at=SOON)

    note.refresh_from_db()
    assert note.body == "Mötet var i mars."
    assert (correction.corrects, correction.status) == (note, "final")
    with pytest.raises(CannotDo, match="utkast"):
        services.correct(NoteFactory(case=case, draft=True), body="x", by=handler, at=NOW)


def test_only_a_negotiation_has_minutes(case, handler):
    with pytest.raises(CannotDo, match="protokoll"):
        services.write_note(case, body="x", channel="meeting", by=handler, at=NOW, is_protocol=True)
    assert not Note.objects.exists()


def test_what_has_not_happened_is_not_noted(case, handler):
    with pytest.raises(CannotDo):
        services.write_note(case, body="x", channel="phone", by=handler, at=NOW, happened_at=SOON)
    with pytest.raises(CannotDo):
        services.record_occurrence(
            case, kind="dismissal", on=DAY + dt.timedelta(days=1), by=handler, at=NOW
        )
    ahead = DAY + dt.timedelta(days=30)
    services.record_occurrence(case, kind="employment_ended", on=ahead, by=handler, at=NOW)
    with pytest.raises(CannotDo, match="redan"):
        services.record_occurrence(case, kind="employment_ended", on=ahead, by=handler, at=NOW)


def test_an_attached_file_comes_back_as_it_was(case):
    content = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    message = MessageFactory(case=case)
    found = examine(SimpleUploadedFile("avtal.pdf", content))

    services.attach(case, found, message=message, at=NOW, is_privileged=True)

    document = Document.objects.get()
    assert (document.content(), document.name, document.size) == (
        content, "avtal.pdf", len(content),
    )  # fmt: skip
    assert (document.is_from_member, document.is_privileged) == (True, False)


# --- who else, and restriction ----------------------------------------------------------------


def test_the_broken_glass_is_told_to_lead_and_officer_without_a_word_of_the_case(case, team):
    lead = StaffFactory(roles=[roles.TEAM_LEAD])
    TeamMembershipFactory(team=team, user=lead, is_lead=True)
    officer = StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER])
    user = StaffFactory(roles=[roles.NEGOTIATOR])

    access = services.break_glass(case, by=user, at=NOW, reason=f"{case.member.name} ringer nu")

    assert access.until == NOW + dt.timedelta(minutes=60)
    assert case in Case.objects.for_user(user)
    mails = OutgoingMail.objects.all()
    assert {mail.to for mail in mails} == {lead.email, officer.email}
    for mail in mails:
        assert case.member.name not in mail.subject + mail.body
    assert trail(case) == ["glass_broken"]


def test_the_glass_is_not_broken_for_what_one_may_not_know_of():
    coach = StaffFactory(roles=[roles.COACH])
    for hidden in (CaseFactory(restricted=True), CaseFactory(member__protected=True)):
        with pytest.raises(CannotDo, match="finns inget"):
            services.break_glass(hidden, by=coach, at=NOW, reason=REASON)


def test_another_follows_up(case):
    user = StaffFactory(roles=[roles.NEGOTIATOR])
    access = services.break_glass(case, by=user, at=NOW, reason=REASON)
    with pytest.raises(CannotDo, match="Någon annan"):
        services.follow_up(access, by=user, at=NOW)

    services.follow_up(access, by=StaffFactory(), at=SOON)

    access.refresh_from_db()
    assert access.followed_up_at == SOON
    with pytest.raises(CannotDo, match="redan"):
        services.follow_up(access, by=StaffFactory(), at=SOON)


def test_a_grant_is_for_one_whose_kind_it_is_and_for_half_a_year_at_most(case, handler):
    other = StaffFactory(roles=[roles.NEGOTIATOR])
    week = NOW + dt.timedelta(days=7)
    for wrong in (
        {"user": StaffFactory(roles=[roles.COACH])},
        {"until": NOW},
        {"until": NOW + dt.timedelta(days=184)},
    ):
        values = {"user": other, "until": week} | wrong
        with pytest.raises(CannotDo):
            services.grant(case, by=handler, at=NOW, reason=REASON, **values)

    granted = services.grant(case, other, by=handler, at=NOW, until=week, reason=REASON)
    assert case in Case.objects.for_user(other)

    services.end_grant(granted, by=handler, at=NOW + dt.timedelta(seconds=1))
    with time_machine.travel(SOON):
        assert case not in Case.objects.for_user(other)


def test_a_restricted_case_takes_nothing_and_is_lifted_when_its_person_has_been_told(case):
    handler = case.handler
    services.restrict(case, "18.1.a", by=handler, at=NOW, reason=REASON)
    assert case not in Case.objects.for_user(handler)
    for step in (
        lambda: services.send_message(case, body="x", at=NOW),
        lambda: services.write_note(case, body="x", channel="phone", by=handler, at=NOW),
        lambda: services.close(case, by=handler, at=NOW),
        lambda: services.restrict(case, "18.1.b", by=handler, at=NOW, reason=REASON),
    ):
        with pytest.raises(CannotDo, match="begränsat"):
            step()

    with pytest.raises(CannotDo, match="först"):
        services.lift(case, by=handler, at=NOW)
    before = OutgoingMail.objects.count()
    services.announce_lift(case, by=handler, at=SOON, reason=REASON)
    assert OutgoingMail.objects.count() == before + 1
    services.lift(case, by=handler, at=SOON)

    assert case in Case.objects.for_user(handler)
    assert trail(case) == ["restricted", "lift_announced", "lifted"]


def test_an_erasure_that_waits_needs_its_day_and_is_not_lifted(case):
    with pytest.raises(CannotDo, match="dag"):
        services.restrict(case, "erasure", by=None, at=NOW, reason=REASON)
    with pytest.raises(CannotDo, match="framtiden"):
        services.restrict(case, "erasure", by=None, at=NOW, reason=REASON, until=DAY)
    services.restrict(
        case, "erasure", by=None, at=NOW, reason=REASON, until=DAY + dt.timedelta(days=1)
    )
    with pytest.raises(CannotDo, match="raderingen"):
        services.announce_lift(case, by=None, at=NOW, reason=REASON)


@pytest.mark.parametrize(("day", "is_near"), [(22, False), (23, True)])
def test_a_case_is_reviewed_in_its_last_half_year(day, is_near, handler):
    case = CaseFactory(kind="sick_pay", closed=dt.date(2026, 11, 23))
    at = timezone.make_aware(dt.datetime(2036, 5, day, 12))
    if not is_near:
        with pytest.raises(CannotDo, match="sex månader"):
            services.mark_reviewed(case, by=handler, at=at)
        return
    services.mark_reviewed(case, by=handler, at=at)
    case.refresh_from_db()
    assert case.erasure_reviewed_at == at


def test_only_what_is_reviewed_can_be(handler):
    for case in (CaseFactory(closed=DAY), CaseFactory(kind="sick_pay")):
        with pytest.raises(CannotDo, match="granskas"):
            services.mark_reviewed(case, by=handler, at=NOW)
