"""What organisers do with an occasion, and what they do not get to see."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Occasion, OccasionMessage, Platform, Registration, SpecialNeed
from dsar import roles
from members.models import OutgoingMail, ReadLog
from tests.factories.courses import (
    OccasionFactory,
    PlatformFactory,
    RegistrationFactory,
    SpecialNeedFactory,
)
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser():
    return StaffFactory(roles=[roles.COURSE_ORGANISER], name="Vera Dahl")


@pytest.fixture
def client(client, organiser):
    client.force_login(organiser)
    return client


def page(name, row):
    kind = type(row)._meta.model_name
    return reverse(f"admin:courses_{kind}_{name}", args=[row.pk])


PAGES = ["change", "participants", "name-tags", "venue", "needs", "attendance", "message"]


@pytest.mark.parametrize("name", PAGES)
def test_anothers_occasion_answers_like_one_that_is_not_there(client, name):
    theirs = OccasionFactory(organisers=[StaffFactory(roles=[roles.COURSE_ORGANISER])])
    absent = client.get(reverse(f"admin:courses_occasion_{name}", args=[10**9]))
    found = client.get(page(name, theirs))
    assert (found.status_code, found["Location"]) == (absent.status_code, absent["Location"])


def test_participants_are_shown_and_the_reading_is_logged(client, organiser):
    mine = OccasionFactory(organisers=[organiser])
    row = RegistrationFactory(occasion=mine, member__family_name="Deltagarsson")
    assert "Deltagarsson" in client.get(page("participants", mine)).text
    log = ReadLog.objects.get(view="admin:courses_occasion_participants")
    assert (log.actor_id, log.subject_id) == (organiser.pk, row.member_id)


@pytest.mark.parametrize("name", ["participants", "name-tags", "needs", "attendance"])
def test_a_protected_identity_is_counted_and_not_named(client, organiser, name):
    mine = OccasionFactory(organisers=[organiser])
    SpecialNeedFactory(
        registration__occasion=mine,
        registration__member=MemberFactory(protected=True, family_name="Skyddsson"),
        description="Skyddat behov",
    )
    text = client.get(page(name, mine)).text
    assert "Skyddsson" not in text
    assert "Skyddat behov" not in text
    if name != "attendance":
        assert "1 " in text


def test_no_name_tag_is_printed_for_a_protected_identity_whoever_looks(client):
    both = StaffFactory(roles=[roles.COURSE_ORGANISER, roles.PROTECTED_IDENTITIES])
    client.force_login(both)
    mine = OccasionFactory(organisers=[both])
    RegistrationFactory(
        occasion=mine, member=MemberFactory(protected=True, family_name="Skyddsson")
    )
    RegistrationFactory(occasion=mine, member__family_name="Öppensson")
    assert "Skyddsson" in client.get(page("participants", mine)).text
    text = client.get(page("name-tags", mine)).text
    assert "Öppensson" in text
    assert "Skyddsson" not in text
    assert "1 deltagare är inte med här" in text


def test_those_who_wait_or_have_cancelled_get_no_name_tag(client, organiser):
    mine = OccasionFactory(organisers=[organiser])
    for status in ("waiting", "cancelled"):
        RegistrationFactory(occasion=mine, status=status, member__family_name="Hemmasson")
    assert "Hemmasson" not in client.get(page("name-tags", mine)).text


def test_whoever_sees_every_occasion_still_sees_only_the_needs_of_her_own(client):
    administrator = StaffFactory(roles=[roles.COURSE_ADMINISTRATION])
    client.force_login(administrator)
    need = SpecialNeedFactory(description="Cöliaki")
    occasion = need.registration.occasion
    assert client.get(page("participants", occasion)).status_code == 200
    refused = client.get(page("needs", occasion))
    assert refused.status_code == 403
    assert "Cöliaki" not in refused.text
    occasion.organisers.add(administrator)
    assert "Cöliaki" in client.get(page("needs", occasion)).text


def test_not_even_a_superuser_who_does_not_organise_it_sees_a_need(client):
    client.force_login(StaffFactory(is_superuser=True))
    need = SpecialNeedFactory()
    assert client.get(page("needs", need.registration.occasion)).status_code == 403


def test_publishing_tells_all_that_is_missing(client, organiser):
    platform = PlatformFactory(company="", policy_url="")
    draft = OccasionFactory(zoom=True, platform=platform, published_at=None, organisers=[organiser])
    text = client.post(page("publish", draft)).text
    assert "Bolaget bakom plattformen är inte angivet." in text
    assert "Länken till bolagets integritetspolicy saknas." in text
    draft.refresh_from_db()
    assert draft.published_at is None


def test_publishing_is_a_verb(client, organiser):
    draft = OccasionFactory(published_at=None, organisers=[organiser])
    client.get(page("publish", draft))
    draft.refresh_from_db()
    assert draft.published_at is None
    client.post(page("publish", draft))
    draft.refresh_from_db()
    assert draft.published_at


def form_of(occasion, **changes):
    start, end = timezone.localtime(occasion.starts_at), timezone.localtime(occasion.ends_at)
    values = {
        "kind": occasion.kind,
        "title": occasion.title,
        "venue": occasion.venue,
        "price": occasion.price,
        "places": occasion.places or "",
        "platform": occasion.platform_id or "",
        "join_link": occasion.join_link,
        "starts_at_0": start.date(),
        "starts_at_1": f"{start:%H:%M:%S}",
        "ends_at_0": end.date(),
        "ends_at_1": f"{end:%H:%M:%S}",
        "organisers": [user.pk for user in occasion.organisers.all()],
    }
    return values | changes


def test_what_is_published_stays_fit_to_be(client, organiser):
    mine = OccasionFactory(zoom=True, organisers=[organiser])
    response = client.post(page("change", mine), form_of(mine, join_link=""))
    assert "Ange adressen att ansluta via." in response.text
    mine.refresh_from_db()
    assert mine.join_link


def test_an_address_that_names_somebody_is_refused(client, organiser):
    mine = OccasionFactory(zoom=True, organisers=[organiser])
    address = "https://zoom.us/j/1?uname=Anna"
    response = client.post(page("change", mine), form_of(mine, join_link=address))
    assert "utan namn" in response.text


def test_an_organiser_is_taken_off_and_sees_it_no_more(client, organiser):
    other = StaffFactory(roles=[roles.COURSE_ORGANISER])
    mine = OccasionFactory(organisers=[organiser, other])
    client.post(page("change", mine), form_of(mine, organisers=[other.pk]))
    assert list(mine.organisers.all()) == [other]
    assert client.get(page("change", mine)).status_code == 302


def test_more_places_move_the_waiting_list_up(client, organiser):
    mine = OccasionFactory(places=1, organisers=[organiser])
    RegistrationFactory(occasion=mine)
    waits = RegistrationFactory(occasion=mine, status="waiting")
    response = client.post(page("change", mine), form_of(mine, places=2))
    assert response.status_code == 302
    waits.refresh_from_db()
    assert waits.status == "registered"
    assert OutgoingMail.objects.get().member == waits.member


def test_attendance_is_marked_for_those_who_may_be_seen(client, organiser):
    mine = OccasionFactory(ended=True, organisers=[organiser])
    row = RegistrationFactory(occasion=mine)
    unseen = RegistrationFactory(occasion=mine, member=MemberFactory(protected=True))
    client.post(page("attendance", mine), {f"r{row.pk}": "yes", f"r{unseen.pk}": "yes"})
    row.refresh_from_db()
    unseen.refresh_from_db()
    assert (row.status, unseen.status) == ("attended", "registered")


def test_attendance_before_the_start_is_refused_in_words(client, organiser):
    mine = OccasionFactory(organisers=[organiser])
    row = RegistrationFactory(occasion=mine)
    text = client.post(page("attendance", mine), {f"r{row.pk}": "yes"}).text
    assert "Det har inte börjat än." in text


def test_a_message_goes_to_the_participants_and_its_progress_is_shown(
    client, organiser, django_capture_on_commit_callbacks
):
    mine = OccasionFactory(organisers=[organiser])
    row = RegistrationFactory(occasion=mine)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(page("message", mine), {"subject": "Ny sal", "body": "Sal 2."})
    message = OccasionMessage.objects.get()
    assert response["Location"] == page("change", message)
    assert OutgoingMail.objects.get().member == row.member
    assert "1 / 1" in client.get(page("change", message)).text


def test_a_message_at_work_renews_its_page(client, organiser):
    mine = OccasionFactory(organisers=[organiser])
    RegistrationFactory(occasion=mine)
    client.post(page("message", mine), {"subject": "Ny sal", "body": "Sal 2."})
    assert client.get(page("change", OccasionMessage.objects.get()))["Refresh"] == "2"


def test_staff_cancel_for_a_member_who_calls(client, organiser):
    need = SpecialNeedFactory(registration__occasion__organisers=[organiser])
    client.post(page("cancel", need.registration))
    row = Registration.objects.get()
    assert row.status == "cancelled"
    assert row.history.first().history_user_id == organiser.pk
    assert not SpecialNeed.objects.exists()


def test_a_changed_ground_takes_the_officers_consent_back(client):
    client.force_login(StaffFactory(roles=[roles.COURSE_ADMINISTRATION]))
    platform = PlatformFactory()
    values = {
        "name": platform.name,
        "player": platform.player,
        "company": platform.company,
        "country": "us",
        "shares": platform.shares,
        "mechanism": "dpf",
        "certificate_checked_on": timezone.localdate(),
        "policy_url": platform.policy_url,
        "policy_checked_on": timezone.localdate(),
    }
    assert client.post(page("change", platform), values).status_code == 302
    platform.refresh_from_db()
    assert platform.approved_on
    client.post(page("change", platform), values | {"mechanism": "scc"})
    platform.refresh_from_db()
    assert platform.approved_on is None


def test_only_the_officer_approves_a_transfer(client):
    platform = PlatformFactory(approved_on=None)
    client.force_login(StaffFactory(roles=[roles.COURSE_ADMINISTRATION]))
    assert client.post(page("approve", platform)).status_code == 403
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    client.post(page("approve", platform))
    assert Platform.objects.get().approved_on == timezone.localdate()


def test_the_desk_shows_the_next_of_ones_own(client, organiser):
    OccasionFactory(title="Min kurs", organisers=[organiser])
    OccasionFactory(title="En annans kurs")
    text = client.get(reverse("admin:index")).text
    assert "Min kurs" in text
    assert "En annans kurs" not in text


def test_the_list_begins_with_what_is_to_come(client, organiser):
    OccasionFactory(title="Kommande kurs", organisers=[organiser])
    OccasionFactory(title="Gammal kurs", ended=True, organisers=[organiser])
    address = reverse("admin:courses_occasion_changelist")
    assert "Gammal kurs" not in client.get(address).text
    assert "Gammal kurs" in client.get(address, {"when": "ended"}).text


def test_no_page_of_the_admin_writes_a_need_into_its_log(client, organiser):
    need = SpecialNeedFactory(registration__occasion__organisers=[organiser])
    occasion = need.registration.occasion
    Occasion.objects.filter(pk=occasion.pk).update(starts_at=timezone.now() - dt.timedelta(hours=1))
    for name in PAGES:
        client.get(page(name, occasion))
    purposes = ReadLog.objects.values_list("purpose", "view")
    assert "Gluten" not in str(list(purposes))
