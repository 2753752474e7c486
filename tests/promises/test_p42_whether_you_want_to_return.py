"""P42: "och för att utreda möjligheten att eventuellt få återse dig som medlem." A set number of
times within a year; a no is absolute, outlives erasure, and the exit letter tells of it."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dsar import erasure
from ledarna_gdpr.privacy import LegalBasis, registry
from members import choices, follow_up, rules
from members.models import FollowUp, OutgoingMail, Topic
from members.models.consents import How
from tests.factories.members import MemberFactory, UserFactory
from tests.members.test_follow_up import LEFT, day, morning, noon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_of_2025")]


def win_back_of(member):
    return FollowUp.objects.get(period__member=member, purpose="win_back")


def test_the_purpose_is_its_own_and_rests_on_a_legitimate_interest():
    (purpose,) = [p for p in registry.purposes if p.key == "win_back"]

    assert purpose.basis == (LegalBasis.LEGITIMATE_INTERESTS,)
    assert not purpose.rests_on_contract


def test_the_officer_cannot_stretch_the_year():
    assert rules.R25.longest == rules.R25.period


def test_so_many_times_as_are_set_and_the_next_is_refused():
    member = MemberFactory(left=LEFT)
    morning(day(1))
    key = win_back_of(member).pk

    sent = [follow_up.send(key, at=noon(day(number))) for number in (122, 244, 300)]

    assert sent == [True, True, False]
    assert win_back_of(member).sent == win_back_of(member).maximum == 2


@pytest.mark.parametrize(("number", "may"), [(364, True), (365, False), (366, False)])
def test_after_a_year_she_is_excluded(number, may):
    member = MemberFactory(left=LEFT)
    morning(day(1))

    assert follow_up.send(win_back_of(member).pk, at=noon(day(number))) is may


def test_a_no_holds_for_the_same_person_imported_again():
    """Erased, and in the register once more with another number: still not written to."""
    member = MemberFactory(left=LEFT, email="anna@example.org")
    choices.say_no(member, how=How.LINK, at=noon(day(2)), topics=[Topic.AFTER_EXIT])
    with transaction.atomic():
        erasure.erase([member.pk], on=day(3), at=noon(day(3)))
    again = MemberFactory(left=day(40), email="anna@example.org")
    other = MemberFactory(left=day(40), phone="+46701740699")

    morning(day(41))
    morning(day(50))

    written_to = set(OutgoingMail.objects.values_list("member", flat=True))
    assert (again.pk in written_to, other.pk in written_to) == (False, True)


def test_the_exit_letter_tells_of_the_right_to_object_and_has_the_button(client):
    member = MemberFactory(left=timezone.localdate() - dt.timedelta(days=1))
    client.force_login(UserFactory(member=member))

    page = " ".join(client.get(reverse("exit_letter")).content.decode().split())
    assert "Din rätt att invända" in page
    assert f'<form method="post" action="{reverse("after_exit")}">' in page
    client.post(reverse("after_exit"))

    people = type(member).objects.filter(pk=member.pk)
    may = choices.may_be_contacted(people, Topic.AFTER_EXIT, "email", timezone.localdate())
    assert not may.exists()
