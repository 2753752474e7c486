import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from dsar import periods, roles
from dsar.models import PeriodChange
from ledarna_gdpr.privacy import Period, registry
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/dsar/periodchange/"
RULES = "/admin/dsar/periodchange/rules/"
PROPOSAL = {
    "rule": "R1",
    "years": 0,
    "months": 1,
    "days": 0,
    "reason": "Kortare tid räcker för uppsägningar.",
}


@pytest.fixture
def officer(client):
    officer = StaffFactory(name="Binta", roles=[roles.DATA_PROTECTION_OFFICER])
    client.force_login(officer)
    return officer


def page(change, name="change"):
    return reverse(f"admin:dsar_periodchange_{name}", args=[change.pk])


def test_every_rule_is_listed_with_its_law(client, officer):
    text = client.get(RULES).text

    for rule in registry.rules:
        assert f'<th scope="row">{rule.code}</th>' in text


def test_a_proposal_changes_nothing_and_shows_what_would_go(client, officer):
    today = timezone.localdate()
    MemberFactory(left=today - dt.timedelta(days=60))

    client.post(f"{LIST}add/", PROPOSAL)

    change = PeriodChange.objects.get()
    assert periods.in_force()["R1"] != Period(months=1)
    preview = {
        line.title: (line.now, line.then) for line in client.get(page(change)).context["preview"]
    }
    assert preview["medlemmar"] == (0, 1)


def test_a_second_person_puts_it_in_force(client, officer):
    client.post(f"{LIST}add/", PROPOSAL)
    change = PeriodChange.objects.get()

    alone = client.post(page(change, "approve"))
    assert "Någon annan" in alone.text
    assert periods.in_force()["R1"] != Period(months=1)
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    client.post(page(change, "approve"))

    assert periods.in_force()["R1"] == Period(months=1)
    assert "1 månad" in client.get(RULES).text


def test_the_office_proposes_but_does_not_approve(client):
    client.force_login(StaffFactory(roles=[roles.PRIVACY_OFFICE]))
    client.post(f"{LIST}add/", PROPOSAL)
    change = PeriodChange.objects.get()
    client.force_login(StaffFactory(roles=[roles.PRIVACY_OFFICE]))

    assert client.post(page(change, "approve")).status_code == 403
    assert client.post(page(change), PROPOSAL).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"months": 0}, {"rule": "R999"}, {"reason": "TBD"}, {"months": -1}]
)
def test_a_vague_proposal_is_refused(client, officer, wrong):
    response = client.post(f"{LIST}add/", PROPOSAL | wrong)

    assert response.status_code == 200
    assert not PeriodChange.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"years": 101}, "Högst 100."),
        ({"months": 10**30}, "Högst 1200."),
        ({"rule": "R14", "days": 10**30}, "Högst 36500."),
        ({"rule": "R14", "months": 1}, "lovar högst"),
        ({"rule": "R4", "years": 6}, "Lagen kräver minst 7 år."),
    ],
)
def test_a_period_beyond_calendar_notice_or_law_is_refused(client, officer, wrong, told):
    response = client.post(f"{LIST}add/", PROPOSAL | wrong)

    assert told in response.text
    assert not PeriodChange.objects.exists()
