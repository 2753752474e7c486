"""P39: while the membership lasts its core data are kept; asking for erasure gets a reasoned,
partial answer."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import erasure, letters, sweep
from members.models import Fee, Member, MembershipPeriod, Payment, User
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import FeeFactory, MemberFactory, PaymentFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 2))


def test_no_sweep_in_thirty_years_touches_an_active_member():
    member = MemberFactory(numbered=True)
    UserFactory(member=member)
    FeeFactory(member=member)
    PaymentFactory(member=member)
    core = Member.objects.values().get()

    for year in range(2027, 2057):
        sweep.run(dt.date(year, 11, 23), at=NOW)

    assert Member.objects.values().get() == core
    assert (User.objects.count(), MembershipPeriod.objects.count()) == (1, 1)
    assert (Fee.objects.count(), Payment.objects.count()) == (0, 0)  # the law's own time


def test_an_active_members_erasure_takes_what_is_optional_and_says_why_the_rest_stays():
    member = MemberFactory()
    request = SubjectRequestFactory(kind="erasure", member=member, status="approved")
    erasure.plan(request, on=timezone.localdate(NOW))

    erasure.execute(request.pk, at=NOW)

    member.refresh_from_db()
    request.refresh_from_db()
    letter = letters.letter_for(request)
    assert (member.phone, member.employer) == ("", "")
    assert (member.given_names, member.city, member.left_on) == ("Anna", "Stockholm", None)
    assert "behövs fortfarande för avtalet" in letter
