"""P61: every answer, refusal and extension says whom to complain to; none can leave it out."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dsar import letters
from dsar.models import SubjectRequest
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "templates" / letters.FOLDER
TEMPLATES = sorted(path.stem for path in FOLDER.glob("[!_]*.html"))


def request(**fields):
    return SubjectRequestFactory(**{"kind": "objection"} | fields)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_names_the_authority_and_the_courts(template):
    letter = letters._render(template, request(), timezone.now())

    assert "Integritetsskyddsmyndigheten" in letter
    assert "domstol" in letter


def test_every_kind_has_a_letter_for_its_answer():
    assert set(letters.ANSWERS) == set(SubjectRequest.Kind)
    assert set(letters.ANSWERS.values()) <= set(TEMPLATES)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_refusal_without_its_reason_cannot_be_written(reason):
    refused = request(status="refused", closed_at=timezone.now(), decision_reason=reason)

    with pytest.raises(letters.NoReason):
        letters.letter_for(refused)


def test_a_refusal_tells_its_reason():
    refused = request(
        status="refused", closed_at=timezone.now(), decision_reason="Tvisten pågår ännu."
    )

    assert "Tvisten pågår ännu." in letters.letter_for(refused)


def test_the_last_mail_tells_of_it_too():
    _subject, text = letters.erasure_notice(request(kind="erasure"))

    assert "Integritetsskyddsmyndigheten" in text


def test_it_stands_on_my_pages(client):
    user = UserFactory()
    client.force_login(user)

    assert "IMY" in client.get(reverse("my_privacy")).content.decode()
