"""A member leaves: on Mina sidor or through staff; and says no to what would be written."""

import calendar
import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from members.models import Member, MembershipPeriod, Objection, OutgoingMail, ReadLog
from tests.factories.members import FollowUpFactory, MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/mina-sidor/uttrade/"


@pytest.fixture
def member():
    return MemberFactory()


@pytest.fixture
def user(client, member):
    user = UserFactory(member=member)
    client.force_login(user)
    return user


def text(response):
    return " ".join(response.content.decode().split())


def form(**changed):
    return {
        "when": "month_end", "on": "", "reason": "own_request", "understood": "on"
    } | changed  # fmt: skip


def last_day(member):
    return Member.objects.get(pk=member.pk).left_on


def month_end(today):
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def test_the_page_says_what_happens_before_anything_does(client, user, member):
    page = text(client.get(ADDRESS))

    assert "Det här är vad som händer" in page
    assert reverse("exit_letter") in page
    assert last_day(member) is None


def test_the_membership_ends_with_the_month_unless_another_day_is_chosen(client, user, member):
    response = client.post(ADDRESS, form())

    assert response["Location"] == reverse("exit_letter")
    assert last_day(member) == month_end(timezone.localdate())
    assert member.periods.get().exit_reason == "own_request"


@pytest.mark.parametrize("days", [0, 1, 364])
def test_a_day_of_her_own_choice(client, user, member, days):
    on = timezone.localdate() + dt.timedelta(days=days)

    client.post(ADDRESS, form(when="chosen", on=on.isoformat(), reason="retired"))

    assert last_day(member) == on
    assert member.periods.get().exit_reason == "retired"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"understood": ""}, "Kryssa i rutan"),
        ({"when": "chosen"}, "Välj en dag från och med i dag"),
        ({"when": "chosen", "on": "2020-01-01"}, "Välj en dag från och med i dag"),
        ({"when": "chosen", "on": "2099-01-01"}, "Välj en dag från och med i dag"),
        ({"when": "chosen", "on": "i morgon"}, "Skriv dagen som 2027-01-31"),
        ({"reason": "excluded"}, "errorlist"),
        ({"when": "never"}, "errorlist"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_happens(client, user, member, changed, words):
    response = client.post(ADDRESS, form(**changed))

    assert response.status_code == 200
    assert words in text(response)
    assert last_day(member) is None


def test_the_mail_says_that_there_is_a_letter_and_nothing_else(client, user, member):
    client.post(ADDRESS, form())

    sent = OutgoingMail.objects.get(member=member)
    assert (sent.to, sent.subject) == (member.email, "Det finns ett brev till dig")
    assert reverse("exit_letter") in sent.body
    for own in (member.given_names, member.family_name, str(member.member_number), "utträde"):
        assert own not in sent.body.replace(reverse("exit_letter"), "")


def test_whoever_has_left_comes_to_her_letter(client):
    client.force_login(UserFactory(member=MemberFactory(left=dt.date(2026, 1, 1))))

    assert client.get(ADDRESS)["Location"] == reverse("exit_letter")
    assert client.post(ADDRESS, form())["Location"] == reverse("exit_letter")


def test_to_leave_twice_at_once_ends_it_once(client, user, member):
    client.post(ADDRESS, form())
    client.post(ADDRESS, form(when="chosen", on=timezone.localdate().isoformat()))

    assert last_day(member) == month_end(timezone.localdate())
    assert OutgoingMail.objects.count() == 1


def test_staff_leave_no_membership_here(client):
    client.force_login(StaffFactory(is_superuser=True))

    assert client.get(ADDRESS).status_code == 404


# --- through staff ------------------------------------------------------------------------------


@pytest.fixture
def service(client):
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))


def leave_by_staff(client, member, reason):
    address = reverse("admin:members_member_leave", args=[member.pk])
    return client.post(address, {"on": timezone.localdate().isoformat(), "reason": reason})


def test_an_exit_through_staff_sends_the_same_letter(client, service, member):
    assert leave_by_staff(client, member, "own_request").status_code == 302

    assert last_day(member) == timezone.localdate()
    assert OutgoingMail.objects.get(member=member).subject == "Det finns ett brev till dig"


def test_nobody_writes_to_the_dead(client, service, member):
    leave_by_staff(client, member, "deceased")

    assert MembershipPeriod.objects.get(member=member).exit_reason == "deceased"
    assert not OutgoingMail.objects.exists()


def test_without_an_address_the_letter_waits_on_her_pages(client, service):
    member = MemberFactory(email="")

    leave_by_staff(client, member, "own_request")

    assert last_day(member) == timezone.localdate()
    assert not OutgoingMail.objects.exists()


# --- saying no ----------------------------------------------------------------------------------


def test_one_button_says_no_to_every_contact_after_exit(client):
    member = MemberFactory(left=dt.date(2026, 1, 1))
    client.force_login(UserFactory(member=member))

    page = text(client.post(reverse("after_exit"), follow=True))

    assert "Du har sagt nej till kontakt efter utträdet" in page
    noes = Objection.objects.standing().filter(member=member)
    assert {no.topic for no in noes} == {"after_exit"}
    assert {no.channel for no in noes} == {"email", "sms", "letter"}


def test_the_page_tells_what_has_been_written_and_what_may_come(client):
    member = MemberFactory(left=dt.date(2026, 1, 1))
    client.force_login(UserFactory(member=member))
    FollowUpFactory(period=member.periods.get(), sent=1, last_sent_on=dt.date(2026, 1, 8))

    page = text(client.get(reverse("after_exit")))

    assert "1 av högst 2" in page
    assert "8 januari 2026" in page
    assert "pågår" in page


def test_another_members_contacts_are_not_shown(client, user):
    FollowUpFactory(sent=1, last_sent_on=dt.date(2026, 1, 8))

    assert "8 januari 2026" not in text(client.get(reverse("after_exit")))


def test_the_pages_are_logged(client, user, member):
    for name in ("leave", "after_exit", "exit_letter"):
        client.get(reverse(name))

    assert [r.view for r in ReadLog.objects.order_by("pk")] == [
        "leave", "after_exit", "exit_letter"
    ]  # fmt: skip
