"""What a former member is told before an erasure is what happens, to the day."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import erasure, overview, sweep
from ledarna_gdpr.privacy import Outcome
from members.models import Member
from tests.factories.members import FeeFactory, MemberFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 5)
NOW = timezone.make_aware(dt.datetime(2026, 3, 5, 12))
#: The fee's accounting year ends with 2025: bokföringslagen 7:2.
GONE = dt.date(2033, 1, 1)


def of(title, member):
    found = {line.title: line for line in overview.of_erasure(member.pk, on=TODAY)}
    return found[title]


def test_a_person_is_gone_on_the_day_that_her_accounts_are_and_is_told_that_day():
    member = MemberFactory(left=dt.date(2025, 1, 1))
    FeeFactory(member=member)
    FeeFactory(
        member=member,
        covers_from=dt.date(2024, 1, 1),
        covers_to=dt.date(2024, 1, 31),
        fiscal_year_ends_on=dt.date(2024, 12, 31),
    )

    told = of("medlemmar", member)
    assert (told.outcome, told.until) == (Outcome.RESTRICTED, GONE)
    assert of("avgifter", member).until == GONE

    erasure.erase([member.pk], on=TODAY, at=NOW)
    sweep.run(GONE - dt.timedelta(days=1))
    assert Member.objects.filter(pk=member.pk).exists()
    sweep.run(GONE)
    assert not Member.objects.filter(pk=member.pk).exists()


def test_a_person_without_accounts_is_gone_at_once_and_told_so():
    member = MemberFactory(left=dt.date(2025, 1, 1))

    told = of("medlemmar", member)

    assert (told.outcome, told.goes, told.until) == (Outcome.ERASED, True, None)


def test_a_members_own_data_stay_while_she_is_one():
    member = MemberFactory()

    told = of("medlemmar", member)

    assert (told.outcome, told.goes, told.until) == (Outcome.KEPT, False, None)
