"""P7: what is relevant and needed is kept, and seen by those who need to know."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import services, text
from cases.kinds import KINDS, Kind
from cases.models import Case, EmergencyAccess
from dsar import roles
from members.demo import numbers
from tests.factories.cases import CaseFactory, TeamFactory, TeamMembershipFactory
from tests.factories.members import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_officer_of_the_same_kind_outside_the_unit_has_no_such_case():
    case = CaseFactory()
    outside, inside = StaffFactory(roles=[roles.NEGOTIATOR]), StaffFactory(roles=[roles.NEGOTIATOR])
    TeamMembershipFactory(team=case.team, user=inside)

    assert list(Case.objects.for_user(outside)) == []
    assert list(Case.objects.for_user(inside)) == [case]


def test_breaking_the_glass_leaves_a_row_that_somebody_follows_up():
    case, outside = CaseFactory(), StaffFactory(roles=[roles.NEGOTIATOR])

    services.break_glass(
        case, by=outside, at=timezone.now(), reason="Handläggaren är sjuk och fristen går ut"
    )

    assert list(Case.objects.for_user(outside)) == [case]
    assert EmergencyAccess.objects.waiting().get().user == outside
    assert case.events.get().kind == "glass_broken"


@pytest.mark.parametrize("kind", ["leadership_coaching", "career_coaching", "service", "sick_pay"])
def test_only_forms_of_social_insurance_ask_about_health(kind, client):
    TeamFactory()
    client.force_login(UserFactory())

    page = client.get(reverse("new_case_about", args=[kind])).content.decode()

    assert ('name="concerns_health"' in page) == KINDS[Kind(kind)].has_health


def test_a_personnummer_in_running_text_is_noticed():
    number = numbers.test_numbers()[5]
    assert text.find_personnummer(f"Hon heter Eva, {number[2:8]}-{number[8:]}.") != []
    assert text.find_personnummer("Hon heter Eva, 08-123 456 78.") == []
