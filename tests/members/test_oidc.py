"""Log-in through OpenID Connect, with a provider of our own on the other side."""

import pytest
import requests
from django.db import connection
from django.urls import reverse

from members.accounts.checks import check_providers
from members.demo import numbers
from members.models import LoginRecord, Member, User
from tests import oidc_provider
from tests.factories.members import MemberFactory, StaffFactory, UserFactory
from tests.members.test_login import logged_in_as

pytestmark = pytest.mark.django_db

NUMBER = numbers.test_numbers()[0]
CLAIMS = {
    "sub": "pseudonym-1",
    "acr": "urn:bankid",
    "nin": NUMBER,
    "nin_type": "PERSON",
    "nin_issuing_country": "SE",
    "name": "Anna Hemlig",
    "given_name": "Anna",
    "family_name": "Hemlig",
    "email": "anna.hemlig@example.org",
    "ipaddress": "203.0.113.7",
}


@pytest.fixture
def provider(settings):
    with oidc_provider.running(**CLAIMS) as provider:
        settings.OIDC_PROVIDERS = [provider.setting()]
        yield provider


def identify(client, query=""):
    """Go to the provider and come back."""
    start = client.post("/konto/oidc/bankid/login/" + query)
    back = requests.get(start.headers["Location"], allow_redirects=False, timeout=5)
    return client.get(back.headers["Location"].removeprefix("http://testserver"))


def registered(**kwargs):
    member = MemberFactory(**kwargs)
    member.set_personnummer(NUMBER)
    member.save()
    return member


def everything_stored():
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            if "historical" in table or table in ("members_member", "members_membershipperiod"):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            yield table, repr(cursor.fetchall())


def assert_refused(client, response):
    assert response.status_code == 403
    assert "Kontakta oss, så hjälper vi dig vidare." in response.content.decode()
    assert logged_in_as(client) is None
    assert not LoginRecord.objects.exclude(succeeded=False, user=None).exists()


def test_the_log_in_page_offers_it(client, provider):
    assert "Logga in med BankID" in client.get(reverse("account_login")).content.decode()


def test_a_member_is_recognised_by_her_number(client, provider):
    member = registered()

    response = identify(client)

    assert response.headers["Location"] == reverse("my_pages")
    assert logged_in_as(client) == member.user.pk
    assert LoginRecord.objects.get().method == "bankid"


def test_she_is_recognised_again(client, provider):
    member = registered()
    identify(client)
    client.logout()

    identify(client)

    assert logged_in_as(client) == member.user.pk
    assert User.objects.count() == 1


def test_two_members_without_an_address_both_get_in(client, provider):
    other = MemberFactory(email="", personnummer="")
    UserFactory(member=other)
    member = registered(email="")

    identify(client)

    assert logged_in_as(client) == member.user.pk


def test_it_leads_back_to_where_one_was_going(client, provider):
    registered()

    response = identify(client, "?next=/mina-sidor/uppgifter/")

    assert response.headers["Location"] == "/mina-sidor/uppgifter/"


def test_nothing_of_the_answer_is_stored_but_the_pseudonym(client, provider):
    member = registered()

    identify(client)

    account = member.user.socialaccount_set.get()
    assert (account.provider, account.uid, account.extra_data) == ("bankid", "pseudonym-1", {})
    assert not member.user.emailaddress_set.exists()
    for table, stored in everything_stored():
        for value in (NUMBER, NUMBER[2:], "Hemlig", "anna.hemlig", "203.0.113.7"):
            assert value not in stored, table


def test_an_unknown_number_leads_to_the_contact_page_and_makes_nobody(client, provider):
    MemberFactory(numbered=True, personnummer=numbers.test_numbers()[1])

    response = identify(client)

    assert_refused(client, response)
    assert (Member.objects.count(), User.objects.count()) == (1, 0)


@pytest.mark.parametrize("mark", ["restricted_at", "reduced_at"])
def test_a_restricted_member_is_refused_like_an_unknown_one(client, provider, mark):
    member = registered()
    Member.objects.update(**{mark: member.history.latest().history_date})

    assert_refused(client, identify(client))


def test_a_closed_account_is_refused(client, provider):
    UserFactory(member=registered(), is_active=False)

    assert_refused(client, identify(client))


@pytest.mark.parametrize(
    "claims",
    [
        {"acr": "urn:password"},
        {"acr": None},
        {"acr": ["urn:password", "urn:sms"]},
        {"nin_issuing_country": "NO"},
        {"nin_type": "ORGANISATION"},
        {"nin": ""},
        {"nin": None},
        {"nin": "not a number"},
        {"nin": NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)},
    ],
    ids=str,
)
def test_what_was_returned_must_be_what_was_demanded(client, provider, claims):
    registered()
    provider.claims |= claims

    assert_refused(client, identify(client))


def test_an_answer_that_speaks_of_two_people_is_refused(client, provider):
    registered()
    provider.in_userinfo = {"sub": "pseudonym-2"}

    assert_refused(client, identify(client))


def test_a_claim_may_be_a_list_with_the_demanded_value_in_it(client, provider, settings):
    member = registered()
    settings.OIDC_PROVIDERS = [provider.setting(required_claims={"amr": ["urn:bankid"]})]
    provider.claims |= {"amr": ["pwd", "urn:bankid"]}

    identify(client)

    assert logged_in_as(client) == member.user.pk


@pytest.mark.parametrize("demands", [{}, None])
def test_a_provider_of_whom_nothing_is_demanded_lets_nobody_in(client, provider, settings, demands):
    registered()
    settings.OIDC_PROVIDERS = [provider.setting(required_claims=demands)]

    assert_refused(client, identify(client))


def test_a_visitor_cannot_change_what_is_asked_for(client, provider):
    registered()

    identify(
        client,
        "?auth_params=acr_values%3Durn:password%26prompt%3Dnone&scope=address,email"
        "&process=connect&action=reauthenticate",
    )

    (asked,) = provider.asked
    assert sorted(asked["scope"].split()) == ["nin", "openid", "profile"]
    assert asked["acr_values"] == "urn:bankid"
    assert "prompt" not in asked
    assert asked["code_challenge_method"] == "S256"


def test_a_pseudonym_whose_number_has_become_another_members_is_refused(client, provider):
    registered()
    identify(client)
    client.logout()
    other = MemberFactory(numbered=True, personnummer=numbers.test_numbers()[1])
    provider.claims["nin"] = other.personnummer

    response = identify(client)

    assert response.status_code == 403
    assert logged_in_as(client) is None


def test_an_answer_to_a_question_nobody_asked_is_refused(client, provider):
    registered()

    response = client.get("/konto/oidc/bankid/login/callback/?code=1&state=2")

    assert "Inloggningen lyckades inte" in response.content.decode()
    assert logged_in_as(client) is None


def test_whoever_thinks_better_of_it_is_led_back(client, provider):
    start = client.post("/konto/oidc/bankid/login/")
    state = requests.Request("GET", start.headers["Location"]).prepare().url.split("state=")[1]

    callback = "/konto/oidc/bankid/login/callback/"
    response = client.get(
        f"{callback}?error=access_denied&state={state.split('&')[0]}", follow=True
    )

    assert "Inloggningen avbröts" in response.content.decode()


def test_a_service_that_is_down_is_told_in_swedish(client, provider, settings):
    settings.OIDC_PROVIDERS = [provider.setting(server_url="http://127.0.0.1:1")]

    response = client.post("/konto/oidc/bankid/login/")

    assert "Inloggningstjänsten svarade inte som den ska." in response.content.decode()


def test_an_unknown_provider_does_not_exist(client, provider):
    assert client.post("/konto/oidc/other/login/").status_code == 404


def test_by_get_nobody_is_sent_anywhere(client, provider):
    response = client.get("/konto/oidc/bankid/login/")

    assert response.status_code == 200
    assert provider.asked == []


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({}, None),
        ({"required_claims": {}}, "required_claims"),
        ({"personnummer_claim": ""}, "personnummer_claim"),
        ({"audience": "staff", "personnummer_claim": ""}, None),
    ],
)
def test_check_tells_of_a_service_that_is_set_up_wrongly(provider, settings, change, lacks):
    settings.OIDC_PROVIDERS = [provider.setting(**change)]

    messages = [error.msg for error in check_providers()]

    assert messages == ([f"Number 1 of OIDC_PROVIDERS lacks {lacks}."] if lacks else [])


class TestEmployees:
    @pytest.fixture
    def provider(self, provider, settings):
        settings.OIDC_PROVIDERS = [
            provider.setting(audience="staff", required_claims={"tid": ["our-tenant"]})
        ]
        provider.claims |= {"tid": "our-tenant", "email": "Handlaggare@ledarna.example"}
        return provider

    def test_an_employee_is_recognised_by_her_address(self, client, provider):
        staff = StaffFactory(email="handlaggare@ledarna.example")

        response = identify(client)

        assert response.headers["Location"] == reverse("admin:index")
        assert logged_in_as(client) == staff.pk

    def test_a_member_is_not_let_in_that_way(self, client, provider):
        registered(email="handlaggare@ledarna.example")

        assert_refused(client, identify(client))

    def test_another_employers_people_are_refused(self, client, provider):
        StaffFactory(email="handlaggare@ledarna.example")
        provider.claims["tid"] = "another-tenant"

        assert_refused(client, identify(client))
