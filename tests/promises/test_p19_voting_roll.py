"""P19: for meetings with voting, names come from the register: name and mandate, nothing more."""

import csv
import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from courses import rolls
from courses.models import RollEntry, VotingRoll
from courses.models.rolls import RollIsLocked
from dsar import erasure, roles, sweep
from members.imports import bulk
from members.models import Member, ReadLog
from tests.factories.courses import (
    AttendanceFactory,
    OccasionFactory,
    RegistrationFactory,
    RollEntryFactory,
    VotingRollFactory,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
CUT_OFF = timezone.make_aware(dt.datetime(2026, 11, 20, 12))
STARTS = timezone.make_aware(dt.datetime(2026, 11, 22, 18))
REGISTER = VotingRoll.Scope.REGISTER


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def organiser(client):
    user = StaffFactory(roles=[roles.COURSE_ORGANISER])
    client.force_login(user)
    return user


@pytest.fixture
def meeting(organiser):
    return OccasionFactory(
        zoom=True, title="Årsmöte", is_voting_meeting=True, organisers=[organiser],
        starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=3),
    )  # fmt: skip


def make(meeting, *, scope=VotingRoll.Scope.REGISTERED, by=None):
    return rolls.make(meeting, scope=scope, cut_off_at=CUT_OFF, by=by, at=NOW)


def page(name, row):
    return reverse(f"admin:courses_{name}", args=[row.pk])


def names(roll):
    return [entry.name for entry in roll.entries.order_by("number")]


# --- from the register ------------------------------------------------------------------------


def test_it_holds_those_who_were_members_at_the_cut_off(meeting):
    for given, left in (
        ("Kvar", None),
        ("Efter", dt.date(2026, 11, 21)),
        ("Samma dag", dt.date(2026, 11, 20)),
        ("Före", dt.date(2026, 11, 19)),
    ):
        MemberFactory(given_names=given, family_name="A", left=left)
    late = MemberFactory(given_names="Ny", family_name="A")
    late.periods.update(started_on=dt.date(2026, 11, 21))

    assert names(make(meeting, scope=REGISTER)) == ["Efter A", "Kvar A"]


def test_it_holds_those_with_a_place_unless_all_are_wanted(meeting):
    for given, status in (("Anmäld", "registered"), ("Köar", "waiting"), ("Avbokad", "cancelled")):
        member = MemberFactory(given_names=given, family_name="B")
        RegistrationFactory(occasion=meeting, member=member, status=status)

    assert names(make(meeting)) == ["Anmäld B"]


def test_it_is_made_in_the_browser_and_by_those_who_organise_the_meeting(client, meeting):
    RegistrationFactory(occasion=meeting)
    address = f"{reverse('admin:courses_votingroll_add')}?occasion={meeting.pk}"
    form = {"scope": "registered", "cut_off_at_0": "2026-11-20", "cut_off_at_1": "12:00:00"}
    client.force_login(StaffFactory(roles=[roles.COURSE_ORGANISER]))
    client.post(address, form)
    assert not VotingRoll.objects.exists()

    client.force_login(meeting.organisers.get())
    answer = client.post(address, form, follow=True)

    assert VotingRoll.objects.get().cut_off_at == CUT_OFF
    assert "Årsmöte" in answer.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cut_off_at_0": "2026-11-24"}, "Brytpunkten ligger i framtiden."),
        ({"cut_off_at_0": "1999-01-01"}, "Ingen var medlem vid brytpunkten"),
        ({"scope": "everyone"}, "everyone"),
        ({"cut_off_at_0": "i går"}, "datum"),
    ],
)
def test_what_cannot_be_made_says_why(client, meeting, change, message):
    RegistrationFactory(occasion=meeting)
    form = {"scope": "registered", "cut_off_at_0": "2026-11-20", "cut_off_at_1": "12:00:00"}
    address = f"{reverse('admin:courses_votingroll_add')}?occasion={meeting.pk}"

    assert message in client.post(address, form | change).text
    assert not VotingRoll.objects.exists()


# --- versions and lock ------------------------------------------------------------------------


@pytest.fixture
def locked(meeting, organiser):
    RegistrationFactory(occasion=meeting, member__given_names="Karin", member__family_name="Ek")
    roll = make(meeting, by=organiser)
    rolls.lock(roll, by=organiser, at=NOW)
    return VotingRoll.objects.get(pk=roll.pk)


def test_a_mandate_is_corrected_on_an_open_roll(client, meeting):
    RegistrationFactory(occasion=meeting)
    (entry,) = make(meeting).entries.all()
    form = {"mandate": "Ledarna i Väst", "votes": "3", "substitute_for": "Bo Ek"}
    client.post(page("rollentry_change", entry), form)

    entry.refresh_from_db()
    assert (entry.mandate, entry.votes, entry.substitute_for) == ("Ledarna i Väst", 3, "Bo Ek")
    assert entry.history.count() == 2
    assert VotingRoll.objects.count() == 1


def test_a_change_after_the_lock_makes_a_new_version(client, locked):
    (entry,) = locked.entries.all()
    answer = client.post(
        page("rollentry_change", entry),
        {"mandate": "Ledarna i Väst", "votes": "3", "substitute_for": ""},
        follow=True,
    )

    assert "ändringen gjordes i version 2" in answer.text
    entry.refresh_from_db()
    assert (entry.mandate, entry.votes) == ("", 1)
    second = VotingRoll.objects.get(version=2)
    assert (second.locked_at, second.cut_off_at) == (None, CUT_OFF)
    assert [(e.name, e.mandate, e.votes) for e in second.entries.all()] == [
        ("Karin Ek", "Ledarna i Väst", 3)
    ]


def test_a_second_change_is_made_on_the_same_new_version(locked, organiser):
    (entry,) = locked.entries.all()
    for votes in (2, 3):
        rolls.change(entry, votes=votes, by=organiser, at=NOW)

    assert VotingRoll.objects.count() == 2
    assert VotingRoll.objects.get(version=2).entries.get().votes == 3


def test_a_locked_roll_cannot_be_changed_past_the_service(locked):
    (entry,) = locked.entries.all()
    entry.votes = 99
    with pytest.raises(RollIsLocked):
        entry.save()
    with pytest.raises(RollIsLocked):
        RollEntry.objects.filter(pk=entry.pk).update(votes=99)
    with pytest.raises(RollIsLocked):
        RollEntryFactory(roll=locked)
    with pytest.raises(rolls.CannotVote):
        rolls.strike(entry, at=NOW)

    assert [e.votes for e in locked.entries.all()] == [1]


#: What a locked roll refuses, whoever asks the database for it and in whatever way.
BEHIND_THE_MODEL = {
    "a name more": lambda roll: bulk.insert(
        RollEntry,
        [{"roll_id": roll.pk, "member_id": MemberFactory().pk, "number": 9, "name": "Bo Ek"}],
    ),
    "another mandate": lambda roll: QuerySet(RollEntry).filter(roll=roll).update(votes=99),
    "a name moved out": lambda roll: (
        QuerySet(RollEntry).filter(roll=roll).update(roll=VotingRollFactory())
    ),
    "a name moved in": lambda roll: (
        QuerySet(RollEntry).filter(pk=RollEntryFactory(number=9).pk).update(roll=roll)
    ),
    "a name less": lambda roll: QuerySet(RollEntry).filter(roll=roll)._raw_delete("default"),
    "no roll": lambda roll: QuerySet(VotingRoll).filter(pk=roll.pk)._raw_delete("default"),
    "unlocked": lambda roll: VotingRoll.objects.filter(pk=roll.pk).update(locked_at=None),
    "locked later": lambda roll: VotingRoll.objects.filter(pk=roll.pk).update(
        locked_at=NOW + dt.timedelta(days=1)
    ),
    "another cut-off": lambda roll: VotingRoll.objects.filter(pk=roll.pk).update(cut_off_at=NOW),
    "another meeting": lambda roll: VotingRoll.objects.filter(pk=roll.pk).update(
        occasion=OccasionFactory(is_voting_meeting=True)
    ),
    "another maker": lambda roll: VotingRoll.objects.filter(pk=roll.pk).update(
        made_by=StaffFactory()
    ),
    "another who locked it": lambda roll: VotingRoll.objects.filter(pk=roll.pk).update(
        locked_by=StaffFactory()
    ),
}


@pytest.mark.parametrize("change", BEHIND_THE_MODEL.values(), ids=BEHIND_THE_MODEL.keys())
def test_the_database_refuses_what_goes_past_the_model(locked, change):
    with pytest.raises(IntegrityError, match="the voting roll is locked"), transaction.atomic():
        change(locked)

    assert VotingRoll.objects.filter(pk=locked.pk).values().get() == {
        f.attname: getattr(locked, f.attname) for f in VotingRoll._meta.concrete_fields
    }
    assert [(e.name, e.votes) for e in locked.entries.all()] == [("Karin Ek", 1)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_being_added_is_on_the_roll_before_it_is_locked(meeting, organiser):
    """Else it would come onto a roll that somebody has locked meanwhile."""
    RegistrationFactory(occasion=meeting)
    roll = make(meeting, by=organiser)
    with transaction.atomic():
        RollEntryFactory(roll=roll, number=9)
        with ThreadPoolExecutor(1) as other, pytest.raises(OperationalError):
            other.submit(lock_without_waiting, roll).result()


def lock_without_waiting(roll):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        VotingRoll.objects.filter(pk=roll.pk).update(locked_at=NOW)
    finally:
        connection.close()


def test_the_employees_of_a_locked_roll_can_be_forgotten(locked):
    VotingRoll.objects.filter(pk=locked.pk).update(made_by=None, locked_by=None)

    assert VotingRoll.objects.get().is_locked


def test_a_name_is_taken_off_an_open_roll(client, meeting):
    RegistrationFactory(occasion=meeting)
    (entry,) = make(meeting).entries.all()
    client.post(page("rollentry_strike", entry))

    assert not RollEntry.objects.exists()


def test_there_is_one_open_roll_at_a_time(meeting, organiser):
    RegistrationFactory(occasion=meeting)
    make(meeting)
    with pytest.raises(rolls.CannotVote):
        make(meeting)


def test_a_large_roll_is_locked_by_somebody_else_than_its_maker(meeting, organiser, monkeypatch):
    monkeypatch.setattr(rolls, "LARGE", 1)
    RegistrationFactory.create_batch(2, occasion=meeting)
    roll = make(meeting, by=organiser)
    with pytest.raises(rolls.CannotVote):
        rolls.lock(roll, by=organiser, at=NOW)

    rolls.lock(roll, by=StaffFactory(), at=NOW)
    assert VotingRoll.objects.get().is_locked


# --- on paper ---------------------------------------------------------------------------------

SECRETS = {
    "personnummer": "197705232382",
    "email": "karin.hemlig@example.org",
    "phone": "+46701740699",
    "street_address": "Hemliga gatan 1",
    "employer": "Hemliga AB",
}


def printed(client, roll):
    """The page and the file."""
    return [client.get(page(f"votingroll_{form}", roll)) for form in ("print", "csv")]


def test_paper_holds_the_columns_of_the_list_and_nothing_else(client, locked):
    Member.objects.update(**{k: v for k, v in SECRETS.items() if k != "personnummer"})
    member = Member.objects.get()
    member.set_personnummer(SECRETS["personnummer"])
    member.save()
    paper, file = printed(client, locked)

    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Nr", "Namn", "Ombud för", "Röster", "Ersättare för", "In", "Ut"],
        ["1", "Karin Ek", "", "1", "", "", ""],
    ]
    assert "Karin Ek" in paper.text
    for value in (*SECRETS.values(), str(member.member_number)):
        assert value not in paper.text
        assert value not in file.text


def test_whoever_is_printed_is_logged_as_read(client, locked):
    member = Member.objects.get()
    printed(client, locked)

    views = ReadLog.objects.filter(subject_id=member.pk).values_list("view", flat=True)
    assert {"admin:courses_votingroll_print", "admin:courses_votingroll_csv"} <= set(views)


def test_an_open_roll_is_not_printed(client, meeting):
    RegistrationFactory(occasion=meeting, member__family_name="Utkastsson")
    roll = make(meeting)

    assert [answer.status_code for answer in printed(client, roll)] == [302, 302]


def test_a_name_like_a_formula_does_not_run(client, meeting, organiser):
    RegistrationFactory(occasion=meeting, member__given_names="=1+1", member__family_name="")
    roll = make(meeting, by=organiser)
    rolls.lock(roll, by=organiser, at=NOW)

    _paper, file = printed(client, VotingRoll.objects.get(pk=roll.pk))
    assert "'=1+1" in file.text


def test_attendance_is_matched_to_the_roll(client, locked):
    member = Member.objects.get()
    for hour, minutes in ((18, 30), (20, 45)):
        came = timezone.make_aware(dt.datetime(2026, 11, 22, hour))
        AttendanceFactory(
            occasion=locked.occasion, member=member, joined_at=came, minutes=minutes,
            left_at=came + dt.timedelta(minutes=minutes),
        )  # fmt: skip
    unconfirmed = MemberFactory()
    AttendanceFactory(occasion=locked.occasion, member=None, suggested=unconfirmed)

    _paper, file = printed(client, locked)
    assert "Karin Ek;;1;;18:00;20:45" in file.text


# --- protected identities ---------------------------------------------------------------------


def test_who_is_protected_stands_without_a_name_and_is_never_printed(client, meeting, organiser):
    RegistrationFactory(occasion=meeting, member__family_name="Ek")
    RegistrationFactory(
        occasion=meeting, member__family_name="Aaronsdotter", member__protected=True
    )
    roll = make(meeting, by=organiser)
    rolls.lock(roll, by=organiser, at=NOW)
    roll.refresh_from_db()
    assert names(roll) == ["Anna Ek", ""]
    handler = StaffFactory(roles=[roles.COURSE_ADMINISTRATION, roles.PROTECTED_IDENTITIES])

    for user in (organiser, handler):
        client.force_login(user)
        for answer in printed(client, roll):
            assert "Aaronsdotter" not in answer.text
        assert "1 namn är utelämnat" in printed(client, roll)[0].text


def test_who_becomes_protected_afterwards_is_not_printed_either(client, locked):
    Member.objects.update(protection="confidential")

    for answer in printed(client, locked):
        assert "Karin" not in answer.text


def test_only_those_who_handle_protected_identities_see_the_entry(client, locked):
    Member.objects.update(protection="confidential")
    (entry,) = locked.entries.all()
    list_of_names = f"{reverse('admin:courses_rollentry_changelist')}?roll__id__exact={locked.pk}"

    assert "Karin" not in client.get(list_of_names).text
    assert client.get(page("rollentry_change", entry)).status_code == 302
    client.force_login(
        StaffFactory(roles=[roles.COURSE_ADMINISTRATION, roles.PROTECTED_IDENTITIES])
    )
    assert client.get(page("rollentry_change", entry)).status_code == 200


# --- until when -------------------------------------------------------------------------------


def test_it_is_erased_twelve_months_after_the_minutes_and_not_before(client, locked):
    sweep.run(dt.date(2036, 1, 1))
    assert RollEntry.objects.exists()  # nobody has said that the minutes are approved
    with time_machine.travel(NOW + dt.timedelta(days=14), tick=False):
        client.force_login(locked.occasion.organisers.get())
        client.post(page("votingroll_minutes", locked), {"on": "2026-12-01"})
    locked.refresh_from_db()
    assert locked.minutes_approved_on == dt.date(2026, 12, 1)

    sweep.run(dt.date(2027, 11, 30))
    assert RollEntry.objects.exists()
    sweep.run(dt.date(2027, 12, 1))
    assert not RollEntry.objects.exists()
    assert not VotingRoll.objects.exists()


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-24", "", "i går"])
def test_a_day_that_cannot_be_is_refused(client, locked, day):
    assert client.post(page("votingroll_minutes", locked), {"on": day}).status_code == 200
    locked.refresh_from_db()
    assert locked.minutes_approved_on is None


def test_who_is_erased_meanwhile_stays_on_the_roll_and_off_the_screens(client, locked):
    member = Member.objects.get()
    member.periods.update(ended_on=dt.date(2026, 11, 22), exit_reason="own_request")
    Member.objects.filter(pk=member.pk).refresh_left_on()
    with transaction.atomic():
        erasure.erase([member.pk], on=NOW.date(), at=NOW)

    assert names(locked) == ["Karin Ek"]
    for answer in printed(client, locked):
        assert "Karin" not in answer.text


def test_an_employee_who_is_erased_takes_no_roll_along(meeting):
    maker = UserFactory(member=MemberFactory(left=dt.date(2026, 1, 1)))
    roll = VotingRollFactory(occasion=meeting, made_by=maker)
    with transaction.atomic():
        erasure.erase([maker.member_id], on=NOW.date(), at=NOW)

    roll.refresh_from_db()
    assert roll.made_by is None
