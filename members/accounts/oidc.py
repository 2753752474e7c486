"""Log-in through OpenID Connect: BankID brokers for members, an employer's service for staff.

What a provider must have returned is in its settings (``OIDC_PROVIDERS``, see .env.example). Only
the returned claims count: what was asked for, a visitor could have changed on its way.
"""

from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from requests import RequestException

from members import personnummer
from members.accounts import holders
from members.models import Member, User

STAFF = "staff"


class Refused(Exception):
    """The provider's answer leads to no account here."""


def apps() -> list[SocialApp]:
    """The providers in the library's own form; never saved."""
    return [
        SocialApp(
            provider="openid_connect",
            provider_id=provider["id"],
            name=provider["name"],
            client_id=provider["client_id"],
            secret=provider["secret"],
            settings={
                "server_url": provider["server_url"],
                "scope": provider.get("scope", ["openid", "profile"]),
                "auth_params": provider.get("auth_params", {}),
                "oauth_pkce_enabled": True,
                "uid_field": "sub",  # and never the personnummer, which would be kept in clear
            },
        )
        for provider in settings.OIDC_PROVIDERS
    ]


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Start a log-in. Of the address only ``next`` is heard: the library would let a visitor put
    scope and parameters of his own, such as a weaker ``acr_values``, into the request."""
    query = QueryDict(mutable=True)
    if "next" in request.GET:
        query["next"] = request.GET["next"]
    request.GET = query  # type: ignore[assignment]
    try:
        return allauth_views.login(request, provider_id)
    except RequestException as error:
        provider = get_adapter().get_provider(request, provider_id)
        return render_authentication_error(request, provider, exception=error)


callback = allauth_views.callback


def claims(id_token: dict[str, Any], userinfo: dict[str, Any]) -> dict[str, Any]:
    """What the provider says, told twice; nothing, where it speaks of two different people."""
    same = id_token.get("sub") in (None, userinfo.get("sub"))
    return {**id_token, **userinfo} if same else {}


def user_for(provider_id: str, claims: Mapping[str, Any]) -> User:
    """The account that these claims lead to, the member's made now if it is her first log-in.

    Raises ``Refused`` where a demanded claim is missing or different, and for a personnummer or
    an employee's address that is not known. It never creates a member.
    """
    provider = next(p for p in settings.OIDC_PROVIDERS if p["id"] == provider_id)
    demanded = provider.get("required_claims")
    if not demanded or not all(_meets(claims.get(name), demanded[name]) for name in demanded):
        raise Refused
    if provider.get("audience") == STAFF:
        return _employee(str(claims.get(provider.get("email_claim", "email"), "")))
    return _member(str(claims.get(provider["personnummer_claim"], "")))


def _meets(returned: Any, accepted: list[str]) -> bool:
    """Whether one of the values that were returned, often just one, is among the accepted."""
    values = returned if isinstance(returned, list) else [returned]
    return any(value in accepted for value in values)


def _member(number: str) -> User:
    try:
        digits = personnummer.parse(number)
    except ValueError as error:
        raise Refused from error
    member = Member.objects.filter(personnummer_hash=personnummer.hashed(digits)).first()
    user = holders.for_member(member) if member else None
    if user is None:
        raise Refused
    return user


def _employee(address: str) -> User:
    users = User.objects.filter(is_staff=True, is_active=True, email=address.strip().lower())
    user = users.first() if address else None
    if user is None:
        raise Refused
    return user
