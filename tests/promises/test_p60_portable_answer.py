"""P60: what she gave us under the agreement, for machines, by a published schema."""

import datetime as dt
import io
import json
import zipfile

import jsonschema
import pytest
from django.utils import timezone

from dsar import package
from members import readlog
from tests.factories.members import (
    ApplicationFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))


@pytest.fixture
def answer():
    member = MemberFactory(numbered=True)
    UserFactory(member=member)
    ApplicationFactory(
        member=member, status="accepted", decided_at=NOW, employer="Arbetsgivaren i ansökan"
    )
    PaymentFactory(member=member, reference="STAFFTEXT")
    readlog.record(StaffFactory(), [member], view="member", purpose="STAFFTEXT")
    with zipfile.ZipFile(io.BytesIO(package.build(member.pk, portable=True, at=NOW))) as files:
        return {name: files.read(name).decode("utf-8-sig") for name in files.namelist()}


def test_it_validates_against_the_published_schema(answer):
    data = json.loads(answer["data.json"])

    jsonschema.validate(data, json.loads(package.SCHEMA.read_text()))
    assert data["kind"] == "portability"


def test_it_holds_her_application_and_her_own_data(answer):
    data = answer["data.json"]

    assert "Arbetsgivaren i ansökan" in data
    assert "Verkstaden AB" in data


def test_it_holds_neither_what_the_law_demands_nor_what_staff_wrote(answer):
    for name, text in answer.items():
        assert "STAFFTEXT" not in text, name


def test_every_section_is_a_table_too(answer):
    sections = json.loads(answer["data.json"])["sections"]

    assert len([name for name in answer if name.startswith("csv/")]) == len(sections)
