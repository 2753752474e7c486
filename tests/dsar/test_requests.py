"""A request from receipt to answer: each decision once, in order, and with what the law asks."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from dsar import erasure, letters, requests
from dsar.models import AccessPackage, NoticeVersion, SubjectRequest
from dsar.requests import CannotDo
from members.models import Member, OutgoingMail
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

Kind, Status, Channel = SubjectRequest.Kind, SubjectRequest.Status, SubjectRequest.Channel
Identification = SubjectRequest.Identification
#: A Thursday: the answer is due on Sunday 5 April, Easter Day, and on Tuesday 7 at the latest.
RECEIVED = timezone.make_aware(dt.datetime(2026, 3, 5, 23, 50))
LAST_DAY = timezone.make_aware(dt.datetime(2026, 4, 7, 23, 59))


@pytest.fixture
def by():
    return StaffFactory()


def received(kind=Kind.ERASURE, **fields):
    fields = {"received_at": RECEIVED} | fields
    return SubjectRequestFactory(kind=kind, **fields)


def unknown(kind=Kind.ERASURE):
    return received(kind, member=None, channel=Channel.FORM, identification=Identification.NONE)


# --- receipt ----------------------------------------------------------------------------------


def test_the_clock_starts_on_the_swedish_day_of_receipt():
    asked = received()

    assert asked.received_on == dt.date(2026, 3, 5)  # in UTC it is the 5th, too …
    assert asked.due_on == dt.date(2026, 4, 5)
    assert asked.last_day == dt.date(2026, 4, 7)
    after_midnight = received(received_at=RECEIVED + dt.timedelta(minutes=20))
    assert after_midnight.received_on == dt.date(2026, 3, 6)  # … and here still the 5th


@pytest.mark.parametrize(("day", "left"), [(5, 31), (31, 5)])
def test_days_left_are_counted_to_the_planned_day(day, left):
    assert received().days_left(dt.date(2026, 3, day)) == left


def test_a_request_names_the_notice_that_its_sender_could_read():
    text = "<p>Så behandlar vi uppgifter.</p>"
    for version, day in (("1", dt.date(2026, 1, 1)), ("2", dt.date(2026, 3, 6))):
        NoticeVersion.objects.create(
            version=version,
            language="sv",
            valid_from=day,
            text=text,
            sha256=NoticeVersion.hash_of(text),
        )

    asked = requests.receive(kind=Kind.OBJECTION, channel=Channel.FORM, at=RECEIVED)

    assert asked.notice_version == "1"


def test_the_same_cannot_be_asked_twice_at_once():
    member = received().member

    with pytest.raises(CannotDo, match="Det finns redan en"):
        requests.receive(kind=Kind.ERASURE, channel=Channel.PHONE, member=member, at=RECEIVED)

    assert SubjectRequest.objects.count() == 1


def test_other_rights_can_be_used_meanwhile_and_the_same_one_again_afterwards(by):
    first = received()
    requests.receive(kind=Kind.OBJECTION, channel=Channel.PHONE, member=first.member, at=RECEIVED)
    requests.refuse(first, reason="Uppgifterna behövs.", by=by, at=RECEIVED)

    requests.receive(kind=Kind.ERASURE, channel=Channel.PHONE, member=first.member, at=RECEIVED)

    assert SubjectRequest.objects.open().count() == 2


def test_strangers_can_all_ask_at_once():
    unknown()

    requests.receive(kind=Kind.ERASURE, channel=Channel.FORM, at=RECEIVED)

    assert SubjectRequest.objects.open().count() == 2


# --- data are handed out at once to whoever is logged in ---------------------------------------


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.PORTABILITY])
def test_a_logged_in_member_gets_her_data_without_waiting(kind, django_capture_on_commit_callbacks):
    member = MemberFactory()

    with django_capture_on_commit_callbacks(execute=True):
        asked = requests.receive(
            kind=kind,
            channel=Channel.MY_PAGES,
            member=member,
            identification=Identification.LOGGED_IN,
            at=RECEIVED,
        )

    asked.refresh_from_db()
    assert asked.status == Status.ANSWERED
    assert AccessPackage.objects.get().request == asked
    mail = OutgoingMail.objects.get()
    assert mail.to == member.email
    assert member.given_names not in mail.subject + mail.body


def test_nobody_gets_data_before_she_is_identified(by, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = requests.receive(
            kind=Kind.ACCESS, channel=Channel.PHONE, member=MemberFactory(), at=RECEIVED
        )

    assert asked.status == Status.RECEIVED
    with pytest.raises(CannotDo, match="Identifiera personen"):
        requests.approve(asked, by=by, at=RECEIVED)
    assert not AccessPackage.objects.exists()


def test_whoever_was_identified_by_telephone_gets_them_on_approval(
    by, django_capture_on_commit_callbacks
):
    asked, member = unknown(Kind.ACCESS), MemberFactory()
    requests.identify(asked, how=Identification.CALL_BACK, member=member, by=by, at=RECEIVED)

    with django_capture_on_commit_callbacks(execute=True):
        requests.approve(asked, by=by, at=RECEIVED)

    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == (Status.ANSWERED, by)
    assert AccessPackage.objects.get().member == member


# --- identity ---------------------------------------------------------------------------------


def test_how_someone_was_identified_has_to_be_told(by):
    with pytest.raises(CannotDo, match="hur personen har identifierats"):
        requests.identify(unknown(), how="", member=MemberFactory(), by=by, at=RECEIVED)


def test_who_has_asked_already_is_not_given_a_second_request(by):
    first, second = received(), unknown()

    with pytest.raises(CannotDo, match="Det finns redan en"):
        requests.identify(
            second, how=Identification.CALL_BACK, member=first.member, by=by, at=RECEIVED
        )

    second.refresh_from_db()
    assert second.member is None


def test_the_database_refuses_an_answer_to_someone_unknown():
    with pytest.raises(IntegrityError, match="request_decided_by_someone_identified"):
        SubjectRequest.objects.filter(pk=unknown().pk).update(status=Status.APPROVED)


# --- more time --------------------------------------------------------------------------------


def test_an_extension_gives_three_months_from_receipt(by):
    asked = received()

    requests.extend(asked, reason="Många ärenden.", by=by, at=RECEIVED)

    asked.refresh_from_db()
    assert asked.due_on == dt.date(2026, 6, 5)
    assert "Många ärenden." in letters.letter_for(asked)


def test_the_extension_is_told_within_the_first_month(by):
    asked = received()

    with pytest.raises(CannotDo, match="Den första månaden"):
        requests.extend(asked, reason="Sent.", by=by, at=LAST_DAY + dt.timedelta(minutes=1))
    requests.extend(asked, reason="I tid.", by=by, at=LAST_DAY)

    asked.refresh_from_db()
    assert asked.extended_at == LAST_DAY


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_extension_needs_its_reason(reason, by):
    with pytest.raises(CannotDo, match="skäl"):
        requests.extend(received(), reason=reason, by=by, at=RECEIVED)


def test_the_time_is_extended_once(by):
    asked = received()
    requests.extend(asked, reason="Många ärenden.", by=by, at=RECEIVED)

    with pytest.raises(CannotDo, match="redan förlängd"):
        requests.extend(asked, reason="Fler ärenden.", by=by, at=RECEIVED)


def test_what_is_overdue_follows_the_planned_day_and_the_extension(by):
    late, extended, closed = received(), received(), received()
    requests.extend(extended, reason="Många ärenden.", by=by, at=RECEIVED)
    requests.refuse(closed, reason="Uppgifterna behövs.", by=by, at=RECEIVED)

    assert list(SubjectRequest.objects.overdue(dt.date(2026, 4, 5))) == []
    assert list(SubjectRequest.objects.overdue(dt.date(2026, 4, 6))) == [late]
    assert list(SubjectRequest.objects.overdue(dt.date(2026, 6, 5))) == [late]
    assert set(SubjectRequest.objects.overdue(dt.date(2026, 6, 6))) == {late, extended}


# --- decisions --------------------------------------------------------------------------------


def test_an_approved_erasure_carries_out_the_plan(by, django_capture_on_commit_callbacks):
    member = MemberFactory(left=dt.date(2026, 1, 31))
    neighbour = MemberFactory()
    asked = received(member=member)

    with (
        time_machine.travel(RECEIVED, tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        requests.approve(asked, by=by, at=RECEIVED)

    asked.refresh_from_db()
    assert (asked.status, asked.member, asked.decided_by) == (Status.ANSWERED, None, by)
    assert asked.plan.filter(model="members.Member", outcome="erased", count=1).exists()
    assert list(Member.objects.all()) == [neighbour]


def test_what_is_approved_is_planned_anew(by):
    asked = received(member=MemberFactory(left=dt.date(2026, 1, 31)))
    erasure.plan(asked, on=dt.date(2026, 3, 5))
    asked.member.periods.create(started_on=dt.date(2026, 3, 6))
    Member.objects.filter(pk=asked.member_id).refresh_left_on()

    requests.approve(asked, by=by, at=RECEIVED + dt.timedelta(days=1))

    assert {line.outcome for line in asked.plan.filter(model="members.Member")} == {"kept"}


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_refusal_needs_its_reason(reason, by):
    asked = received()

    with pytest.raises(CannotDo, match="skäl"):
        requests.refuse(asked, reason=reason, by=by, at=RECEIVED)

    asked.refresh_from_db()
    assert asked.is_open


def test_a_refusal_tells_reason_authority_and_court(by):
    asked = received()
    requests.refuse(asked, reason="Bokföringslagen kräver det.", by=by, at=RECEIVED)
    asked.refresh_from_db()

    letter = letters.letter_for(asked)

    assert "Bokföringslagen kräver det." in letter
    assert "Integritetsskyddsmyndigheten" in letter
    assert "domstol" in letter


def test_someone_who_never_proved_who_she_is_can_be_refused(by):
    asked = unknown()

    requests.refuse(asked, reason="Vi kan inte se vem du är.", by=by, at=RECEIVED)

    asked.refresh_from_db()
    assert (asked.status, asked.closed_at) == (Status.REFUSED, RECEIVED)


@pytest.mark.parametrize("kind", [Kind.RECTIFICATION, Kind.OBJECTION])
def test_a_correction_and_an_objection_are_answered_in_words(kind, by):
    asked = received(kind)

    with pytest.raises(CannotDo, match="eget beslut"):
        requests.approve(asked, by=by, at=RECEIVED)
    requests.answer(asked, reason="Namnet är rättat.", by=by, at=RECEIVED)

    asked.refresh_from_db()
    assert asked.status == Status.ANSWERED
    assert "Namnet är rättat." in letters.letter_for(asked)


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.PORTABILITY, Kind.ERASURE])
def test_what_is_carried_out_is_not_answered_in_words(kind, by):
    with pytest.raises(CannotDo, match="godkänns eller avslås"):
        requests.answer(received(kind), reason="Klart.", by=by, at=RECEIVED)


def test_nobody_unknown_is_answered(by):
    with pytest.raises(CannotDo, match="Identifiera personen"):
        requests.answer(unknown(Kind.OBJECTION), reason="Klart.", by=by, at=RECEIVED)


@pytest.mark.parametrize("decide", [requests.approve, requests.refuse, requests.extend])
def test_each_decision_is_made_once(decide, by):
    asked = received()
    requests.refuse(asked, reason="Uppgifterna behövs.", by=by, at=RECEIVED)
    said = {} if decide is requests.approve else {"reason": "En gång till."}

    with pytest.raises(CannotDo, match="hunnit ändras"):
        decide(asked, by=by, at=RECEIVED, **said)

    asked.refresh_from_db()
    assert asked.decision_reason == "Uppgifterna behövs."


# --- taking it back ---------------------------------------------------------------------------


def test_a_request_can_be_taken_back_before_it_is_decided():
    asked = received()

    requests.withdraw(asked, at=RECEIVED)

    asked.refresh_from_db()
    assert not asked.is_open
    assert asked.decided_by is None


def test_an_approved_one_cannot_be_taken_back(by):
    asked = received(member=MemberFactory(left=dt.date(2026, 1, 31)))
    requests.approve(asked, by=by, at=RECEIVED)

    with pytest.raises(CannotDo, match="hunnit ändras"):
        requests.withdraw(asked, at=RECEIVED)
