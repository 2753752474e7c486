"""P55: the answer holds every record and tells of every purpose, in the person's own hands."""

import datetime as dt
import hashlib
import io
import json
import zipfile

import jsonschema
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from dsar import package, sweep, tasks
from dsar.models import AccessPackage, SubjectRequest
from ledarna_gdpr.privacy import registry
from members.models import OutgoingMail, ReadLog
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import FeeFactory, MemberFactory, PaymentFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def user():
    user = UserFactory(member=MemberFactory(numbered=True))
    FeeFactory(member=user.member)
    PaymentFactory(member=user.member)
    return user


@pytest.fixture
def request_(user):
    return SubjectRequestFactory(member=user.member, status="approved")


def opened(content):
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_answer_is_a_page_for_her_and_files_for_machines(user):
    content = package.build(user.member_id, portable=False, at=NOW)

    with opened(content) as files:
        names = set(files.namelist())
        page = files.read("index.html").decode()
        data = json.loads(files.read("data.json"))
        schema = json.loads(files.read("schema.json"))
    assert {"index.html", "data.json", "schema.json"} <= names
    assert "csv/medlemmar.csv" in names
    jsonschema.validate(data, schema, format_checker=jsonschema.FormatChecker())
    for words in (user.member.personnummer, "Åberg", "Integritetsskyddsmyndigheten", "330.00"):
        assert words in page
    assert {purpose["purpose"] for purpose in data["processing"]} == {
        purpose.key for purpose in registry.purposes
    }


def test_she_is_told_and_the_file_is_encrypted(request_, user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():
        tasks.make_package(request_id=request_.pk)

    request_.refresh_from_db()
    made = AccessPackage.objects.get()
    assert (request_.status, request_.closed_at) == ("answered", NOW)
    assert request_.package_sha256 == made.sha256
    with made.file.open() as file:
        assert b"PK" not in file.read(4)
    (mail,) = OutgoingMail.objects.all()
    for words in ("Anna", "Åberg", user.member.personnummer, "medlem"):
        assert words not in mail.subject + mail.body


def test_a_second_worker_makes_no_second_answer(request_):
    tasks.make_package(request_id=request_.pk)
    tasks.make_package(request_id=request_.pk)

    assert AccessPackage.objects.count() == OutgoingMail.objects.count() == 1
    assert len(default_storage.listdir("packages")[1]) == 1


@pytest.mark.parametrize("status", ["received", "refused", "answered"])
def test_only_an_approved_request_is_answered(status, user):
    closed = None if status == "received" else NOW
    request = SubjectRequestFactory(member=user.member, status=status, closed_at=closed)

    tasks.make_package(request_id=request.pk)

    assert AccessPackage.objects.count() == 0


def test_she_fetches_it_once_and_the_reading_is_logged(request_, user, client):
    tasks.make_package(request_id=request_.pk)
    client.force_login(user)
    url = reverse("download_package", args=[request_.public_id])

    asked = client.get(url)
    first = client.post(url)
    second = client.post(url)

    assert AccessPackage.objects.get().sha256 == hashlib.sha256(first.getvalue()).hexdigest()
    assert asked.status_code == 200
    assert first["Content-Disposition"] == 'attachment; filename="svar.zip"'
    assert "no-store" in first["Cache-Control"]
    assert second.status_code == 410
    assert "bara hämtas en gång" in second.content.decode()
    assert ReadLog.objects.filter(view="download_package").count() == 1


def test_a_download_that_fails_can_be_tried_again(request_, user, client):
    tasks.make_package(request_id=request_.pk)
    made = AccessPackage.objects.get()
    with made.file.open() as file:
        content = file.read()
    default_storage.delete(made.file.name)
    client.force_login(user)
    client.raise_request_exception = False
    url = reverse("download_package", args=[request_.public_id])

    assert client.post(url).status_code == 500
    assert ReadLog.objects.filter(view="download_package").count() == 0

    default_storage.save(made.file.name, ContentFile(content))
    assert client.post(url).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 410)])
def test_after_thirty_days_it_is_gone_also_where_no_sweep_has_been(
    days, status, request_, user, client
):
    tasks.make_package(request_id=request_.pk)
    url = reverse("download_package", args=[request_.public_id])
    with time_machine.travel(NOW + dt.timedelta(days=days), tick=False):
        client.force_login(user)
        page = client.post(url)

    assert page.status_code == status
    assert ReadLog.objects.filter(view="download_package").count() == (status == 200)


def test_after_the_sweep_she_is_told_that_she_may_ask_again(request_, user, client):
    tasks.make_package(request_id=request_.pk)
    later = NOW + dt.timedelta(days=30)
    sweep.run(timezone.localdate(later), at=later)
    assert AccessPackage.objects.count() == 0
    client.force_login(user)

    page = client.get(reverse("download_package", args=[request_.public_id]))

    assert page.status_code == 410
    assert "Tiden för att hämta svaret är ute" in page.content.decode()


def test_another_member_gets_what_nobody_gets(request_, client):
    tasks.make_package(request_id=request_.pk)
    client.force_login(UserFactory())

    for method in (client.get, client.post):
        assert method(reverse("download_package", args=[request_.public_id])).status_code == 404
    assert AccessPackage.objects.get().fetched_at is None


def test_the_schema_is_public(client):
    page = client.get(reverse("access_schema"))

    assert json.loads(page.content)["properties"]["schema"] == {"const": "access-1"}


def test_the_time_to_answer_is_one_month():
    request = SubjectRequest(received_at=NOW)

    assert request.due_on == dt.date(2026, 12, 23)
