"""Where allauth asks the house: who may come in, where they land, what is stored."""

import time
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from ledarna_gdpr import crypto
from members.accounts import holders, oidc, records
from members.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.is_staff:
            return resolve_url("admin:index")
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just logged in is not asked again at once."""
        request = context.request
        oldest = time.time() - REAUTHENTICATION_TIMEOUT
        steps = get_authentication_records(request, request.user)
        return not any(step["at"] > oldest for step in steps)

    def reauthenticate(self, user: User, password: str) -> bool:
        return user.check_password(password)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return crypto.keyed_hash(credentials.get("email", "").lower(), of="log-in attempt")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("You must keep at least one second factor.")
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """On white ground, or no camera reads it on a dark page."""
        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """An employee who must have a second factor keeps the last one."""
        if not (settings.STAFF_MFA_REQUIRED and authenticator.user.is_staff):
            return True
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        others = Authenticator.objects.filter(user=authenticator.user, type__in=kinds)
        return others.exclude(pk=authenticator.pk).exists()

    def _get_user_identifier(self, user: User) -> str:
        """What an authenticator app and a passkey list call the account."""
        return holders.address_of(user) or self._get_site_name()

    def _get_site_name(self) -> str:
        return settings.CONTROLLER["name"]

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": self._get_user_identifier(user)}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The environment's providers alone; the database's table of them stays empty."""
        return [
            app
            for app in oidc.apps()
            if provider in (None, app.provider, app.provider_id)
            and client_id in (None, app.client_id)
        ]

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Any:
        """Keep the claims for the moment only: nothing of them is stored."""
        answer = sociallogin.account.extra_data
        sociallogin.claims = oidc.claims(answer.get("id_token", {}), answer.get("userinfo", {}))
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide by the returned claims alone whose log-in this is."""
        provider_id = sociallogin.account.provider
        try:
            if sociallogin.state.get("process") != AuthProcess.LOGIN:
                raise oidc.Refused
            user = oidc.user_for(provider_id, sociallogin.claims)
            if sociallogin.is_existing and sociallogin.user != user:
                raise oidc.Refused  # the number now belongs to someone else
        except oidc.Refused as refusal:
            records.failed(request, method=provider_id[:40])
            page = render(request, "socialaccount/unknown.html", status=403)
            raise ImmediateHttpResponse(page) from refusal
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        records.failed(request, method=str(provider.sub_id)[:40])
