"""Who sees what: every address of the product × every role × the records of a member (law 11, P43).

Each text column of each declared record of a member holds a word that occurs nowhere else. What a
role is shown of them, on any page and by any form, is what the table below lets it see.
"""

import zipfile
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from dsar import roles
from dsar.models import DataProtectionOfficer, NoticeVersion, SweepRun
from ledarna_gdpr.privacy import registry
from members.models import Member
from tests import addresses, canary, cast
from tests.canary import Canary
from tests.factories.cases import CaseFactory
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

#: What any employee reaches: the empty desk, her own password, the texts of the scripts.
FOR_EVERY_EMPLOYEE = {"/admin/", "/admin/jsi18n/", "/admin/password_change/"}
FOR_EVERY_EMPLOYEE |= {"/admin/password_change/done/", "/admin/login/"}


@pytest.fixture
def bird(settings):
    """A member with a token in every text column of every kind of record that is hers."""
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    bird = Canary(0)
    before = canary.keys()
    bird.member = MemberFactory(numbered=True)
    UserFactory(member=bird.member)
    cast.set_the_scene(bird)
    canary.fill_in_what_is_declared(bird)
    canary.fill(bird, before)
    bird.member.refresh_from_db()
    return bird


def rows_of(bird):
    """A record of hers for each declared model that has one, and those that are nobody's."""
    found = [bird.member]
    for declaration in registry.children_first():
        if declaration.model is not Member:
            found += declaration.records_of([bird.member.pk])[:1]
    today, now = timezone.localdate(), timezone.now()
    return [
        *found,
        SweepRun.objects.create(on=today, started_at=now, heartbeat_at=now, finished_at=now),
        NoticeVersion.objects.create(
            version="1", language="sv", valid_from=today, text="x", sha256="x"
        ),
        DataProtectionOfficer.objects.create(name="Binta", valid_from=today),
    ]


def text_of(response):
    content = response.getvalue()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode(errors="replace")


def what_is_seen(client, bird, rows):
    """The answers to every address, by GET and then by an empty POST, and whose words they hold.

    The kinds of record by table.
    """
    tokens = bird.everything()
    answers, seen = {}, set()
    places = [*addresses.of_the_admin(rows), *addresses.of_members(rows)]
    for method in (client.get, client.post):
        for address in places:
            response = method(address)
            assert response.status_code < 500, (method.__name__, address)
            answers[method.__name__, address] = response.status_code
            text = text_of(response)
            seen |= {what.partition(".")[0] for token, what in tokens.items() if token in text}
    return answers, seen


@pytest.mark.parametrize("role", cast.ROLES, ids=lambda role: role.name)
def test_each_role_sees_what_is_hers_and_no_more(bird, role):
    client = Client()
    if account := role.account(bird):
        client.force_login(account)

    answers, seen = what_is_seen(client, bird, rows_of(bird))

    assert seen == role.sees
    if role.is_an_employee_without_rights:
        reached = {
            a for (_method, a), status in answers.items() if status == 200 and "/admin/" in a
        }
        assert reached == FOR_EVERY_EMPLOYEE


@pytest.mark.django_db(transaction=True)
def test_a_new_model_is_watched_by_its_declaration_alone(a_new_model, bird):
    tables = {table for table, _column in bird.tokens}
    assert {a_new_model._meta.db_table, a_new_model.history.model._meta.db_table} <= tables


def test_an_absent_row_and_a_forbidden_one_are_answered_alike(client):
    """Where a role may look at all, what it may not see is as absent as what is not there."""
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE, roles.NEGOTIATOR]))
    protected = MemberFactory(protected=True)
    for row in (protected, CaseFactory(member=protected), CaseFactory()):
        for address in addresses.of_the_admin([row]):
            if f"/{row._meta.model_name}/{row.pk}/" in address:
                absent = client.get(address.replace(f"/{row.pk}/", "/999999999/"))
                forbidden = client.get(address)
                assert forbidden.status_code == absent.status_code, address
                assert forbidden.headers.get("Location") == absent.headers.get("Location")
