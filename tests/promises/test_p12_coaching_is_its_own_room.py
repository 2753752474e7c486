"""P12: what is told a coach stays with the coaches, and not for long."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.kinds import Type, those
from cases.models import Case, Message
from dsar import roles, sweep
from tests.factories.cases import CaseFactory, MessageFactory, TeamFactory, TeamMembershipFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

COACHING = those(type=Type.COACHING)


@pytest.mark.parametrize("kind", COACHING)
@pytest.mark.parametrize("role", roles.ROLES)
def test_only_coaches_read_coaching_also_where_all_are_in_one_unit(role, kind):
    team, user = TeamFactory(), StaffFactory(roles=[role])
    TeamMembershipFactory(team=team, user=user, is_lead=True)
    MessageFactory(case__kind=kind, case__team=team)

    assert Case.objects.for_user(user).exists() == (role == roles.COACH)
    assert Message.objects.for_user(user).exists() == (role == roles.COACH)


def test_coaching_goes_years_before_a_dispute_that_closed_the_same_day():
    closed = dt.date(2026, 11, 23)
    coaching = CaseFactory(kind="leadership_coaching", closed=closed)
    dispute = CaseFactory(kind="negotiation", closed=closed)
    assert dispute.erased_earliest.year - coaching.erased_earliest.year == 8

    on = dt.date(2028, 11, 23)
    sweep.run(on, at=timezone.make_aware(dt.datetime.combine(on, dt.time(2))))

    assert list(Case.objects.all()) == [dispute]
