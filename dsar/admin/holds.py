import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar import holds
from dsar.models import LegalHold
from ledarna_gdpr.privacy import Period
from members.admin.base import ForUserAdmin, name_of

LONGEST = Period(months=12)


class HoldForm(forms.ModelForm):
    def clean_until(self) -> dt.date:
        until, today = self.cleaned_data["until"], timezone.localdate()
        if until < today:
            raise ValidationError(_("The last day cannot have passed."))
        if until > LONGEST.after(today):
            raise ValidationError(
                _("A hold lasts at most twelve months. Renew it with a new reason.")
            )
        return until


class InForceFilter(admin.SimpleListFilter):
    title, parameter_name = _("in force"), "force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("in force")), ("soon", _("lapses within 30 days"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        match self.value():
            case "yes":
                return queryset.in_force(today)
            case "soon":
                return queryset.in_force(today).filter(until__lte=today + dt.timedelta(days=30))
        return queryset


@admin.register(LegalHold)
class LegalHoldAdmin(ForUserAdmin):
    """A hold is set, released or renewed by a new one; what was decided is not rewritten."""

    form = HoldForm
    read_purpose = _("legal holds")
    list_display = ["__str__", "number", "until", "set_on", "setter"]
    list_select_related = ["member", "set_by"]
    list_filter = [InForceFilter]
    search_fields = ["member__member_number"]
    search_help_text = _("Member number.")
    ordering = ["until", "pk"]

    @admin.display(description=_("member number"))
    def number(self, hold: LegalHold) -> int:
        return hold.member.member_number

    @admin.display(description=_("set by"))
    def setter(self, hold: LegalHold) -> str:
        return name_of(hold.set_by)

    def get_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> list[str]:
        return ["number", "reason", "set_on", "setter", "until"] if obj else [
            "member", "reason", "until",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        obj.set_by, obj.set_on = request.user, timezone.localdate()
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        release = self.object_url("release", self.release, permission="dsar.add_legalhold")
        return [release, *super().get_urls()]

    def release(self, request: HttpRequest, hold: LegalHold) -> HttpResponse:
        if request.method == "POST":
            holds.release(hold, on=timezone.localdate())
            self.log_change(request, hold, gettext("Released."))
            self.message_user(request, _("The hold ends today."), messages.SUCCESS)
            return self.back_to(hold)
        return self.ask(
            request,
            hold,
            forms.Form(),
            title=_("Release the hold"),
            text=_(
                "From tomorrow the ordinary periods apply again. "
                "What is due is erased by the next sweep."
            ),
            button=_("Release the hold"),
        )
