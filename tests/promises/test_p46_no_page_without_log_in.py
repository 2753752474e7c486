"""P46: "Vi använder tekniska lösningar för att säkerställa att dina uppgifter inte kan läcka till
utomstående." Every address of the product, asked for by someone who has not logged in."""

import uuid

import pytest
from django.urls import get_resolver, reverse

from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

#: Whoever opens a page to the world adds it here, and shows that it tells nothing of anyone.
PUBLIC = {
    "home",
    "apply",
    "application_sent",
    "confirm_application",
    "notice",
    "notice_version",
    "contact",
    "contact_sent",
    "unsubscribe",  # whoever has the link may say no, and is shown nothing of anyone
    "no_mailings",
    "access_schema",
    "demo_mail",  # exists only where no mail is delivered, and not in production
    "account_login",
    "account_login_password",
    "account_confirm_code",
    "account_reset_password",
    "account_logout",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "admin:login",
}
EXAMPLES = {
    "IntConverter": 1,
    "StringConverter": "1",
    "SlugConverter": "x",
    "PathConverter": "1",
    "UUIDConverter": uuid.UUID(int=1),
}


def addresses(patterns=None, namespace="", kwargs=None):
    """Every named address with its view and something in its places."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        converters = pattern.pattern.converters.items()
        places = (kwargs or {}) | {name: EXAMPLES[type(c).__name__] for name, c in converters}
        if hasattr(pattern, "url_patterns"):
            space = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, space, places)
        elif pattern.name:
            named = dict.fromkeys(pattern.pattern.regex.groupindex, "members")
            unnamed = 0 if named else pattern.pattern.regex.groups
            name = namespace + pattern.name
            yield name, pattern.callback, {"args": ["1"] * unnamed, "kwargs": named | places}


def is_public(view):
    return not getattr(view, "login_required", True)


def test_only_pages_that_are_meant_to_be_public_are():
    assert {name for name, view, _places in addresses() if is_public(view)} - PUBLIC == set()


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_other_page_leads_to_log_in(client, method):
    UserFactory()
    private = [(name, places) for name, view, places in addresses() if not is_public(view)]
    assert len(private) > 40

    answers = {name: getattr(client, method)(reverse(name, **places)) for name, places in private}

    login = reverse("account_login"), reverse("admin:login")
    elsewhere = {
        name: (answer.status_code, answer.headers.get("Location", ""))
        for name, answer in answers.items()
        if not answer.headers.get("Location", "").startswith(login)
    }
    assert elsewhere == {}
