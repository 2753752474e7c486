"""P59: "Begära att dina uppgifter inte behandlas för direktmarknadsföringsändamål, till exempel
nyhetsbrev och inbjudningar." Absolute, immediate, and it outlives erasure."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dsar import erasure, notice
from members import choices
from members.mailings import lists
from members.models import Channel, Member, Suppression, Topic
from tests.factories.choices import MailingFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
NUMBER = "198501139995"
FILE = f"""Medlemsnummer;Personnummer;Förnamn;Efternamn;E-post;Inträdesdatum
700700;{NUMBER};Anna;Åberg;anna@example.org;2026-01-01
700701;;Bo;Öst;bo@example.org;2026-01-01
"""
MARKETING = ["newsletter", "invitations", "offers"]


@pytest.fixture(autouse=True)
def published():
    notice.publish("2026-1", valid_from=dt.date(2026, 1, 1))


@pytest.fixture
def register_file(tmp_path):
    file = tmp_path / "register.csv"
    file.write_text(FILE)
    return file


def an_objection_by_link(member):
    """With one press in a newsletter, and one more: no to everything, without log-in."""
    link = choices.links_for([member.pk], Topic.NEWSLETTER, Channel.EMAIL)[member.pk]
    address = reverse("unsubscribe", args=[link.public_id])
    assert Client(enforce_csrf_checks=True).post(address, {"everything": "yes"}).status_code == 200


def on_the_list(purpose):
    found = lists.reached(MailingFactory(purpose=purpose), on=TODAY)
    return set(found.values_list("email", flat=True))


def on_any_list():
    return {
        member.email
        for topic in Topic
        for channel in Channel
        for member in choices.may_be_contacted(Member.objects.all(), topic, channel, TODAY)
    }


def test_a_no_counts_at_once_for_newsletters_and_invitations_alike(register_file):
    call_command("import_members", register_file)
    assert on_the_list("newsletter") == {"anna@example.org", "bo@example.org"}

    an_objection_by_link(Member.objects.get(email="anna@example.org"))

    assert on_the_list("newsletter") == on_the_list("invitations") == {"bo@example.org"}
    assert on_any_list() == {"bo@example.org"}


def test_necessary_notices_are_still_sent(register_file):
    call_command("import_members", register_file)
    an_objection_by_link(Member.objects.get(email="anna@example.org"))

    assert on_the_list("notices") == {"anna@example.org", "bo@example.org"}


def test_an_objector_who_was_erased_and_is_imported_again_is_on_no_marketing_list(register_file):
    call_command("import_members", register_file)
    anna = Member.objects.get(email="anna@example.org")
    an_objection_by_link(anna)
    anna.periods.update(ended_on=TODAY - dt.timedelta(days=1), exit_reason="own_request")
    Member.objects.filter(pk=anna.pk).refresh_left_on()
    with transaction.atomic():
        erasure.erase([anna.pk], on=TODAY, at=NOW)
    assert not Member.objects.filter(member_number=700700).exists()

    call_command("import_members", register_file)

    again = Member.objects.get(member_number=700700)
    assert again.pk != anna.pk
    assert on_any_list() == {"bo@example.org"}
    for purpose in MARKETING:
        assert "anna@example.org" not in on_the_list(purpose)
    assert "anna@example.org" in on_the_list("notices")


def test_what_was_kept_of_her_meanwhile_tells_nothing(register_file):
    call_command("import_members", register_file)
    anna = Member.objects.get(email="anna@example.org")
    an_objection_by_link(anna)
    anna.periods.update(ended_on=TODAY - dt.timedelta(days=1), exit_reason="own_request")
    Member.objects.filter(pk=anna.pk).refresh_left_on()
    with transaction.atomic():
        erasure.erase([anna.pk], on=TODAY, at=NOW)

    kept = str(list(Suppression.objects.values()))
    for trace in (NUMBER, "anna@example.org", "Åberg", "700700"):
        assert trace not in kept


def test_a_no_needs_nothing_but_the_address(client):
    MemberFactory(email="anna@example.org", phone="")

    client.post(reverse("no_mailings"), {"email": "anna@example.org"})

    by_email = choices.may_be_contacted(Member.objects.all(), "newsletter", "email", TODAY)
    assert not by_email.exists()
