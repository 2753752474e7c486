"""P6: the register is used for membership administration; nobody can carry it out."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import notice, roles
from members.mailings import lists, sending
from members.models import Mailing, Member
from tests.admin_addresses import addresses
from tests.factories.choices import MailingFactory, ObjectionFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_communications_cannot_open_the_register(client):
    client.force_login(StaffFactory(roles=[roles.COMMUNICATIONS]))
    MemberFactory()

    assert client.get("/admin/members/member/").status_code == 403
    assert client.post("/admin/members/member/search/", {"q": "Anna"}).status_code == 404


def test_communications_reach_members_by_purpose_and_see_counts_alone(client):
    notice.publish("2026-1", valid_from=dt.date(2026, 1, 1))
    client.force_login(StaffFactory(roles=[roles.COMMUNICATIONS]))
    member = MemberFactory(family_name="Hemligsson")
    ObjectionFactory(member__family_name="Hemligsson")
    text = {"audience": "everyone", "subject": "Nytt i höst", "body": "Hej!"}
    client.post("/admin/members/mailing/add/", text | {"purpose": "newsletter"})
    mailing = Mailing.objects.get()
    sending.send(mailing, by=StaffFactory(), at=timezone.now())

    for address in addresses({Mailing: mailing.pk, Member: member.pk}):
        answer = client.get(address, follow=True)
        assert "Hemligsson" not in answer.text, address
        assert member.email not in answer.text, address
    assert client.get(f"/admin/members/mailing/{mailing.pk}/change/").context["total"] == 1


def test_a_list_drops_those_who_said_no(client):
    """The register for another purpose than its own: through that purpose's filter only."""
    ObjectionFactory(topic="invitations")
    member = MemberFactory()

    found = lists.reached(MailingFactory(purpose="invitations"), on=timezone.localdate())

    assert list(found) == [member]


def test_no_page_of_the_admin_hands_out_a_file(client):
    """Whoever asks: pages only, one hundred members on each, every one of them logged."""
    client.force_login(StaffFactory(is_superuser=True))
    member = MemberFactory()

    for address in addresses({Member: member.pk}):
        assert "export" not in address
        for response in (client.get(address), client.get(f"{address}?all=&format=csv")):
            assert "Content-Disposition" not in response.headers, address
            kind = response.headers["Content-Type"].split(";")[0]
            assert kind in {"text/html", "text/javascript"}, address


def test_a_page_shows_at_most_a_hundred_members(client):
    client.force_login(StaffFactory(is_superuser=True))
    for _ in range(101):
        MemberFactory()

    for query in ["", "all=", "all=1&p=1"]:
        assert len(client.get(f"/admin/members/member/?{query}").context["cl"].result_list) == 100
