import pytest
from django.urls import reverse

from dsar import roles
from members.models import Application, Member, ReadLog
from tests.factories.members import ApplicationFactory, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/members/application/"


@pytest.fixture
def officer(client):
    officer = StaffFactory(name="Maj Sund", roles=[roles.MEMBER_SERVICE])
    client.force_login(officer)
    return officer


def page(application, name="change"):
    return reverse(f"admin:members_application_{name}", args=[application.pk])


def test_the_list_begins_with_those_that_wait(client, officer):
    waiting = ApplicationFactory()
    ApplicationFactory(status="started")

    assert client.get(LIST).context["cl"].result_list == [waiting]
    assert len(client.get(f"{LIST}?status=all").context["cl"].result_list) == 2


def test_accepting_asks_first_and_makes_a_member(client, officer):
    application = ApplicationFactory()

    assert "blir medlem" in client.get(page(application, "accept")).text
    assert not Member.objects.exists()
    response = client.post(page(application, "accept"), follow=True)

    assert "Den sökande är nu medlem." in response.text
    assert "Maj Sund" in response.text
    assert Member.objects.get().email == application.email


def test_declining_says_who_and_makes_nobody_a_member(client, officer):
    application = ApplicationFactory()

    client.post(page(application, "decline"))

    application.refresh_from_db()
    assert (application.status, application.decided_by) == ("declined", officer)
    assert not Member.objects.exists()


def test_what_has_been_decided_cannot_be_decided_again(client, officer):
    application = ApplicationFactory()
    client.post(page(application, "accept"))

    response = client.post(page(application, "decline"))

    assert "Bara en ansökan som väntar" in response.text
    assert Application.objects.get().status == "accepted"


def test_finance_sees_no_applications(client):
    client.force_login(StaffFactory(roles=[roles.FINANCE]))
    application = ApplicationFactory()

    assert client.get(LIST).status_code == 403
    assert client.post(page(application, "accept")).status_code == 403
    assert Application.objects.get().status == "submitted"


def test_a_protected_members_application_is_absent(client, officer):
    protected = MemberFactory(protected=True)
    application = ApplicationFactory(
        status="accepted", member=protected, decided_at=protected.history.first().history_date
    )

    assert client.get(f"{LIST}?status=all").context["cl"].result_list == []
    assert client.get(page(application)).status_code == 302
    assert not ReadLog.objects.exists()
