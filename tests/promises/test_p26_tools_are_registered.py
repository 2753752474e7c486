"""P26: "Vissa verktyg som vi erbjuder på vår webbplats samlar in uppgifter om dig." Each says
beforehand what it asks, what for, and whether a result can be kept."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from members.models import ToolKey, ToolResult
from members.tools import saved, tools
from members.tools.registry import UnknownTool
from tests.factories.members import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 3, 31, 12))


def test_each_tool_declares_purpose_fields_saving_and_retention():
    assert {tool.key for tool in tools} == set(ToolKey.values)
    for tool in tools:
        assert len(str(tool.purpose)) > 20
        assert tool.fields
        assert tool.saving
        assert all(str(rule.reason) for rule in tool.retention)


@pytest.mark.parametrize("tool", [*tools], ids=lambda tool: tool.key)
def test_each_field_has_a_label_and_bounds(tool):
    assert len(tool.names) == len(tool.fields)
    for field in tool.fields:
        assert str(field.label)
        form_field = field.form_field()
        with pytest.raises(Exception, match=r".") as refused:
            form_field.clean("no such answer")
        assert type(refused.value).__name__ == "ValidationError"


@pytest.mark.parametrize("tool", [*tools], ids=lambda tool: tool.key)
def test_the_page_says_what_the_answers_are_used_for(client, tool):
    client.force_login(UserFactory())

    page = client.get(reverse("tool", args=[tool.key])).content.decode()

    assert str(tool.purpose) in page
    assert f'href="{reverse("notice")}#tools"' in page


def test_a_tool_that_is_not_registered_cannot_store_a_result():
    member = MemberFactory()

    with pytest.raises(UnknownTool):
        saved.save(member, "horoskop", {"sign": "virgo"}, at=NOW)
    assert not ToolResult.objects.exists()


def test_nor_can_anything_behind_its_back():
    with pytest.raises(IntegrityError, match="tool_result_is_of_a_known_tool"):
        ToolResult.objects.create(
            member=MemberFactory(), tool="horoskop", inputs={}, result={}, saved_at=NOW,
            last_opened_at=NOW,
        )  # fmt: skip


def test_an_unknown_tool_is_no_page(client):
    client.force_login(UserFactory())

    assert client.get(reverse("tool", args=["horoskop"])).status_code == 404
    assert client.post(reverse("save_tool", args=["horoskop"]), {"a": "1"}).status_code == 404
