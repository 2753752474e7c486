"""My choices, and the ways to say no without a log-in: at once, and for whoever has the link."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import choices
from members.models import Channel, Consent, Objection, ReadLog, Suppression, Topic
from tests.factories.choices import (
    BounceFactory,
    ConsentFactory,
    ObjectionFactory,
    UnsubscribeLinkFactory,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("my_choices")
CHANGE = reverse("change_choice")
NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))


@pytest.fixture
def member(client):
    user = UserFactory()
    client.force_login(user)
    return user.member


def is_on(member, topic, channel):
    (found,) = (c for c in choices.of_member(member) if (c.topic, c.channel) == (topic, channel))
    return found.is_on


def switch(client, topic, channel, wanted):
    data = {"topic": topic, "channel": channel, "wanted": wanted}
    return client.post(CHANGE, data, follow=True)


def link_of(member, **words):
    link = UnsubscribeLinkFactory(member=member, **words)
    return reverse("unsubscribe", args=[link.public_id])


# --- My pages -------------------------------------------------------------------------------------


def test_a_switch_acts_at_once_and_is_told(client, member):
    page = switch(client, "newsletter", "email", "no")

    assert "Av från och med nu: nyhetsbrev, e-post." in page.text
    assert not is_on(member, "newsletter", "email")
    assert is_on(member, "newsletter", "letter")

    page = switch(client, "newsletter", "email", "yes")
    assert is_on(member, "newsletter", "email")
    assert "Du tackade nej: nyhetsbrev, e-post." in page.text
    assert "Du tog tillbaka ditt nej: nyhetsbrev, e-post." in page.text


def test_turning_offers_on_gives_the_consent_whose_words_are_on_the_page(client, member):
    words = "Ja, ni får skicka erbjudanden till mig med e-post"
    assert f"”{words}" in client.get(PAGE).text

    switch(client, "offers", "email", "yes")

    (consent,) = Consent.objects.all()
    assert (consent.member, consent.how) == (member, "my_pages")
    assert consent.wording.text.startswith(words)


def test_a_consent_is_withdrawn_with_one_press_and_stays_readable(client, member):
    consent = ConsentFactory(member=member)
    page = client.get(PAGE).text
    assert "Återkalla" in page
    assert consent.wording.text in page

    page = client.post(reverse("withdraw_consent", args=[consent.pk]), follow=True).text

    assert "Ditt samtycke är återkallat" in page
    assert consent.wording.text in page
    assert not is_on(member, "offers", "email")


def test_everything_is_turned_off_with_one_press(client, member):
    client.post(reverse("say_no_to_everything"))

    assert not any(choice.is_on for choice in choices.of_member(member))


@pytest.mark.parametrize("data", [{}, {"topic": "fees", "channel": "email"}, {"topic": "offers"}])
def test_what_is_no_choice_is_refused(client, member, data):
    assert client.post(CHANGE, data).status_code == 400
    assert Objection.objects.count() == 0


def test_the_page_is_logged_and_shows_nothing_of_anyone_else(client, member):
    other = ConsentFactory(wording__text="Ja till något hemligt.")
    ObjectionFactory(member=other.member, topic="surveys", channel="sms")

    page = client.get(PAGE)

    assert "hemligt" not in page.text
    assert "Du tackade nej" not in page.text
    assert ReadLog.objects.get(view="my_choices").subject_id == member.pk


def test_anothers_consent_answers_as_one_that_does_not_exist(client, member):
    other = ConsentFactory()

    found = client.post(reverse("withdraw_consent", args=[other.pk]))
    nothing = client.post(reverse("withdraw_consent", args=[10**9]))

    assert found.status_code == nothing.status_code == 404
    assert Consent.objects.standing().count() == 1


def test_a_member_is_told_that_mail_comes_back(client, member):
    assert "kom tillbaka" not in client.get(PAGE).text
    BounceFactory(member=member)
    assert "kom tillbaka" in client.get(PAGE).text


def test_staff_have_no_choices_of_their_own(client):
    client.force_login(StaffFactory(is_superuser=True))

    for answer in (
        client.get(PAGE),
        client.post(CHANGE),
        client.post(reverse("say_no_to_everything")),
    ):
        assert answer.status_code == 404


# --- the link in each message ---------------------------------------------------------------------


def test_opening_the_link_says_nothing_yet(client):
    member = MemberFactory(given_names="Hemlig", email="hemlig@example.org")

    page = client.get(link_of(member))

    assert "Nyhetsbrev, e-post: tryck på knappen" in page.text
    assert "hemlig" not in page.text.lower().replace("hemligt", "")
    assert Objection.objects.count() == 0


def test_the_button_says_no_without_log_in_and_asks_for_no_cookie():
    member = MemberFactory()
    anyone = Client(enforce_csrf_checks=True)

    page = anyone.post(link_of(member))

    assert "Ditt nej gäller från och med nu" in page.text
    assert not is_on(member, "newsletter", "email")
    assert is_on(member, "invitations", "email")
    assert Objection.objects.get().how == "link"


def test_a_mail_programs_own_button_does_the_same():
    """RFC 8058: a POST with this body, no cookies, no redirect."""
    member = MemberFactory()
    program = Client(enforce_csrf_checks=True)

    answer = program.post(
        link_of(member),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert not is_on(member, "newsletter", "email")


def test_a_second_press_is_answered_as_the_first(client):
    address = link_of(MemberFactory())

    assert client.post(address).content == client.post(address).content
    assert Objection.objects.count() == 1


def test_she_can_say_no_to_everything_from_there(client):
    member = MemberFactory()

    client.post(link_of(member), {"everything": "yes"})

    assert Objection.objects.count() == len(Topic) * len(Channel)


def test_a_link_of_somebody_who_has_been_erased_is_answered_kindly(client):
    address = reverse("unsubscribe", args=[uuid.uuid4()])

    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 200
        assert "Den här länken används inte längre" in answer.text


# --- an address alone -----------------------------------------------------------------------------


def test_anyone_says_no_by_address_and_members_are_answered_as_others(client):
    MemberFactory(email="anna@example.org")
    address = reverse("no_mailings")

    known = client.post(address, {"email": "Anna@example.org"})
    unknown = client.post(address, {"email": "ingen@example.org"})

    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    assert Suppression.objects.count() == 2 * len(Topic)
    assert not Objection.objects.exists()


def test_a_mistyped_address_is_told_of_and_nothing_is_kept(client):
    page = client.post(reverse("no_mailings"), {"email": "anna"})

    assert "Titta på" in page.text or "errorlist" in page.text
    assert Suppression.objects.count() == 0


def test_a_no_by_address_shows_on_my_pages_and_she_can_take_it_back(client, member):
    client.post(reverse("no_mailings"), {"email": member.email})
    assert not is_on(member, "newsletter", "email")

    switch(client, "newsletter", "email", "yes")

    assert is_on(member, "newsletter", "email")
    assert not is_on(member, "invitations", "email")


# --- by telephone ---------------------------------------------------------------------------------


def test_staff_write_down_what_a_member_says_on_the_telephone(client):
    client.force_login(StaffFactory(roles=["Medlemsservice"]))
    member = MemberFactory()
    address = reverse("admin:members_member_choices", args=[member.pk])
    assert "Ja, ni får skicka erbjudanden till mig med sms" in client.get(address).text

    client.post(address, {"wanted": "no", "topic": "newsletter", "channel": "", "how": "phone"})
    client.post(address, {"wanted": "yes", "topic": "offers", "channel": "sms", "how": "phone"})

    assert set(Objection.objects.values_list("topic", "how")) == {("newsletter", "phone")}
    assert Objection.objects.count() == len(Channel)
    assert Consent.objects.get().how == "phone"


def test_a_yes_to_everything_is_not_taken(client):
    client.force_login(StaffFactory(roles=["Medlemsservice"]))
    address = reverse("admin:members_member_choices", args=[MemberFactory().pk])

    page = client.post(address, {"wanted": "yes", "topic": "", "channel": "", "how": "phone"})

    assert "Ett ja gäller en sak på ett sätt" in page.text
    assert Consent.objects.count() == 0


def test_staff_suppress_an_address_that_the_register_need_not_know(client):
    client.force_login(StaffFactory(roles=["Medlemsservice"]))
    address = reverse("admin:members_suppression_add")

    client.post(address, {"address": "Ingen@Example.org"})
    page = client.get(reverse("admin:members_suppression_changelist"))

    assert Suppression.objects.count() == len(Topic)
    assert "ingen@example.org" not in page.text.lower()
    assert Suppression.objects.first().hash not in page.text


def test_noes_are_reviewed_every_five_years(client):
    long_ago = timezone.now() - dt.timedelta(days=5 * 366)
    choices.suppress_address("nagon@example.org", Channel.EMAIL, at=long_ago)
    client.force_login(StaffFactory(roles=["Dataskyddsombud"]))
    assert "Nej att ompröva" in client.get("/admin/").text

    client.post(
        reverse("admin:members_suppression_changelist"),
        {
            "action": "review",
            "_selected_action": list(Suppression.objects.values_list("pk", flat=True)),
        },
    )

    assert "Nej att ompröva" not in client.get("/admin/").text
    assert Suppression.objects.exclude(hash="").count() == len(Topic)
