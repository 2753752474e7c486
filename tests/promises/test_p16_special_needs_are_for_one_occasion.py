"""P16: what you told of special needs serves one occasion, and those who organise it."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Occasion, SpecialNeed
from dsar import roles
from ledarna_gdpr.privacy import Category, registry
from tests.factories.courses import OccasionFactory, RegistrationFactory, SpecialNeedFactory
from tests.factories.members import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = "Jag har cöliaki"


def organiser():
    return StaffFactory(roles=[roles.COURSE_ORGANISER])


def needs_page(occasion):
    return reverse("admin:courses_occasion_needs", args=[occasion.pk])


def test_the_form_of_another_occasion_is_empty(client):
    told = SpecialNeedFactory(description=WORDS)
    client.force_login(UserFactory(member=told.registration.member))
    for occasion in (OccasionFactory(), OccasionFactory(zoom=True)):
        text = client.get(reverse("occasion", args=[occasion.public_id])).text
        assert 'name="description"' in text
        assert WORDS not in text
        assert "checked" not in text


def test_the_profile_does_not_know_of_it(client):
    told = SpecialNeedFactory(description=WORDS)
    client.force_login(UserFactory(member=told.registration.member))
    for name in ("my_pages", "edit_my_data", "my_courses"):
        assert WORDS not in client.get(reverse(name)).text


def test_its_organiser_sees_it_until_it_is_over(client):
    hers = organiser()
    told = SpecialNeedFactory(description=WORDS, registration__occasion__organisers=[hers])
    occasion = told.registration.occasion
    client.force_login(hers)
    assert WORDS in client.get(needs_page(occasion)).text

    over = timezone.now() - dt.timedelta(seconds=1)
    Occasion.objects.filter(pk=occasion.pk).update(
        starts_at=over - dt.timedelta(hours=1), ends_at=over
    )
    text = client.get(needs_page(occasion)).text
    assert WORDS not in text
    assert "visas inte längre" in text


def test_another_occasions_organiser_does_not(client):
    told = SpecialNeedFactory(description=WORDS)
    other = organiser()
    OccasionFactory(organisers=[other])
    client.force_login(other)
    response = client.get(needs_page(told.registration.occasion), follow=True)
    assert WORDS not in response.text
    assert not SpecialNeed.objects.for_user(other).exists()


def test_whatever_page_asks_only_its_organisers_are_given_it_and_only_until_it_is_over():
    hers, administrator = organiser(), StaffFactory(roles=[roles.COURSE_ADMINISTRATION])
    told = SpecialNeedFactory(registration__occasion__organisers=[hers])
    over = SpecialNeedFactory(
        registration__occasion__organisers=[hers], registration__occasion__ended=True
    )
    assert list(SpecialNeed.objects.for_user(hers)) == [told]
    for other in (administrator, StaffFactory(is_superuser=True), organiser()):
        assert not SpecialNeed.objects.for_user(other).exists()
    for mine in (told, over):
        owner = UserFactory(member=mine.registration.member)
        assert list(SpecialNeed.objects.for_user(owner)) == [mine]


def test_the_venue_gets_numbers_and_no_names_or_words(client):
    hers = organiser()
    occasion = OccasionFactory(organisers=[hers])
    for kinds in ("diet", "diet access", ""):
        SpecialNeedFactory(
            registration__occasion=occasion,
            registration__member__family_name="Gästsson",
            kinds=kinds,
            description=WORDS,
        )
    cancelled = RegistrationFactory(occasion=occasion, status="cancelled")
    SpecialNeedFactory(registration=cancelled, kinds="senses")
    client.force_login(hers)

    text = client.get(reverse("admin:courses_occasion_venue", args=[occasion.pk])).text

    table = text[text.index("<tbody>") : text.index("</tbody>")]
    assert re.sub(r"<[^>]*>|\s+", " ", table).split() == [
        "Mat", "och", "allergier", "2", "Tillgänglighet", "1",
    ]  # fmt: skip
    assert "Gästsson" not in text
    assert WORDS not in text


def test_it_hangs_on_one_registration_and_on_nothing_else():
    fields = {f.name: f for f in SpecialNeed._meta.concrete_fields}
    assert [n for n, f in fields.items() if f.is_relation] == ["registration"]
    assert fields["registration"].one_to_one
    declaration = registry[SpecialNeed]
    assert declaration.history_model is None
    assert declaration.fields["description"] == Category.HEALTH
