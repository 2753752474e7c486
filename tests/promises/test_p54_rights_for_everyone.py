"""P54: members use their rights on Mina sidor; who has left or never joined, by the form."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dsar import requests, roles
from dsar.models import AccessPackage, SubjectRequest
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

KINDS = SubjectRequest.Kind.values
LEFT = dt.date(2026, 1, 31)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [None, LEFT])
def test_each_right_can_be_used_on_my_pages(client, kind, left):
    user = UserFactory(member=MemberFactory(left=left))
    client.force_login(user)
    page = reverse("new_request", args=[kind])
    assert client.get(page).status_code == 200

    client.post(page, {"message": "Det gäller min adress.", "understood": "on"})

    asked = SubjectRequest.objects.get()
    assert (asked.kind, asked.member, asked.channel) == (kind, user.member, "my_pages")
    assert asked.identification == "logged_in"


@pytest.mark.parametrize("kind", KINDS)
def test_each_right_can_be_used_by_the_form_without_logging_in(client, kind):
    client.post(
        reverse("contact"), {"kind": kind, "name": "Torgny Askelöf", "contact": "t@example.org"}
    )

    asked = SubjectRequest.objects.get()
    assert (asked.kind, asked.member, asked.identification) == (kind, None, "")


def test_a_former_member_gets_her_data_after_a_check_of_who_she_is(
    client, django_capture_on_commit_callbacks
):
    former = MemberFactory(left=LEFT)
    client.post(
        reverse("contact"), {"kind": "access", "name": former.name, "contact": former.email}
    )
    asked = SubjectRequest.objects.get()
    by = StaffFactory(roles=[roles.PRIVACY_OFFICE])
    with pytest.raises(requests.CannotDo, match="Identifiera personen"):
        requests.approve(asked, by=by, at=timezone.now())

    requests.identify(asked, how="letter_home", member=former, by=by, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        requests.approve(asked, by=by, at=timezone.now())

    assert AccessPackage.objects.get().member == former


def test_the_form_answers_members_and_strangers_the_same(client):
    """… and asks the database the same: it looks nobody up (law 9)."""
    member, answers = MemberFactory(), []

    for contact in (member.email, "stranger@example.org"):
        with CaptureQueriesContext(connection) as asked:
            response = client.post(
                reverse("contact"), {"kind": "access", "name": "Anna", "contact": contact}
            )
        assert not any("members_member" in query["sql"] for query in asked)
        answers.append((response.status_code, response.headers["Location"], len(asked)))

    assert answers[0] == answers[1]
    assert not SubjectRequest.objects.exclude(member=None).exists()
