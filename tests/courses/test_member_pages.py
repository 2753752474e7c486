"""Courses on Mina sidor, from the list to the way in."""

import re

import pytest
from django.urls import reverse

from courses.models import Registration, SpecialNeed
from members.models import ReadLog
from tests.factories.courses import (
    OccasionFactory,
    OccasionMessageFactory,
    PlatformFactory,
    RegistrationFactory,
    SpecialNeedFactory,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

NEED = {"description": "Jordnötsallergi", "kinds": ["diet"], "agreed": "on"}


@pytest.fixture
def member():
    return MemberFactory()


@pytest.fixture
def client(client, member):
    client.force_login(UserFactory(member=member))
    return client


def page(name, occasion):
    return reverse(name, args=[occasion.public_id])


def test_the_list_shows_what_is_to_come_what_is_hers_and_what_has_been(client, member):
    OccasionFactory(title="Att leda på distans")
    OccasionFactory(title="Ett utkast", published_at=None)
    RegistrationFactory(member=member, occasion__title="Mitt möte")
    RegistrationFactory(
        member=member, status="attended", occasion__ended=True, occasion__title="Det var då"
    )
    RegistrationFactory(occasion__title="En annans kurs")

    text = client.get(reverse("my_courses")).text

    own, rest = text.split('id="upcoming"')
    upcoming, past = rest.split('id="past"')
    assert "Mitt möte" in own
    assert "Mitt möte" not in upcoming
    assert "Att leda på distans" in upcoming
    assert "En annans kurs" in upcoming
    assert "En annans kurs" not in own + past
    assert re.search(r"Det var då.*deltog", past, re.DOTALL)
    assert "Ett utkast" not in text


def test_an_empty_list_says_so(client):
    text = client.get(reverse("my_courses")).text
    assert "Du har inte deltagit i något än." in text
    assert "inget att anmäla sig till" in text


def test_each_page_writes_the_read_log(client, member):
    occasion = RegistrationFactory(member=member, occasion__zoom=True).occasion
    client.get(reverse("my_courses"))
    for name in ("occasion", "cancel_registration", "join", "calendar"):
        client.get(page(name, occasion))
    views = set(ReadLog.objects.filter(subject_id=member.pk).values_list("view", flat=True))
    assert views == {"my_courses", "occasion", "cancel_registration", "join", "calendar"}


def test_she_registers_with_a_need_that_is_stored_with_the_registration_alone(client, member):
    occasion = OccasionFactory()
    response = client.post(page("occasion", occasion), NEED, follow=True)
    assert "Du är anmäld." in response.text
    need = SpecialNeed.objects.get()
    assert (need.registration.member, need.description, need.kinds) == (
        member, "Jordnötsallergi", "diet",
    )  # fmt: skip


def test_without_agreeing_nothing_is_stored(client):
    occasion = OccasionFactory()
    response = client.post(page("occasion", occasion), {"description": "Jordnötsallergi"})
    assert 'href="#id_agreed"' in response.text
    assert "Kryssa i rutan" in response.text
    assert not Registration.objects.exists()


def test_without_a_need_there_is_nothing_to_agree_to(client):
    client.post(page("occasion", OccasionFactory()), {"description": "  "})
    assert Registration.objects.exists()
    assert not SpecialNeed.objects.exists()


def test_a_kind_that_is_not_listed_is_refused(client):
    response = client.post(page("occasion", OccasionFactory()), NEED | {"kinds": ["religion"]})
    assert "Välj bland dem som finns i listan." in response.text
    assert not Registration.objects.exists()


def test_who_registers_while_the_last_place_goes_is_told_that_she_waits(client):
    occasion = OccasionFactory(places=1)
    RegistrationFactory(occasion=occasion)
    response = client.post(page("occasion", occasion), {}, follow=True)
    assert "Du står på väntelistan." in response.text


def test_twice_is_told_and_not_done(client, member):
    occasion = RegistrationFactory(member=member).occasion
    response = client.post(page("occasion", occasion), {}, follow=True)
    assert "Du är redan anmäld." in response.text
    assert Registration.objects.count() == 1


def test_the_invoice_reference_is_only_asked_for_where_there_is_a_price(client):
    free, paid = OccasionFactory(), OccasionFactory(price=1200)
    assert "invoice_reference" not in client.get(page("occasion", free)).text
    client.post(page("occasion", paid), {"invoice_reference": "K-77"})
    assert Registration.objects.get().invoice_reference == "K-77"


def test_cancelling_asks_first(client, member):
    mine = RegistrationFactory(member=member)
    client.get(page("cancel_registration", mine.occasion))
    mine.refresh_from_db()
    assert mine.status == "registered"
    response = client.post(page("cancel_registration", mine.occasion), follow=True)
    assert "Du har avbokat." in response.text
    mine.refresh_from_db()
    assert mine.status == "cancelled"


def test_a_need_is_taken_back_with_one_button(client, member):
    need = SpecialNeedFactory(registration__member=member)
    occasion = need.registration.occasion
    assert "Glutenfri mat" in client.get(page("occasion", occasion)).text
    assert client.get(page("take_back_need", occasion)).status_code == 405
    response = client.post(page("take_back_need", occasion), follow=True)
    assert "Inget finns kvar" in response.text
    assert not SpecialNeed.objects.exists()


def test_another_members_need_is_shown_to_nobody_else(client, member):
    occasion = RegistrationFactory(member=member).occasion
    SpecialNeedFactory(registration__occasion=occasion, description="Cöliaki")
    for name in ("occasion", "join", "cancel_registration"):
        assert "Cöliaki" not in client.get(page(name, occasion)).text


def test_what_she_has_no_part_in_answers_like_what_is_not_there(client):
    theirs = RegistrationFactory(occasion__zoom=True).occasion
    draft = OccasionFactory(published_at=None)
    for name in ("cancel_registration", "join", "calendar"):
        assert client.get(page(name, theirs)).status_code == 404
    assert client.post(page("take_back_need", theirs)).status_code == 404
    assert client.get(page("occasion", draft)).status_code == 404


@pytest.mark.parametrize("status", ["waiting", "cancelled"])
def test_without_a_place_there_is_no_way_in(client, member, status):
    mine = RegistrationFactory(member=member, status=status, occasion__zoom=True)
    assert client.get(page("join", mine.occasion)).status_code == 404
    assert "zoom.us/j/" not in client.get(page("occasion", mine.occasion)).text


def test_when_it_is_over_there_is_no_way_in(client, member):
    mine = RegistrationFactory(member=member, occasion__zoom=True, occasion__ended=True)
    assert client.get(page("join", mine.occasion)).status_code == 404


def test_the_way_into_zoom_opens_without_telling_where_one_came_from(client, member):
    mine = RegistrationFactory(member=member, occasion__zoom=True)
    response = client.get(page("join", mine.occasion))
    (link,) = re.findall(r"<a[^>]*zoom\.us/j/[^>]*>", response.text)
    assert 'rel="noopener noreferrer"' in link
    assert response["X-DNS-Prefetch-Control"] == "off"
    assert "frame-src" not in response["Content-Security-Policy"]


def test_vimeos_player_may_be_framed_on_its_own_page_and_on_no_other(client, member):
    mine = RegistrationFactory(member=member, occasion__vimeo=True)
    join = client.get(page("join", mine.occasion))
    assert "frame-src https://player.vimeo.com;" in join["Content-Security-Policy"] + ";"
    for name in ("occasion", "cancel_registration"):
        assert "vimeo" not in client.get(page(name, mine.occasion))["Content-Security-Policy"]


def test_the_calendar_file_is_hers_to_download(client, member):
    mine = RegistrationFactory(member=member)
    response = client.get(page("calendar", mine.occasion))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = response.content.decode()
    assert "BEGIN:VEVENT" in text
    assert member.family_name not in text
    assert member.email not in text


def test_messages_are_read_by_those_who_have_a_place(client, member):
    mine = RegistrationFactory(member=member)
    OccasionMessageFactory(occasion=mine.occasion, subject="Ändrad sal")
    assert "Ändrad sal" in client.get(page("occasion", mine.occasion)).text
    Registration.objects.update(status="waiting")
    assert "Ändrad sal" not in client.get(page("occasion", mine.occasion)).text


def test_an_employee_has_no_courses_of_her_own(client):
    client.force_login(StaffFactory(roles=["Kursadministratör"]))
    occasion = OccasionFactory()
    assert client.get(reverse("my_courses")).status_code == 404
    assert client.get(page("occasion", occasion)).status_code == 404


def test_a_platform_within_the_eea_is_told_of_without_a_ground(client):
    platform = PlatformFactory(
        name="Sändaren", company="Sändning AB", country="SE", mechanism="eea", player="none"
    )
    occasion = OccasionFactory(zoom=True, platform=platform)
    text = client.get(page("occasion", occasion)).text
    assert "Sändning AB (Sverige)" in text
    assert "utanför EU" not in text


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    client, member, django_assert_num_queries
):
    def fill():
        RegistrationFactory(member=member, occasion__zoom=True)
        RegistrationFactory(member=member, status="attended", occasion__ended=True)
        OccasionFactory(vimeo=True)

    fill()
    client.get(reverse("my_courses"))
    with django_assert_num_queries(6) as for_one:
        client.get(reverse("my_courses"))
    for _ in range(4):
        fill()
    with django_assert_num_queries(len(for_one)):
        client.get(reverse("my_courses"))
