"""The second factor: what staff need before anything opens, and what is kept of it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from members.models import LoginRecord
from tests.factories.members import MemberFactory, StaffFactory
from tests.members.test_login import (
    PASSWORD,
    cheap_hashing,  # noqa: F401 - a fixture
    log_in,
    logged_in_as,
    with_password,
)

# With real transactions: the library marks the session when its own has been committed.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("cheap_hashing"),
]

TOTP = Authenticator.Type.TOTP


def code_of(secret):
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def by_password(client, user):
    page = reverse("account_login_password")
    return client.post(page, {"login": user.email, "password": PASSWORD})


def enrol(client):
    """Set up an app in this session; gives its secret."""
    page = reverse("mfa_activate_totp")
    secret = client.get(page).context["form"].secret
    client.post(page, {"code": code_of(secret)})
    return secret


@pytest.fixture
def required(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def superuser():
    return with_password(StaffFactory(is_superuser=True))


def admin_urls():
    """Every address of the admin that can be written without knowing more than a key."""
    for pattern in admin.site.urls[0]:
        for name in names(pattern):
            for args in ([], ["1"], ["members"]):
                try:
                    yield reverse(f"admin:{name}", args=args)
                except NoReverseMatch:
                    continue


def names(pattern):
    for child in getattr(pattern, "url_patterns", [pattern]):
        if hasattr(child, "url_patterns"):
            yield from names(child)
        elif child.name:
            yield child.name


class TestStaff:
    def test_log_in_to_the_admin_by_the_same_page_as_everyone(self, client):
        response = client.get(reverse("admin:login"))

        assert response.headers["Location"].startswith(reverse("account_login"))

    def test_without_a_second_factor_open_no_page_of_the_admin(self, client, required, superuser):
        by_password(client, superuser)
        urls = {*admin_urls()} - {reverse("admin:login"), reverse("admin:jsi18n")}
        assert len(urls) > 20

        answers = {url: client.get(url).headers.get("Location") for url in urls}

        assert answers == dict.fromkeys(urls, reverse("mfa_index"))

    def test_are_told_what_to_do(self, client, required, superuser):
        by_password(client, superuser)

        page = client.get(reverse("admin:index"), follow=True).content.decode()

        assert "Innan du går vidare behöver du ett andra steg" in page

    def test_get_in_as_soon_as_they_have_one(self, client, required, superuser):
        by_password(client, superuser)

        enrol(client)

        assert client.get(reverse("admin:index")).status_code == 200

    def test_must_use_it_at_the_next_log_in(self, client, required, superuser):
        by_password(Client(), superuser)
        first = Client()
        by_password(first, superuser)
        secret = enrol(first)

        response = by_password(client, superuser)
        assert response.headers["Location"] == reverse("mfa_authenticate")
        assert client.get(reverse("admin:index")).status_code == 302
        Authenticator.objects.filter(type=TOTP).update(last_used_at=None)
        response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

        assert response.headers["Location"] == reverse("admin:index")
        assert client.get(reverse("admin:index")).status_code == 200
        assert LoginRecord.objects.latest("pk").method == "password+totp"

    def test_are_logged_out_where_the_session_is_older_than_the_second_factor(
        self, client, required, superuser
    ):
        elsewhere = Client()
        by_password(elsewhere, superuser)
        by_password(client, superuser)
        enrol(client)

        response = elsewhere.get(reverse("mfa_generate_recovery_codes"))

        assert response.headers["Location"] == reverse("account_login")
        assert logged_in_as(elsewhere) is None

    def test_keep_their_last_second_factor(self, client, required, superuser):
        by_password(client, superuser)
        enrol(client)

        response = client.post(reverse("mfa_deactivate_totp"))

        assert "Du måste behålla minst ett andra steg." in response.content.decode()
        assert Authenticator.objects.filter(type=TOTP).exists()

    def test_need_none_where_it_is_not_required(self, client, settings, superuser):
        settings.STAFF_MFA_REQUIRED = False
        by_password(client, superuser)

        assert client.get(reverse("admin:index")).status_code == 200


class TestMembers:
    def test_may_have_one_and_then_need_it(self, client):
        member = MemberFactory()
        log_in(client, member.email)
        enrol(client)

        other = Client()
        response = log_in(other, member.email)

        assert response.headers["Location"] == reverse("mfa_authenticate")
        assert logged_in_as(other) is None

    def test_need_none(self, client, required):
        log_in(client, MemberFactory().email)

        assert client.get(reverse("mfa_index")).status_code == 200

    def test_are_not_let_into_the_admin(self, client):
        log_in(client, MemberFactory().email)

        assert client.get(reverse("admin:login")).status_code == 403
        assert client.get(reverse("admin:index")).status_code == 302


def test_a_wrong_code_is_recorded_as_nobodys(client, superuser):
    first = Client()
    by_password(first, superuser)
    enrol(first)
    by_password(client, superuser)

    response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert "Koden är fel." in response.content.decode()
    record = LoginRecord.objects.latest("pk")
    assert (record.user, record.method, record.succeeded) == (None, "second factor", False)


def test_the_database_does_not_hold_the_secrets_in_clear(client, superuser):
    by_password(client, superuser)
    secret = enrol(client)
    spare = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = repr(cursor.fetchall())

    assert len(spare) == 10
    assert secret not in stored
    assert "seed" in stored
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert len(seed) > 100  # a token of Fernet's, and not the seed of 40 digits


@pytest.mark.parametrize(
    "page",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    ],
)
def test_its_pages_are_in_swedish(client, superuser, page):
    by_password(client, superuser)
    if page not in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"):
        enrol(client)

    response = client.get(reverse(page))

    assert response.status_code == 200
    words = response.content.decode()
    for english in ("Authenticator", "Security key", "Recovery", "Sign in", "Passwordless"):
        assert f">{english}" not in words


def test_the_admin_shows_nobodys_second_factor_or_log_in_service():
    assert not [model for model in admin.site._registry if "allauth" in model.__module__]
