"""P3: the agreement's end starts the clocks; what rests on law alone outlives it, and says so."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import exit_letter, sweep
from dsar import outcomes as decided
from ledarna_gdpr.privacy import Ground, Outcome, registry
from members.models import Member, Payment, User
from tests.factories.members import (
    MemberFactory,
    PaymentFactory,
    ToolResultFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LEFT = dt.date(2025, 3, 31)
NOW = timezone.make_aware(dt.datetime(2026, 3, 31, 2))


def outcomes(member):
    found = decided.of_people([member.pk], on=dt.date(2025, 4, 1))
    return {d.declaration.label: d for d in found if d.records.exists()}


def test_what_the_agreement_carries_goes_and_the_accounts_stay():
    member = MemberFactory(left=LEFT)
    UserFactory(member=member)
    payment = PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))

    sweep.run(dt.date(2026, 3, 30), at=NOW - dt.timedelta(days=1))
    assert User.objects.exists()

    sweep.run(dt.date(2026, 3, 31), at=NOW)
    assert not User.objects.exists()
    assert Member.objects.get().email == ""
    assert list(Payment.objects.all()) == [payment]


def test_while_it_runs_the_agreement_is_the_ground_and_afterwards_it_is_none():
    running, ended = MemberFactory(), MemberFactory(left=LEFT)

    assert outcomes(running)["members.Member"].ground == Ground.NEEDED
    assert outcomes(ended)["members.Member"].outcome == Outcome.ERASED


def test_what_survives_is_labelled_with_a_ground_of_its_own():
    member = MemberFactory(left=LEFT)
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))

    kept = outcomes(member)["members.Payment"]

    assert (kept.outcome, kept.ground) == (Outcome.RESTRICTED, Ground.LEGAL_OBLIGATION)
    assert not registry[Payment].purpose.rests_on_contract


def test_from_the_day_of_exit_the_agreement_carries_nothing_more():
    """The last day is the agreement's; the day after nothing rests on it."""
    member = MemberFactory(left=LEFT)

    def ground_on(day):
        found = decided.of_people([member.pk], on=day)
        (decision,) = [d for d in found if d.declaration.model is Member and d.records.exists()]
        return decision.ground

    assert ground_on(LEFT - dt.timedelta(days=1)) == Ground.NEEDED
    assert ground_on(LEFT + dt.timedelta(days=1)) is None


def test_the_member_is_told_what_stays_on_which_basis_and_until_when():
    member = MemberFactory(left=LEFT)
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))

    letter = exit_letter.context(member, on=LEFT)
    stays = {line.title: line for line in letter["stays"]}

    assert stays["Betalningar"].until == dt.date(2033, 1, 1)
    assert [str(basis) for basis in stays["Betalningar"].basis] == [
        "en rättslig förpliktelse (artikel 6.1 c)"
    ]
    assert stays["Medlemmar"].basis == []  # the agreement was all it rested on


def test_what_was_saved_on_account_of_the_agreement_goes_first():
    member = MemberFactory(left=LEFT)
    ToolResultFactory(member=member)

    sweep.run(LEFT + dt.timedelta(days=30), at=NOW)

    assert not member.tool_results.exists()
    assert Member.objects.get().email
