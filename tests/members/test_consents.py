"""Consents: given and withdrawn alike, readable as of any day, and never rewritten (Art. 7)."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dsar import erasure, notice, sweep
from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import registry
from members import consents
from members.models import Bounce, Consent, ConsentWording, Member, Withdrawal
from tests.factories.choices import BounceFactory, ConsentFactory, WithdrawalFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
DAY = dt.timedelta(days=1)
KEY = consents.OFFERS_BY_EMAIL.key


def given(member, at=NOW, **words):
    return consents.give(member, KEY, how="my_pages", at=at, **words)


def withdrawn(member, at, **words):
    return consents.withdraw(member, KEY, how="my_pages", at=at, **words)


def test_a_consent_tells_who_what_in_which_words_under_which_notice_when_and_how():
    notice.publish("2026-1", valid_from=dt.date(2026, 1, 1))
    member, by = MemberFactory(), StaffFactory()

    consents.give(member, KEY, how="phone", at=NOW, by=by)

    (row,) = Consent.objects.all()
    assert (row.member, row.key, row.how, row.recorded_by_id) == (member, KEY, "phone", by.pk)
    assert (row.given_at, row.notice_version) == (NOW, "2026-1")
    assert row.wording.text == str(consents.OFFERS_BY_EMAIL.wording)
    assert row.wording.sha256 == ConsentWording.hash_of(row.wording.text)
    assert row.wording.version == 1


def test_a_new_wording_is_a_new_version_and_the_same_one_is_not_written_twice():
    member = MemberFactory()
    given(member, wording="Ja, det första.")
    given(member, wording="Ja, det första.")
    given(member, wording="Ja, det andra.")

    assert list(ConsentWording.objects.values_list("version", flat=True)) == [2, 1]
    assert Consent.objects.count() == 2


def test_a_consent_without_words_is_refused():
    consents.offer(consents.Ask("test.empty", consents.OFFERS_BY_EMAIL.purpose, "Tomt"))
    try:
        with pytest.raises(consents.NothingWasAsked):
            consents.give(MemberFactory(), "test.empty", how="form", at=NOW)
    finally:
        del consents.ASKS["test.empty"]
    assert Consent.objects.count() == 0


def test_its_state_is_known_for_any_moment():
    member = MemberFactory()
    given(member, NOW)
    withdrawn(member, NOW + 10 * DAY)
    given(member, NOW + 20 * DAY)

    days = (-1, 0, 9, 10, 19, 20, 30)
    states = [consents.state(member, KEY, as_of=NOW + day * DAY) for day in days]

    assert states == [False, True, True, False, False, True, True]


def test_one_consent_says_nothing_of_another_member_scope_or_key():
    member = MemberFactory()
    given(member, scope=7, wording="Ja till undersökning sju.")

    assert consents.state(member, KEY, as_of=NOW, scope=7)
    assert not consents.state(member, KEY, as_of=NOW, scope=8)
    assert not consents.state(member, KEY, as_of=NOW)
    assert not consents.state(member, "offers.sms", as_of=NOW, scope=7)
    assert not consents.state(MemberFactory(), KEY, as_of=NOW, scope=7)


def test_a_second_withdrawal_does_nothing():
    member = MemberFactory()
    given(member)

    assert withdrawn(member, NOW) == 1
    assert withdrawn(member, NOW) == 0
    assert Withdrawal.objects.count() == 1


# --- never rewritten ------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["members_consent", "members_consentwording"])
def test_the_database_refuses_to_change_a_consent_or_its_wording(change):
    ConsentFactory()
    with (
        pytest.raises(DatabaseError, match="added, never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {change} SET key = 'x'")  # noqa: S608 - names from here


def test_the_database_refuses_to_change_a_withdrawal():
    row = WithdrawalFactory()
    row.withdrawn_at = NOW
    with pytest.raises(DatabaseError, match="added, never changed"), transaction.atomic():
        row.save()


# --- what rests on it -----------------------------------------------------------------------------


@pytest.fixture
def resting(monkeypatch):
    """Makes the rows of a declared model rest on a consent."""

    def rest(consent):
        monkeypatch.setattr(type(registry[Bounce]), "rests_on", consent)

    return rest


def test_withdrawal_destroys_at_once_what_rested_on_the_consent_alone(resting):
    resting(privacy.Consent(KEY))
    member, other = MemberFactory(), MemberFactory()
    BounceFactory(member=member)
    kept = BounceFactory(member=other)
    given(member)
    given(other)

    withdrawn(member, NOW)

    assert list(Bounce.objects.all()) == [kept]
    assert Member.objects.count() == 2


def test_withdrawal_takes_no_more_than_its_scope(resting):
    resting(privacy.Consent(KEY, scope="pk"))
    member = MemberFactory()
    one, two = BounceFactory(member=member), BounceFactory(member=member, address="b@example.org")
    given(member, scope=one.pk, wording="Ja till ett.")

    withdrawn(member, NOW, scope=one.pk)

    assert list(Bounce.objects.all()) == [two]


def test_a_withdrawal_of_what_was_never_given_destroys_nothing(resting):
    resting(privacy.Consent(KEY))
    kept = BounceFactory()

    assert withdrawn(kept.member, NOW) == 0
    assert list(Bounce.objects.all()) == [kept]


# --- how long it is kept --------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "left"), [(dt.date(2031, 11, 22), 1), (dt.date(2031, 11, 23), 0)])
def test_a_withdrawn_consent_is_kept_for_five_years(day, left):
    WithdrawalFactory(withdrawn_at=NOW)

    sweep.run(day, at=NOW)

    assert Consent.objects.count() == Withdrawal.objects.count() == left


def test_a_standing_consent_of_a_member_is_not_due():
    ConsentFactory(long_ago=True)

    sweep.run(dt.date(2099, 1, 1), at=NOW)

    assert Consent.objects.count() == 1


def test_a_consent_outlives_the_erasure_of_its_person_until_its_day():
    member = MemberFactory(left=dt.date(2026, 6, 30))
    ConsentFactory(member=member, given_at=NOW)

    with transaction.atomic():
        erasure.erase([member.pk], on=NOW.date(), at=NOW)
    member.refresh_from_db()
    assert (Consent.objects.count(), member.email) == (1, "")

    sweep.run(dt.date(2031, 6, 29), at=NOW)
    assert Consent.objects.count() == 1
    sweep.run(dt.date(2031, 6, 30), at=NOW)
    assert (Consent.objects.count(), Member.objects.count()) == (0, 0)
