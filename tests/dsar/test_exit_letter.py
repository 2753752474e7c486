"""The exit letter: what stays, why, and until when, made from the declarations alone."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dsar import exit_letter
from dsar.models import LegalHold, PeriodChange
from members.models import LoginRecord, MembershipPeriod
from tests.factories.members import (
    ApplicationFactory,
    FeeFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    ToolResultFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_of_2025")]

LEFT = dt.date(2025, 3, 31)
ON = dt.date(2025, 4, 1)
THEN = timezone.make_aware(dt.datetime(2025, 3, 1, 12))


def stays(member, on=ON):
    return {line.title: line for line in exit_letter.context(member, on=on)["stays"]}


def test_each_kind_of_record_has_the_day_on_which_the_sweep_takes_it():
    member = MemberFactory(left=LEFT)
    user = UserFactory(member=member)
    LoginRecord.objects.create(user=user, at=THEN, method="code", succeeded=True)
    FeeFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))
    ToolResultFactory(member=member, saved_at=THEN)
    ApplicationFactory(member=member, status="accepted", decided_at=THEN, last_activity_at=THEN)

    found = {name: line.until for name, line in stays(member).items()}

    assert found["Medlemmar"] == dt.date(2035, 3, 31)  # R2
    assert found["Medlemsperioder"] == dt.date(2035, 3, 31)  # with the member
    assert found["Konton"] == dt.date(2026, 3, 31)  # with the member, by R1
    assert found["Inloggningar"] == dt.date(2026, 3, 1)  # R31, before the account
    assert found["Avgifter"] == dt.date(2033, 1, 1)  # R4
    assert found["Sparade verktygsresultat"] == dt.date(2025, 4, 30)  # not 36 months
    assert found["Ansökningar"] == dt.date(2025, 6, 1)  # R3, before R1


def test_what_waits_for_something_has_no_day_yet():
    """Her account goes when her contact details do, and those stay while she owes a fee (R1)."""
    member = MemberFactory(left=LEFT)
    UserFactory(member=member)
    FeeFactory(member=member, due_on=dt.date(2025, 1, 31), settled_on=None)

    found = stays(member)

    assert found["Konton"].until is None
    assert found["Avgifter"].until == dt.date(2035, 1, 31)  # R5


def test_what_is_emptied_earlier_than_its_record_goes_is_told_by_itself():
    member = MemberFactory(left=LEFT)

    (line,) = [line for name, line in stays(member).items() if name.startswith("Medlemmar:")]

    assert line.until == dt.date(2026, 3, 31)  # R1
    assert "e-post" in line.title
    assert "personnummer" in line.title
    assert "efternamn" not in line.title


def test_each_line_says_why_and_on_what_it_rests_without_the_agreement():
    member = MemberFactory(left=LEFT)
    PaymentFactory(member=member)

    found = stays(member)

    assert "bokföringslagen" in str(found["Betalningar"].why[0])
    assert [str(basis) for basis in found["Betalningar"].basis] == [
        "en rättslig förpliktelse (artikel 6.1 c)"
    ]
    assert "preskriptionslagen" in str(found["Medlemmar"].why[-1])
    assert found["Medlemmar"].basis == []
    assert all(line.why for line in found.values())


def test_a_period_that_the_officer_has_changed_is_told_as_changed():
    officer, second = StaffFactory(), StaffFactory()
    PeriodChange.objects.create(
        rule="R1", months=6, reason="x" * 15, proposed_by=officer, proposed_at=THEN,
        approved_by=second, approved_at=THEN,
    )  # fmt: skip
    member = MemberFactory(left=LEFT)
    UserFactory(member=member)

    assert stays(member)["Konton"].until == dt.date(2025, 9, 30)


def test_before_the_exit_the_letter_tells_what_would_hold():
    member = MemberFactory()
    UserFactory(member=member)

    letter = exit_letter.context(member, on=ON)

    assert (letter["has_left"], letter["left_on"]) == (False, ON)
    assert {line.title: line.until for line in letter["stays"]}["Konton"] == dt.date(2026, 4, 1)
    assert MembershipPeriod.objects.get(member=member).ended_on is None


def test_the_letter_takes_as_many_queries_for_many_records_as_for_one():
    one, many = MemberFactory(left=LEFT), MemberFactory(left=LEFT)
    ToolResultFactory(member=one)
    for _result in range(5):
        ToolResultFactory(member=many)

    with CaptureQueriesContext(connection) as for_one:
        exit_letter.context(one, on=ON)
    with CaptureQueriesContext(connection) as for_many:
        exit_letter.context(many, on=ON)

    assert len(for_many) == len(for_one)


def page_for(client, member):
    client.force_login(UserFactory(member=member))
    return " ".join(client.get(reverse("exit_letter")).content.decode().split())


def test_the_right_to_object_stands_apart_with_a_button_of_its_own(client):
    page = page_for(client, MemberFactory(left=timezone.localdate()))

    letter, _heading, rest = page.partition('<h2 id="object">Din rätt att invända</h2>')
    assert "</article>" in letter
    assert f'action="{reverse("after_exit")}"' in rest
    assert "Säg nej till kontakt" in rest
    assert "högst 2 meddelanden" in rest


def test_a_legal_hold_is_told(client):
    member = MemberFactory(left=timezone.localdate())
    today = timezone.localdate()
    assert "raderingsstopp" not in page_for(client, member)
    LegalHold.objects.create(member=member, reason="x" * 15, set_on=today, until=today)

    page = " ".join(client.get(reverse("exit_letter")).content.decode().split())
    assert "Ett raderingsstopp gäller för dig" in page


def test_it_names_the_controller_and_whom_she_may_complain_to(client):
    page = page_for(client, MemberFactory(left=timezone.localdate()))

    assert "Box 12069" in page
    assert "Integritetsskyddsmyndigheten" in page


def test_staff_have_no_letter(client):
    client.force_login(StaffFactory(is_superuser=True))

    assert client.get(reverse("exit_letter")).status_code == 404
