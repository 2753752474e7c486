"""Contact after exit, day by day (R24, R25). The promises themselves are P41 and P42."""

import datetime as dt

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar import erasure, sweep
from ledarna_gdpr.privacy import registry
from members import choices, follow_up, tasks
from members.models import FollowUp, Member, MembershipPeriod, OutgoingMail, Topic
from members.models.consents import How
from tests.factories.members import FollowUpFactory, MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_of_2025")]

LEFT = dt.date(2025, 3, 31)
Purpose = FollowUp.Purpose


def day(number):
    """So many days after the exit."""
    return LEFT + dt.timedelta(days=number)


def noon(on):
    return timezone.make_aware(dt.datetime.combine(on, dt.time(12)))


def morning(on):
    """What the scheduler does each day. Gives the ids of the contacts that were sent."""
    follow_up.end_what_is_over(on, at=noon(on))
    follow_up.begin(on)
    due = list(follow_up.due(on).values_list("pk", flat=True))
    return [key for key in due if follow_up.send(key, at=noon(on))]


# --- the calendar -------------------------------------------------------------------------------


def test_from_the_exit_on_a_question_a_reminder_and_two_invitations_are_sent_and_no_more():
    """Each morning of more than a year is lived."""
    MemberFactory(left=LEFT)

    sent = {
        day(number): list(FollowUp.objects.filter(pk__in=keys).values_list("purpose", flat=True))
        for number in range(400)
        if (keys := morning(day(number)))
    }

    assert sent == {
        day(7): ["exit_survey"],
        day(28): ["exit_survey"],
        dt.date(2025, 7, 31): ["win_back"],
        dt.date(2025, 11, 30): ["win_back"],
    }
    assert OutgoingMail.objects.count() == 4


def test_nothing_goes_on_the_day_of_exit_nor_before_the_first_week_is_over():
    MemberFactory(left=LEFT)

    assert [n for n in range(7) if morning(day(n))] == []
    assert len(morning(day(7))) == 1


@pytest.mark.parametrize(
    ("purpose", "last", "first_without"),
    [
        (Purpose.EXIT_SURVEY, dt.date(2025, 6, 29), dt.date(2025, 6, 30)),
        (Purpose.WIN_BACK, dt.date(2026, 3, 30), dt.date(2026, 3, 31)),
    ],
)
def test_the_time_ends_on_the_day_that_the_sweep_takes_the_record(purpose, last, first_without):
    member = MemberFactory(left=LEFT)
    row = FollowUp.objects.create(period=member.periods.get(), purpose=purpose, maximum=2)

    assert row in follow_up.due(last)
    assert row not in follow_up.due(first_without)
    sweep.run(last, at=noon(last))
    assert FollowUp.objects.filter(pk=row.pk).exists()
    sweep.run(first_without, at=noon(first_without))
    assert not FollowUp.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(("number", "may"), [(364, True), (365, False), (366, False)])
def test_on_day_366_win_back_is_over(number, may):
    member = MemberFactory(left=LEFT)
    row = FollowUp.objects.create(period=member.periods.get(), purpose=Purpose.WIN_BACK, maximum=2)

    assert follow_up.send(row.pk, at=noon(day(number))) is may


def test_after_its_time_a_contact_is_written_down_as_ended_by_time():
    member = MemberFactory(left=LEFT)
    row = FollowUp.objects.create(period=member.periods.get(), purpose=Purpose.WIN_BACK, maximum=2)

    follow_up.end_what_is_over(day(364), at=noon(day(364)))
    row.refresh_from_db()
    assert row.ended_on is None
    follow_up.end_what_is_over(day(365), at=noon(day(365)))
    row.refresh_from_db()
    assert (row.ended_on, row.ended_because) == (day(365), "time")


@pytest.mark.parametrize(("days_ago", "begins"), [(0, 0), (1, 2), (29, 2), (30, 0), (300, 0)])
def test_only_a_fresh_exit_begins_a_contact(days_ago, begins):
    """A register that is imported with old exits writes to nobody."""
    MemberFactory(left=LEFT)

    assert follow_up.begin(day(days_ago)) == begins


def test_what_no_published_notice_tells_of_is_not_done(monkeypatch):
    """P45: neither begun nor, when the notice that told of it has been replaced, gone on with."""
    MemberFactory(left=LEFT)
    morning(day(1))
    monkeypatch.setattr(registry, "published_on", lambda on: {"win_back"})

    assert [n for n in range(2, 60) if morning(day(n))] == []
    MemberFactory(left=day(60))
    assert follow_up.begin(day(61)) == 1
    assert morning(day(122)) != []


def test_to_begin_twice_begins_once():
    MemberFactory(left=LEFT)

    assert follow_up.begin(day(1)) == 2
    assert follow_up.begin(day(1)) == 0
    assert FollowUp.objects.count() == 2


def test_a_morning_that_was_missed_is_made_up_for_with_a_pause_between_two_messages():
    MemberFactory(left=LEFT)
    morning(day(1))

    assert len(morning(day(40))) == 1  # the question, a month late
    assert morning(day(41)) == []
    assert morning(day(53)) == []
    assert len(morning(day(54))) == 1  # the reminder, two weeks later


@pytest.mark.parametrize(("times", "months"), [(0, []), (1, [6]), (2, [4, 8]), (3, [3, 6, 9])])
def test_the_number_of_invitations_is_a_setting_and_they_are_spread_over_the_year(
    settings, times, months
):
    settings.WIN_BACK_TIMES = times
    MemberFactory(left=LEFT)
    morning(day(1))
    contact = FollowUp.objects.filter(purpose=Purpose.WIN_BACK)

    (plan,) = [plan for plan in follow_up.every_plan() if plan.purpose == Purpose.WIN_BACK]

    assert [step.months for step in plan.steps] == months
    assert [row.maximum for row in contact] == ([times] if times else [])
    for sent, step in enumerate(plan.steps):
        on = step.after(LEFT)
        assert not follow_up.send(contact.get().pk, at=noon(on - dt.timedelta(days=1)))
        assert follow_up.send(contact.get().pk, at=noon(on))
        assert contact.get().sent == sent + 1


def test_the_morning_takes_as_many_queries_for_many_as_for_one():
    MemberFactory(left=LEFT)
    with CaptureQueriesContext(connection) as one:
        follow_up.begin(day(1))
        follow_up.end_what_is_over(day(2), at=noon(day(2)))
    for _member in range(5):
        MemberFactory(left=LEFT + dt.timedelta(days=3))
    with CaptureQueriesContext(connection) as many:
        follow_up.begin(day(4))
        follow_up.end_what_is_over(day(5), at=noon(day(5)))

    assert len(many) == len(one)


# --- what ends it at once ------------------------------------------------------------------------


def _object(member):
    choices.say_no(member, how=How.MY_PAGES, at=noon(day(6)), topics=[Topic.AFTER_EXIT])


def _die(member):
    MembershipPeriod.objects.filter(member=member).update(exit_reason="deceased")


def _hide(member):
    Member.objects.filter(pk=member.pk).update(protection="confidential")


def _restrict(member):
    Member.objects.filter(pk=member.pk).update(restricted_at=noon(day(6)))


@pytest.mark.parametrize(
    ("what", "because"),
    [(_object, "objected"), (_die, "deceased"), (_hide, "protected"), (_restrict, "restricted")],
)
def test_it_ends_at_once(what, because):
    member, other = MemberFactory(left=LEFT), MemberFactory(left=LEFT)
    morning(day(6))
    keys = FollowUp.objects.filter(period__member=member).values_list("pk", flat=True)

    what(member)

    assert not any(follow_up.send(key, at=noon(day(7))) for key in keys)  # before any morning
    morning(day(7))
    ended = FollowUp.objects.filter(period__member=member)
    assert {(row.ended_on, row.ended_because) for row in ended} == {(day(7), because)}
    assert not OutgoingMail.objects.filter(member=member).exists()
    assert OutgoingMail.objects.filter(member=other).count() == 1


def test_a_no_that_comes_while_the_message_waits_for_delivery_stops_it(settings):
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    member = MemberFactory(left=LEFT)
    morning(day(1))
    morning(day(7))
    (waiting,) = OutgoingMail.objects.filter(member=member)

    _object(member)
    tasks.deliver_mail(waiting.pk)

    assert django_mail.outbox == []


def test_a_death_that_is_told_later_than_the_exit_ends_it():
    member = MemberFactory(left=LEFT)
    morning(day(1))
    morning(day(7))
    _die(member)

    assert [morning(day(n)) for n in (28, 122, 244)] == [[], [], []]


def test_an_erasure_takes_it():
    member = MemberFactory(left=LEFT)
    morning(day(1))

    with transaction.atomic():
        erasure.erase([member.pk], on=day(2), at=noon(day(2)))

    assert not FollowUp.objects.exists()
    assert morning(day(7)) == []


# --- whoever returns ----------------------------------------------------------------------------


def returned(member, on):
    MembershipPeriod.objects.create(member=member, started_on=on)
    Member.objects.filter(pk=member.pk).refresh_left_on()


def test_whoever_returns_is_written_to_no_more_and_nothing_of_it_is_kept():
    member = MemberFactory(left=LEFT)
    morning(day(1))
    morning(day(7))
    returned(member, day(10))

    assert [morning(day(n)) for n in (28, 122)] == [[], []]
    assert not FollowUp.objects.exists()


def test_whoever_leaves_again_begins_anew():
    member = MemberFactory(left=LEFT)
    morning(day(1))
    morning(day(7))
    returned(member, day(10))
    morning(day(11))
    member.periods.filter(ended_on=None).update(ended_on=day(100), exit_reason="own_request")
    Member.objects.filter(pk=member.pk).refresh_left_on()

    morning(day(101))

    assert {row.sent for row in FollowUp.objects.all()} == {0}
    assert len(morning(day(107))) == 1


# --- never more than the maximum ----------------------------------------------------------------


def test_the_database_refuses_a_third_message():
    row = FollowUpFactory(sent=2, last_sent_on=LEFT)

    with pytest.raises(IntegrityError, match="follow_up_is_sent_no_more_often_than_its_maximum"):
        FollowUp.objects.filter(pk=row.pk).update(sent=3)


def test_the_database_refuses_a_longer_exit_survey():
    with pytest.raises(IntegrityError, match="exit_survey_is_one_message_and_one_reminder"):
        FollowUpFactory(maximum=3)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"sent": 1}, "follow_up_knows_when_it_was_sent"),
        ({"last_sent_on": LEFT}, "follow_up_knows_when_it_was_sent"),
        ({"ended_on": LEFT}, "follow_up_ends_for_a_reason"),
        ({"ended_because": "time"}, "follow_up_ends_for_a_reason"),
    ],
)
def test_the_database_keeps_dates_and_reasons_together(broken, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        FollowUpFactory(**broken)


def test_there_is_one_contact_for_each_exit_and_purpose():
    row = FollowUpFactory()

    with pytest.raises(IntegrityError):
        FollowUpFactory(period=row.period)


def test_the_same_message_is_not_sent_twice_by_two_workers():
    MemberFactory(left=LEFT)
    morning(day(1))
    (key,) = follow_up.due(day(7)).values_list("pk", flat=True)

    assert follow_up.send(key, at=noon(day(7))) is True
    assert follow_up.send(key, at=noon(day(7))) is False
    assert OutgoingMail.objects.count() == 1


def test_a_worker_that_dies_before_the_mail_is_written_has_counted_nothing(monkeypatch):
    MemberFactory(left=LEFT)
    morning(day(1))
    (key,) = follow_up.due(day(7)).values_list("pk", flat=True)

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FollowUp, "save", dies)
        with pytest.raises(KeyboardInterrupt):
            follow_up.send(key, at=noon(day(7)))

    assert not OutgoingMail.objects.exists()
    assert follow_up.send(key, at=noon(day(7)))


def test_the_scheduled_task_sends_what_is_due():
    today = timezone.localdate()
    MemberFactory(left=today - dt.timedelta(days=8))

    tasks.follow_up_exits()
    tasks.follow_up_exits()

    assert OutgoingMail.objects.count() == 1
    assert FollowUp.objects.filter(sent=1, last_sent_on=today).count() == 1


# --- the text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("is_reminder", [False, True])
def test_a_message_tells_nothing_of_its_reader(purpose, is_reminder):
    subject, body = follow_up.message(purpose, is_reminder=is_reminder)

    assert subject
    assert "medlem" not in (subject + body).lower().replace("/mina-sidor/", "")


def test_each_message_says_how_to_say_no():
    member = MemberFactory(left=LEFT)
    morning(day(1))
    morning(day(7))

    (sent,) = OutgoingMail.objects.filter(member=member)
    assert "/utskick/nej/" in sent.body
    assert member.given_names not in sent.body + sent.subject
    assert str(member.member_number) not in sent.body + sent.subject


def test_the_question_can_lead_to_a_survey_elsewhere(settings):
    settings.EXIT_SURVEY_URL = "https://enkat.example.org/uttrade"

    _subject, body = follow_up.message(Purpose.EXIT_SURVEY, is_reminder=False)

    assert "https://enkat.example.org/uttrade" in body


def test_each_purpose_is_told_of_in_the_notice_under_a_heading_of_its_own():
    keys = {purpose.key: purpose.heading for purpose in registry.purposes}

    assert keys["exit_survey"] == keys["win_back"] == "after_exit"
