"""P5: the register holds what the member gave in her application or changed on Mina sidor, and
knows which of the two it was, value by value."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from dsar import package
from members import services
from members.demo.numbers import test_numbers
from members.models import Application, Member
from tests.factories.members import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

test_numbers.__test__ = False
APPLIED = timezone.make_aware(dt.datetime(2026, 3, 2, 9))
FILLED_IN = {
    "given_names": "Björn",
    "family_name": "Öberg",
    "personnummer": test_numbers()[0],
    "email": "bjorn@example.org",
    "phone": "070-174 06 05",
    "street_address": "Storgatan 1",
    "postal_code": "102 22",
    "city": "Stockholm",
    "country": "Sverige",
    "employer": "Verkstaden AB",
    "job_title": "Chef",
}


@pytest.fixture
def member(client):
    """Through the public door: applied, confirmed, accepted."""
    client.post(reverse("apply"), FILLED_IN)
    application = Application.objects.get()
    client.post(reverse("confirm_application", args=[application.public_id]))
    return services.accept(application, by=StaffFactory(), at=APPLIED)


def test_what_the_application_gave_is_there_with_its_source(member):
    given = {name for name in FILLED_IN if name != "country"} | {"country"}

    assert given <= set(member.provenance)
    assert {source for source, _ in member.provenance.values()} == {"application"}


def test_a_change_on_my_pages_is_told_apart_and_the_old_value_is_in_the_history(client, member):
    client.force_login(UserFactory(member=member))
    form = {name: getattr(member, name) for name in FILLED_IN} | {
        "preferred_name": "",
        "care_of": "",
        "phone": "070-174 06 33",
    }

    client.post(reverse("edit_my_data"), form)

    member.refresh_from_db()
    assert {
        name for name, (source, _) in member.provenance.items() if source == "self_service"
    } == {"phone"}
    assert member.phone == "+46701740633"
    assert member.history.filter(phone="+46701740605").exists()
    page = " ".join(client.get(reverse("my_pages")).content.decode().split())
    assert "källa: du själv, på Mina sidor" in page
    assert "källa: din ansökan, 2 mars 2026" in page


def test_the_answer_to_a_request_for_access_prints_the_source_of_each_value(member):
    content = package.build(member.pk, portable=False, at=APPLIED)

    document = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))
    (record,) = next(
        section["records"]
        for section in document["sections"]
        if section["model"] == Member._meta.label
    )
    sources = {field["name"]: field.get("source") for field in record["fields"]}
    assert sources["phone"] == sources["given_names"] == "din ansökan"
