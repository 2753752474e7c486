"""P6: the register is used for membership administration; nobody can carry it out."""

import pytest

from dsar import roles
from members.models import Member
from tests.admin_addresses import addresses
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_communications_cannot_open_the_register(client):
    client.force_login(StaffFactory(roles=[roles.COMMUNICATIONS]))
    MemberFactory()

    assert client.get("/admin/members/member/").status_code == 403
    assert client.post("/admin/members/member/search/", {"q": "Anna"}).status_code == 404


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
