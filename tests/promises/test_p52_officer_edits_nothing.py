"""P52: the officer reads and decides, but runs no operations (Art. 38(6))."""

import pytest
from django.urls import reverse

from dsar import roles
from members.models import Member
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import FeeFactory, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))


def test_the_officer_reads_a_member_and_cannot_change_her(client, officer):
    fee = FeeFactory(member=MemberFactory(city="Lund"))
    page = reverse("admin:members_member_change", args=[fee.member_id])
    leave = reverse("admin:members_member_leave", args=[fee.member_id])

    assert "Lund" in client.get(page).text
    assert client.post(page, {"city": "Umeå", "country": "SE"}).status_code == 403
    assert client.post(leave, {"on": "2026-01-31", "reason": "retired"}).status_code == 403
    assert client.post("/admin/members/member/add/", {"family_name": "Ny"}).status_code == 403
    assert client.post(f"/admin/members/fee/{fee.pk}/change/", {"amount": 0}).status_code == 403
    member = Member.objects.get()
    assert (member.city, member.left_on) == ("Lund", None)


def test_the_officer_decides_a_request(client, officer):
    request = SubjectRequestFactory(kind="erasure")
    refuse = reverse("admin:dsar_subjectrequest_refuse", args=[request.pk])

    client.post(refuse, {"reason": "Avtalet om medlemskap gäller."})

    request.refresh_from_db()
    assert request.status == "refused"
