"""Whose page, file, request or case it is decides; another's is not to be told from nothing."""

import re
import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone

from dsar.models import AccessPackage, SubjectRequest
from ledarna_gdpr import crypto
from members.models import ReadLog
from tests.factories.cases import CaseFactory, DocumentFactory, MessageFactory
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

#: Not a member's page: the admin asks for permissions, and is tested with them.
ADMIN = "admin/"
#: Addresses with something in them that names no record of a person.
HARMLESS = {
    "new_request",  # the right that is used
    "new_case_about",  # a kind of case
    "notice_version",  # a published text
    "openid_connect_login",  # the log-in service
    "openid_connect_callback",
    "tool",  # a tool's own page, the same for every member
    "save_tool",
}
#: A key of its own kind: whoever has it got it by mail.
BY_MAIL = {"confirm_application", "unsubscribe"}
#: Passkeys: the library looks them up among the account's own.
PASSKEYS = {"mfa_edit_webauthn", "mfa_remove_webauthn"}
#: Tested with the other choices, in tests/members/test_my_choices.py.
OWN_CONSENT = {"withdraw_consent"}
#: Tested with the tools, in tests/members/test_tools.py.
OWN_RESULT = {"tool_result", "delete_tool_result"}
#: An occasion is every member's to see, and of registrations her own alone: tested with the
#: courses, in tests/courses/test_member_pages.py.
OCCASION = {"occasion", "cancel_registration", "take_back_need", "join", "calendar"}
#: For those who are asked: tested with the surveys, in tests/courses/test_surveys.py.
SURVEY = {"survey", "survey_thanks", "decline_survey", "withdraw_survey"}
OWN_REQUEST = {"my_request", "withdraw_request", "download_package"}
OWN_CASE = {"my_case", "end_my_case"}
OWN_FILE = {"my_document"}
OWN = OWN_REQUEST | OWN_CASE | OWN_FILE


def patterns(resolver, before=""):
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address, pattern
        else:
            yield from patterns(pattern, address)


def pages_with_a_key():
    return {
        pattern.name
        for address, pattern in patterns(get_resolver())
        if not address.startswith(ADMIN) and "<" in address
    }


def without_token(response):
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return response.status_code, body


@pytest.fixture
def mine(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def other():
    """Another member, with a request that was answered with a file, and a case with one."""
    member = MemberFactory(given_names="Hemlig")
    asked = SubjectRequestFactory(
        kind=SubjectRequest.Kind.ACCESS,
        status=SubjectRequest.Status.ANSWERED,
        closed_at=timezone.now(),
        package_sha256="0" * 64,
        member=member,
    )
    package = AccessPackage(request=asked, member=member, sha256="0" * 64, made_at=timezone.now())
    package.file.save("package", ContentFile(crypto.encrypt(b"hemligt")))
    case = CaseFactory(member=member, subject="Hemligt")
    DocumentFactory(case=case, message=MessageFactory(case=case, body="Hemligt"), name="hemlig.pdf")
    return member


def key_of(page, member):
    """What the address of a member's page holds."""
    if page in OWN_REQUEST:
        return member.requests.get().public_id
    case = member.cases.get()
    return case.public_id if page in OWN_CASE else case.documents.get().public_id


def unchanged(member):
    """Whether nobody has got or changed anything of hers."""
    case = member.cases.get()
    return (
        AccessPackage.objects.get().fetched_at is None
        and not case.is_closed
        and case.messages.count() == 1
        and not ReadLog.objects.filter(subject_id=member.pk).exists()
    )


def test_every_page_with_a_key_in_its_address_is_known_here():
    """A new one has to be put into one of the sets, and tested with it."""
    known = OWN | BY_MAIL | PASSKEYS | OWN_CONSENT | OWN_RESULT | OCCASION | SURVEY
    assert pages_with_a_key() - HARMLESS == known


@pytest.mark.parametrize("page", sorted(OWN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_anothers_answers_as_what_does_not_exist(client, mine, other, page, method):
    ask = getattr(client, method)
    told = {"body": "Hej"}

    anothers = ask(reverse(page, args=[key_of(page, other)]), told)
    nobodys = ask(reverse(page, args=[uuid.uuid4()]), told)

    assert without_token(anothers) == without_token(nobodys)
    assert anothers.status_code in (404, 405)
    assert anothers.headers.keys() == nobodys.headers.keys()
    assert b"hemlig" not in anothers.content.lower()
    assert unchanged(other)


@pytest.mark.parametrize("page", sorted(OWN - {"withdraw_request"}))
def test_it_is_404_and_not_merely_the_same(client, mine, other, page):
    assert client.get(reverse(page, args=[key_of(page, other)])).status_code == 404


def test_anothers_open_request_cannot_be_taken_back(client, mine):
    asked = SubjectRequestFactory(kind=SubjectRequest.Kind.ERASURE)

    response = client.post(reverse("withdraw_request", args=[asked.public_id]))

    asked.refresh_from_db()
    assert (response.status_code, asked.is_open) == (404, True)


@pytest.mark.parametrize("page", sorted(OWN - {"withdraw_request"}))
def test_ones_own_is_shown(client, other, page):
    client.force_login(UserFactory(member=other))

    assert client.get(reverse(page, args=[key_of(page, other)])).status_code == 200


@pytest.mark.parametrize("page", sorted(OWN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_see_requests_and_cases_in_the_admin_alone(client, other, page, method):
    client.force_login(StaffFactory(is_superuser=True))

    response = getattr(client, method)(reverse(page, args=[key_of(page, other)]))

    assert response.status_code in (404, 405)
    assert unchanged(other)


@pytest.mark.parametrize(
    "page",
    [
        "my_pages",
        "edit_my_data",
        "my_privacy",
        "my_requests",
        "my_cases",
        "new_case",
        "account_change_email",
    ],
)
def test_staff_have_no_pages_of_their_own(client, page):
    client.force_login(StaffFactory(is_superuser=True))

    assert client.get(reverse(page)).status_code == 404


@pytest.mark.parametrize("page", sorted(OWN))
def test_whoever_is_not_logged_in_learns_nothing(client, other, page):
    key = key_of(page, other)
    anothers = client.get(reverse(page, args=[key]))
    unknown = uuid.uuid4()
    nobodys = client.get(reverse(page, args=[unknown]))

    assert anothers.status_code == nobodys.status_code == 302
    place = anothers.headers["Location"].replace(str(key), str(unknown))
    assert place == nobodys.headers["Location"]


@pytest.mark.parametrize("page", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_anothers_passkey_answers_as_one_that_does_not_exist(client, mine, page):
    anothers = Authenticator.objects.create(
        user=UserFactory(), type=Authenticator.Type.WEBAUTHN, data={"name": "Hemlig"}
    )

    found = client.get(reverse(page, args=[anothers.pk]))
    nothing = client.get(reverse(page, args=[anothers.pk + 1]))

    assert (found.status_code, found.content) == (nothing.status_code, nothing.content)
    assert b"Hemlig" not in found.content
