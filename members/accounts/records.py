"""The log-in records (Art. 32): each success and each failure, from whichever way in."""

import datetime as dt
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
)
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from members.models import LoginRecord, User

SECOND_FACTOR = "second_factor"


def failed(request: HttpRequest, *, method: str) -> None:
    """A failure is nobody's: neither what was typed nor whose it would have been is kept."""
    _record(request, user=None, method=method, succeeded=False)


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session has been opened, or has just been fitted, with a second factor."""
    return bool(request.session.get(SECOND_FACTOR))


def _record(request: HttpRequest, *, user: User | None, method: str, succeeded: bool) -> None:
    from_a_client = request is not None and "REMOTE_ADDR" in request.META
    LoginRecord.objects.create(
        user=user,
        at=timezone.now(),
        method=method,
        ip_address=get_adapter().get_client_ip(request) if from_a_client else None,
        succeeded=succeeded,
    )


@receiver(user_logged_in)
def logged_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    steps = get_authentication_records(request, user)
    methods = [step.get("type") or step.get("provider") or step["method"] for step in steps]
    if any(step["method"] == "mfa" for step in steps):
        request.session[SECOND_FACTOR] = True
    # From now and not from the latest click: eight hours are eight hours.
    request.session.set_expiry(timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))
    _record(request, user=user, method="+".join(methods)[:40], succeeded=True)


@receiver(user_login_failed)
def password_failed(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    failed(request, method="password")


@receiver(authentication_failed)
def second_factor_failed(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    failed(request, method="second factor")


@receiver(authenticator_added)
def second_factor_added(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session[SECOND_FACTOR] = True


@receiver(authenticator_removed)
def second_factor_removed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    if not is_mfa_enabled(user):
        request.session.pop(SECOND_FACTOR, None)
