"""P11: cases of employment, injury and benefits: restricted group, long time, law, hold."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.kinds import KINDS, Type, those
from cases.models import Case, Note
from dsar import roles, sweep
from dsar.models import LegalHold
from tests.factories.cases import CaseFactory, NoteFactory, TeamFactory, TeamMembershipFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

CLOSED = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("role", "sees_it"),
    [
        (roles.SOCIAL_INSURANCE, True),
        (roles.COACH, False),
        (roles.MEMBER_SERVICE, False),
        (roles.NEGOTIATOR, False),
        (roles.COMMUNICATIONS, False),
        (roles.FINANCE, False),
    ],
)
def test_an_injury_with_health_is_for_those_who_handle_social_insurance(role, sees_it):
    team, user = TeamFactory(), StaffFactory(roles=[role])
    TeamMembershipFactory(team=team, user=user)
    note = NoteFactory(case__kind="work_injury", case__concerns_health=True, case__team=team)

    assert Case.objects.for_user(user).exists() == sees_it
    assert list(Note.objects.for_user(user)) == [note] * sees_it


@pytest.mark.parametrize("kind", those(type=Type.EMPLOYMENT))
def test_its_rule_is_ten_years_and_names_the_law(kind):
    rule = KINDS[kind].rule
    assert rule.period.years == 10
    assert "lagen" in str(rule.reason)


def test_a_hold_stops_the_sweep_and_its_end_lets_it_go_on():
    case = CaseFactory(kind="work_injury", closed=CLOSED, reviewed=True)
    hold = LegalHold.objects.create(
        member=case.member, reason="Sjukdomen har visat sig nu", set_on=CLOSED,
        until=dt.date(2036, 12, 24),
    )  # fmt: skip
    for on, is_left in ((dt.date(2036, 11, 23), True), (hold.until, True),
                        (hold.until + dt.timedelta(days=1), False)):  # fmt: skip
        sweep.run(on, at=timezone.make_aware(dt.datetime.combine(on, dt.time(2))))
        assert Case.objects.exists() == is_left
