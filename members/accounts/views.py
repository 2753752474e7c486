import datetime as dt
import time
from typing import Any, cast

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    perform_login,
    record_authentication,
)
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from ledarna_gdpr.crypto import keyed_hash
from members.accounts import codes, holders, records
from members.accounts.codes import Purpose
from members.accounts.forms import AddressForm, CodeForm, PasswordLoginForm
from members.models import Member, User

#: How long a returned code proves who sits there, where more than a log-in is at stake.
FRESH = dt.timedelta(minutes=10)


def account_of(request: HttpRequest) -> User:
    return cast(User, request.user)  # elsewhere than here it may be anonymous


def member_of(request: HttpRequest) -> Member:
    """The member who is logged in; 404 for staff."""
    member = account_of(request).member
    if member is None:
        raise Http404
    return member


def may_ask_for_code(request: HttpRequest, address: str) -> bool:
    """Counts what is asked for each address and from each IP address, whoever it is."""
    key = keyed_hash(address, of="code request")
    return bool(ratelimit.consume(request, action="request_login_code", key=key))


def send_code(request: HttpRequest, form: Form, address: str, **kwargs: Any) -> bool:
    """Queue a code, or tell in the form that enough has been asked for."""
    if not may_ask_for_code(request, address):
        form.add_error(None, _("You have asked for several codes. Wait a minute and try again."))
        return False
    codes.send(request, address, at=timezone.now(), **kwargs)
    return True


@method_decorator([login_not_required, never_cache], name="dispatch")
class AskForCode(FormView):
    """Takes an address, asks nobody whose it is, sends it a code."""

    form_class = AddressForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(self.next_url() or get_adapter().get_login_redirect_url(request))
        return super().dispatch(request, *args, **kwargs)

    def next_url(self) -> str:
        return get_next_redirect_url(self.request) or ""

    def form_valid(self, form: Form) -> HttpResponse:
        address = form.cleaned_data["email"]
        if send_code(self.request, form, address, purpose=Purpose.LOGIN, next_url=self.next_url()):
            return redirect("account_confirm_code")
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next_url=self.next_url(), **kwargs)


class LoginView(AskForCode):
    template_name = "account/login.html"


class ResetPasswordView(AskForCode):
    """A forgotten password: log in by code, a second factor included, and choose a new one.

    It serves just as well whoever never had a password.
    """

    template_name = "account/password_reset.html"

    def next_url(self) -> str:
        return reverse("account_set_password")


class PasswordLoginView(allauth_views.LoginView):
    form_class = PasswordLoginForm
    template_name = "account/login_password.html"


@method_decorator([login_not_required, never_cache], name="dispatch")
class ConfirmCodeView(FormView):
    """Takes the code. Only here, and only for whoever reads the mailbox, is anyone looked up."""

    form_class = CodeForm
    template_name = "account/confirm_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = codes.pending(request, at=timezone.now())
        if pending is None:
            return redirect("account_login")
        if (pending.purpose == Purpose.LOGIN) == request.user.is_authenticated:
            return redirect("account_login")
        self.address = pending.address
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        now = timezone.now()
        proved = codes.accept(self.request, form.cleaned_data["code"], at=now)
        if proved is None:
            return self.refuse(form)
        if proved.purpose == Purpose.LOGIN:
            return self.log_in(proved)
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        if proved.purpose == Purpose.ADDRESS:
            self.change_address(proved.address, at=now)
        return redirect(proved.next_url or "account_login")

    def refuse(self, form: Form) -> HttpResponse:
        records.failed(self.request, method="code")
        if codes.pending(self.request, at=timezone.now()) is None:
            messages.error(self.request, _("The code was wrong three times. Ask for a new one."))
            return redirect("account_login")
        form.add_error("code", _("The code is wrong. Look in the latest mail and try again."))
        return self.form_invalid(form)

    def log_in(self, proved: codes.Pending) -> HttpResponse:
        user = holders.for_address(proved.address)
        if user is None:
            records.failed(self.request, method="code")
            return render(self.request, "account/no_account.html")
        record_authentication(self.request, user, method="code")
        return perform_login(self.request, Login(user=user, redirect_url=proved.next_url or None))

    def change_address(self, address: str, *, at: dt.datetime) -> None:
        try:
            holders.change_address(member_of(self.request), address, at=at)
        except holders.AddressTaken:
            messages.error(self.request, _("The address cannot be used. Contact us."))
        else:
            messages.success(self.request, _("Your e-mail address has been changed."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(address=self.address, **kwargs)


@method_decorator(never_cache, name="dispatch")
class ProveView(FormView):
    """Sends a code to the account's own address, before what only its holder may do."""

    form_class = Form
    template_name = "account/prove.html"

    def form_valid(self, form: Form) -> HttpResponse:
        address = holders.address_of(account_of(self.request))
        next_url = get_next_redirect_url(self.request) or ""
        if not address:
            form.add_error(None, _("We have no e-mail address to send a code to. Contact us."))
        elif send_code(self.request, form, address, purpose=Purpose.PROOF, next_url=next_url):
            return redirect("account_confirm_code")
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        next_url = get_next_redirect_url(self.request) or ""
        return super().get_context_data(next_url=next_url, **kwargs)


def returned_a_code_recently(request: HttpRequest) -> bool:
    steps = get_authentication_records(request, request.user)
    oldest = time.time() - FRESH.total_seconds()
    return any(step["method"] == "code" and step["at"] > oldest for step in steps)


@method_decorator(never_cache, name="dispatch")
class SetPasswordView(FormView):
    form_class = SetPasswordForm
    template_name = "account/set_password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not returned_a_code_recently(request):
            return redirect(f"{reverse('account_prove')}?next={request.path}")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        update_session_auth_hash(self.request, form.save())  # ends the account's other sessions
        messages.success(self.request, _("Your password has been changed."))
        return redirect(get_adapter().get_login_redirect_url(self.request))


@method_decorator(never_cache, name="dispatch")
class ChangeAddressView(FormView):
    """A member's new address counts once a code sent to it has been returned."""

    form_class = AddressForm
    template_name = "account/change_email.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        member_of(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        home = get_adapter().get_login_redirect_url(self.request)
        address = form.cleaned_data["email"]
        if send_code(self.request, form, address, purpose=Purpose.ADDRESS, next_url=home):
            return redirect("account_confirm_code")
        return self.form_invalid(form)
