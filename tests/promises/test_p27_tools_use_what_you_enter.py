"""P27: "Uppgifterna är de som du själv anger". The declared fields, each once, and not one more."""

import pytest
from django.urls import reverse

from members.models import ToolResult
from members.tools import leader_profile, tools
from tests.factories.members import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

PROFILE = {s.name: str(1 + n % 5) for n, s in enumerate(leader_profile.STATEMENTS)}
SALARIES = {"role": "121", "sector": "private", "county": "01", "salary": "57319"}
SENT = {"ledarprofil": PROFILE, "lonestatistik": SALARIES}


@pytest.fixture
def member(client):
    member = MemberFactory(employer="Hemliga Verken AB", job_title="Kvastchef", city="Ystad")
    client.force_login(UserFactory(member=member))
    return member


@pytest.mark.parametrize("key", SENT)
@pytest.mark.parametrize("name", ["tool", "save_tool"])
@pytest.mark.parametrize("extra", [{"employer": "x"}, {"ip": "192.0.2.1"}, {"member": "1"}])
def test_a_field_that_is_not_declared_is_refused(client, member, name, key, extra):
    response = client.post(reverse(name, args=[key]), SENT[key] | extra)

    assert response.status_code == 400
    assert not ToolResult.objects.exists()


@pytest.mark.parametrize("name", ["tool", "save_tool"])
def test_a_field_that_is_sent_twice_is_refused(client, member, name):
    response = client.post(reverse(name, args=["ledarprofil"]), PROFILE | {"trust_1": ["1", "2"]})

    assert response.status_code == 400
    assert not ToolResult.objects.exists()


@pytest.mark.parametrize("key", SENT)
def test_what_is_stored_is_what_was_sent(client, member, key):
    client.post(reverse("save_tool", args=[key]), SENT[key])

    kept = ToolResult.objects.get()
    assert {name: str(value) for name, value in kept.inputs.items()} == SENT[key]


@pytest.mark.parametrize("key", SENT)
def test_nothing_of_the_register_or_the_browser_is_added(client, member, key):
    client.post(
        reverse("save_tool", args=[key]) + "?utm_source=letter",
        SENT[key],
        REMOTE_ADDR="192.0.2.77",
        headers={"user-agent": "Curious/1.0", "referer": "https://elsewhere.example/"},
    )

    kept = str([ToolResult.objects.get().inputs, ToolResult.objects.get().result])
    for own in ("Hemliga", "Kvastchef", "Ystad", "192.0.2.77", "Curious", "elsewhere", "letter"):
        assert own not in kept
    assert str(member.member_number) not in kept


@pytest.mark.parametrize("key", SENT)
def test_the_questions_are_never_filled_in_beforehand(client, member, key):
    client.post(reverse("save_tool", args=[key]), SENT[key])

    page = client.get(reverse("tool", args=[key])).content.decode()

    assert "checked" not in page
    assert "selected" not in page.replace('<option value="" selected>', "")
    assert "57319" not in page


@pytest.mark.parametrize("tool", [*tools], ids=lambda tool: tool.key)
def test_the_same_answers_give_two_members_the_same_result(client, tool):
    pages = []
    for name in ("Anna", "Binta"):
        client.force_login(UserFactory(member__given_names=name))
        response = client.post(reverse("tool", args=[tool.key]), SENT[tool.key])
        main = response.content.decode().partition("<main")[2].partition("</main>")[0]
        pages.append([line for line in main.splitlines() if "csrf" not in line])

    assert pages[0] == pages[1]
