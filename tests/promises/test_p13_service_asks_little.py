"""P13: service around the membership: no special fields, a short time."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import services
from cases.models import Case
from dsar import sweep
from tests.factories.cases import CaseFactory, TeamFactory
from tests.factories.members import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_neither_form_service_nor_database_takes_a_word_of_health(client):
    TeamFactory()
    user = UserFactory()
    client.force_login(user)
    page = client.get(reverse("new_case_about", args=["service"])).content.decode()
    assert "concerns_health" not in page

    client.post(
        reverse("new_case_about", args=["service"]),
        {"subject": "Faktura", "body": "Fel belopp", "concerns_health": "on"},
    )
    assert Case.objects.get(member=user.member).concerns_health is False

    with pytest.raises(services.CannotDo):
        services.open_case(
            MemberFactory(), kind="service", subject="x", concerns_health=True, at=timezone.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFactory(kind="service", concerns_health=True)


@pytest.mark.parametrize(("on", "is_left"), [("2027-11-22", True), ("2027-11-23", False)])
def test_it_goes_a_year_after_it_was_closed(on, is_left):
    CaseFactory(kind="service", closed=dt.date(2026, 11, 23))
    day = dt.date.fromisoformat(on)

    sweep.run(day, at=timezone.make_aware(dt.datetime.combine(day, dt.time(2))))

    assert Case.objects.exists() == is_left
