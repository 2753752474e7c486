"""P30: "och visas upp för dig när du är inloggad på Mina sidor." For her, and nobody else."""

import pytest
from django.urls import reverse

from members.models import ToolResult
from tests.factories.members import StaffFactory, ToolResultFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["tool_result", "delete_tool_result"]


@pytest.fixture
def kept():
    return ToolResultFactory()


def test_she_finds_it_in_her_list_and_opens_it(client, kept):
    client.force_login(UserFactory(member=kept.member))
    address = reverse("tool_result", args=[kept.public_id])

    assert address in client.get(reverse("tools")).text
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_for_another_member_it_does_not_exist(client, kept, name, method):
    client.force_login(UserFactory())

    response = getattr(client, method)(reverse(name, args=[kept.public_id]))

    assert response.status_code in (404, 405)
    assert reverse("tool_result", args=[kept.public_id]) not in client.get(reverse("tools")).text
    assert ToolResult.objects.get() == kept


@pytest.mark.parametrize("name", PAGES)
def test_for_an_employee_it_does_not_exist(client, kept, name):
    client.force_login(StaffFactory(is_superuser=True))

    assert client.get(reverse(name, args=[kept.public_id])).status_code == 404


@pytest.mark.parametrize("name", [*PAGES, "tools"])
def test_whoever_has_not_logged_in_is_led_to_log_in(client, kept, name):
    arguments = [] if name == "tools" else [kept.public_id]

    response = client.get(reverse(name, args=arguments))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_the_pages_are_stored_nowhere_on_the_way(client, kept):
    client.force_login(UserFactory(member=kept.member))

    response = client.get(reverse("tool_result", args=[kept.public_id]))

    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
