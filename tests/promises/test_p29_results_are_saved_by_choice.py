"""P29: "Resultaten kan i vissa fall sparas kopplat till din profil som medlem". By a choice for
each result, and gone at once when the member says so: looked for in everything that is kept."""

import logging
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from members.models import ToolResult
from tests import canary
from tests.factories.members import UserFactory
from tests.promises.test_p27_tools_use_what_you_enter import SENT

pytestmark = pytest.mark.django_db(transaction=True)

#: What stands in the answers and nowhere else: a salary, the name of an answer, that of a score.
#: The time of something else, which holds any digits now and then, is no salary.
TRACES = re.compile(r"(?<![\d.])57319(?!\d)|trust_1|Follow-through")


@pytest.fixture
def user(client, caplog):
    caplog.set_level(logging.INFO)
    user = UserFactory()
    client.force_login(user)
    return user


def places(caplog):
    """Where anything of the answers stands."""

    def everywhere():
        yield from canary.database()
        yield from canary.sqlite_bytes()
        yield from canary.folder(Path(django_settings.MEDIA_ROOT))
        yield from canary.folder(Path(django_settings.DATA_DIR) / "cache")
        yield from canary.folder(Path(django_settings.DATA_DIR) / "queue")
        yield from canary.redis_values()
        yield "the log", caplog.text

    return {place for place, text in everywhere() if TRACES.search(text)}


@pytest.mark.parametrize("key", SENT)
def test_a_tool_that_is_used_without_saving_leaves_nothing(client, user, caplog, key):
    before = dict(client.session)

    shown = client.post(reverse("tool", args=[key]), SENT[key])

    assert shown.status_code == 200
    assert "<svg" in shown.text
    assert not ToolResult.objects.exists()
    assert places(caplog) == set()
    assert dict(client.session) == before


@pytest.mark.parametrize("key", SENT)
def test_what_is_saved_and_deleted_again_leaves_nothing(client, user, caplog, key):
    client.post(reverse("save_tool", args=[key]), SENT[key])
    kept = ToolResult.objects.get()
    assert "members_toolresult.inputs" in places(caplog)

    client.post(reverse("delete_tool_result", args=[kept.public_id]))

    assert not ToolResult.objects.exists()
    assert places(caplog) == set()


@pytest.mark.parametrize("key", SENT)
def test_an_answer_that_is_refused_leaves_nothing(client, user, caplog, key):
    client.post(reverse("save_tool", args=[key]), SENT[key] | {"extra": "57319"})
    client.post(reverse("save_tool", args=[key]), SENT[key] | dict.fromkeys(SENT[key], "x"))

    assert not ToolResult.objects.exists()
    assert places(caplog) == set()


@pytest.mark.parametrize("key", SENT)
def test_saving_is_a_button_of_its_own_on_the_page_with_the_result(client, user, key):
    page = client.post(reverse("tool", args=[key]), SENT[key]).content.decode()

    assert f'action="{reverse("save_tool", args=[key])}"' in page
    assert "Spara det här resultatet" in page
    assert "Inget av det här är sparat" in page
