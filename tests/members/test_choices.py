"""Who may be sent what: the database's answer, and the no that outlives erasure."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar import erasure, sweep
from members import choices
from members.models import Channel, Consent, Member, Objection, Suppression, Topic, UnsubscribeLink
from tests.factories.choices import BounceFactory, ConsentFactory, ObjectionFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
TODAY = NOW.date()
EMAIL, SMS, LETTER = Channel.EMAIL, Channel.SMS, Channel.LETTER


def may(topic=Topic.NEWSLETTER, channel=EMAIL, on=TODAY):
    return set(choices.may_be_contacted(Member.objects.all(), topic, channel, on))


def reason(member, topic=Topic.NEWSLETTER, channel=EMAIL, on=TODAY):
    found = choices.with_reason(Member.objects.filter(pk=member.pk), topic, channel, on)
    return found.get().falls_away_for


def erased(member):
    with transaction.atomic():
        erasure.erase([member.pk], on=TODAY, at=NOW)


# --- reasons --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, ""),
        ({"restricted_at": NOW}, "restricted"),
        ({"protected": True}, "protected"),
        ({"left": TODAY - dt.timedelta(days=1)}, "left"),
        ({"left": TODAY}, ""),
        ({"email": ""}, "no_address"),
        ({"phone": ""}, ""),
    ],
)
def test_each_reason_to_leave_somebody_out_of_a_newsletter(words, expected):
    assert reason(MemberFactory(**words)) == expected


@pytest.mark.parametrize(
    ("channel", "lacking"),
    [(EMAIL, "email"), (SMS, "phone"), (LETTER, "street_address"), (LETTER, "postal_code")],
)
def test_each_way_needs_its_address(channel, lacking):
    assert reason(MemberFactory(**{lacking: ""}), channel=channel) == "no_address"


def test_a_bounce_stops_its_address_and_not_the_next_one():
    member = MemberFactory(email="gammal@example.org")
    BounceFactory(member=member)
    assert reason(member) == reason(member, None) == "bounced"
    assert reason(member, channel=LETTER) == ""

    Member.objects.filter(pk=member.pk).update(email="ny@example.org")
    assert reason(member) == ""


def test_a_no_stops_its_topic_and_way_and_no_other():
    member = ObjectionFactory().member

    assert reason(member) == "objected"
    assert reason(member, Topic.INVITATIONS) == ""
    assert reason(member, channel=LETTER) == ""
    assert reason(member, None) == ""


def test_offers_by_wire_need_a_yes_and_by_letter_none():
    asked, silent = ConsentFactory().member, MemberFactory()

    assert may(Topic.OFFERS, EMAIL) == {asked}
    assert may(Topic.OFFERS, SMS) == set()
    assert may(Topic.OFFERS, LETTER) == {asked, silent}


def test_contact_after_exit_is_for_those_who_left_and_live():
    gone = MemberFactory(left=TODAY - dt.timedelta(days=1))
    dead = MemberFactory(left=TODAY - dt.timedelta(days=1))
    dead.periods.update(exit_reason="deceased")
    member = MemberFactory()

    assert may(Topic.AFTER_EXIT) == {gone}
    assert reason(dead, Topic.AFTER_EXIT) == "deceased"
    assert reason(member, Topic.AFTER_EXIT) == "returned"


@pytest.mark.parametrize("people", [1, 40])
def test_it_takes_as_many_queries_for_many_as_for_one(people):
    choices.suppress_address("nagon@example.org", EMAIL, at=NOW)
    for _ in range(people):
        MemberFactory(email=f"x{_}@example.org")

    with CaptureQueriesContext(connection) as queries:
        assert len(may()) == people
    assert len(queries) == 4


# --- no, and yes ----------------------------------------------------------------------------------


def test_no_to_everything_is_every_topic_by_every_way():
    member = MemberFactory()

    choices.say_no(member, how="link", at=NOW)

    assert Objection.objects.count() == len(Topic) * len(Channel)
    assert not any(choice.is_on for choice in choices.of_member(member))
    assert reason(member, None) == ""


def test_a_second_no_changes_nothing():
    member = MemberFactory()
    choices.say_no(member, how="link", at=NOW)
    choices.say_no(member, how="phone", at=NOW + dt.timedelta(days=1))

    assert set(Objection.objects.values_list("how", "made_at")) == {("link", NOW)}


def test_a_no_to_offers_withdraws_the_consent_and_a_yes_gives_it_anew():
    member = MemberFactory()
    choices.say_yes(member, "offers", "email", how="my_pages", at=NOW)
    assert reason(member, Topic.OFFERS) == ""

    choices.say_no(member, topics=["offers"], channels=["email"], how="link", at=NOW)
    assert reason(member, Topic.OFFERS) == "objected"
    assert Consent.objects.standing().count() == 0

    choices.say_yes(member, "offers", "email", how="my_pages", at=NOW)
    assert reason(member, Topic.OFFERS) == ""
    assert Consent.objects.count() == 2


def test_the_history_of_a_choice_stays():
    member = MemberFactory()
    choices.say_no(member, topics=["newsletter"], channels=["sms"], how="phone", at=NOW)
    choices.say_yes(member, "newsletter", "sms", how="my_pages", at=NOW + dt.timedelta(days=1))
    choices.say_no(member, topics=["newsletter"], channels=["sms"], how="link", at=NOW)

    assert [(no.how, no.lifted_how) for no in Objection.objects.order_by("pk")] == [
        ("phone", "my_pages"),
        ("link", ""),
    ]


def test_the_database_keeps_one_standing_no():
    no = ObjectionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionFactory(member=no.member)
    with pytest.raises(IntegrityError, match="objection_lifted"), transaction.atomic():
        Objection.objects.update(lifted_at=NOW)


# --- what outlives erasure ------------------------------------------------------------------------


def an_objector(**words):
    member = MemberFactory(left=dt.date(2026, 1, 31), numbered=True, **words)
    choices.say_no(member, topics=["newsletter"], channels=["email"], how="link", at=NOW)
    return member


@pytest.mark.parametrize("kept", ["email", "phone", "personnummer_hash"])
def test_whoever_comes_again_is_recognised_by_address_telephone_or_number(kept):
    member = an_objector(email="anna@example.org", phone="+46701740699")
    value = getattr(member, kept)
    erased(member)
    assert (Member.objects.count(), Objection.objects.count()) == (0, 0)

    again = MemberFactory(**{"email": "ny@example.org", "phone": "", kept: value})
    stranger = MemberFactory(phone="+46701740688")

    assert may() == {stranger}
    assert reason(again) == "suppressed"
    assert reason(again, Topic.INVITATIONS) == reason(again, None) == ""


def test_what_is_kept_is_three_hashes_without_a_link():
    member = an_objector()
    erased(member)

    kept = Suppression.objects.values()
    assert len(kept) == 3
    for row in kept:
        assert set(row) == {"id", "hash", "topic", "channel", "since", "reviewed_at"}
        assert len(row["hash"]) == 64
        assert row["hash"] != member.personnummer_hash


@pytest.mark.parametrize(("day", "kept"), [(dt.date(2027, 1, 30), 0), (dt.date(2027, 1, 31), 3)])
def test_the_sweep_keeps_the_no_when_the_rest_of_a_former_member_goes(day, kept):
    an_objector()

    sweep.run(day, at=NOW)

    assert Suppression.objects.count() == kept


def test_a_no_that_was_taken_back_does_not_outlive_anyone():
    member = an_objector()
    choices.say_yes(member, "newsletter", "email", how="my_pages", at=NOW)

    erased(member)

    assert Suppression.objects.count() == 0


def test_only_the_person_herself_takes_it_back_when_she_has_come_again():
    erased(an_objector(email="anna@example.org"))
    again = MemberFactory(email="anna@example.org", phone="")

    choices.say_yes(again, "newsletter", "email", how="my_pages", at=NOW)

    assert reason(again) == ""
    assert Suppression.objects.exclude(hash="").count() == 2


def test_an_address_alone_is_enough_for_a_no():
    choices.suppress_address("Anna@Example.org", EMAIL, at=NOW)
    member = MemberFactory(email="anna@example.org")

    assert reason(member) == reason(member, Topic.SURVEYS) == "suppressed"
    assert reason(member, channel=LETTER) == ""


# --- links ----------------------------------------------------------------------------------------


def test_each_member_has_one_link_for_each_topic_and_way():
    members = [MemberFactory().pk for _ in range(3)]

    first = choices.links_for(members[:2], Topic.NEWSLETTER, EMAIL)
    again = choices.links_for(members, Topic.NEWSLETTER, EMAIL)

    assert {pk: again[pk] for pk in members[:2]} == first
    assert UnsubscribeLink.objects.count() == 3
    assert len({link.public_id for link in again.values()}) == 3
