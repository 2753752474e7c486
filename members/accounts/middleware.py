from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from members.accounts import records

OPEN_BEFORE_IT = ("account_", "mfa_")


class RequireSecondFactor:
    """Employees see nothing but the account pages before their second factor.

    By middleware and not in the admin site, so that no page of another app can be forgotten.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.STAFF_MFA_REQUIRED or not getattr(view, "login_required", True):
            return None
        user = request.user
        if not user.is_authenticated or not user.is_staff or records.used_second_factor(request):
            return None
        if is_mfa_enabled(user):
            # Opened before the second factor was: perhaps by whoever else knew the password.
            logout(request)
            return redirect(settings.LOGIN_URL)
        match = request.resolver_match
        if match is not None and match.view_name.startswith(OPEN_BEFORE_IT):
            return None
        return redirect("mfa_index")
