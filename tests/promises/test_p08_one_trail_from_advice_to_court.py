"""P8: advice, negotiation and litigation are one trail; the date follows the kind."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from cases import services
from dsar import roles
from tests.factories.cases import TeamFactory, TeamMembershipFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

THEN = timezone.make_aware(dt.datetime(2026, 1, 12, 10))
LATER = timezone.make_aware(dt.datetime(2026, 11, 23, 10))


@time_machine.travel(LATER)
def test_a_case_that_goes_to_court_keeps_its_trail_and_gets_the_date_of_its_rule():
    handler, team = StaffFactory(roles=[roles.NEGOTIATOR]), TeamFactory()
    TeamMembershipFactory(team=team, user=handler)
    case = services.open_case(
        MemberFactory(), kind="advice", subject="Uppsagd", by=handler, at=THEN
    )
    services.write_note(case, body="Rådet.", channel="phone", by=handler, at=THEN, final=True)
    case = services.close(case, by=handler, at=THEN)
    assert (case.rule.code, case.erased_earliest) == ("R6", dt.date(2036, 1, 12))

    services.reopen(case, by=handler, at=LATER, reason="Arbetsgivaren har ändrat sig")
    for kind in ("negotiation", "litigation"):
        services.escalate(case, kind, by=handler, at=LATER, reason="Parterna kom inte överens")
    judgment = dt.date(2026, 11, 20)
    case = services.close(case, by=handler, at=LATER, concluded_on=judgment)

    assert (case.rule.code, case.erased_earliest) == ("R9", dt.date(2036, 11, 20))
    assert case.notes.get().service == "advice"
    assert list(case.events.values_list("kind", flat=True)) == [
        "opened", "closed", "reopened", "escalated", "escalated", "closed",
    ]  # fmt: skip
    steps = case.events.filter(kind="escalated").values_list("old_rule", "new_rule")
    assert list(steps) == [("R6", "R8"), ("R8", "R9")]
    assert {event.reason for event in case.events.filter(kind="escalated")} == {
        "Parterna kom inte överens"
    }
