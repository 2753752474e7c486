import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar import holds
from dsar.models import LegalHold
from ledarna_gdpr.privacy import Period, SubjectData, registry
from members.admin.base import ForUserAdmin, name_of
from members.models import Member

LONGEST = Period(months=12)


class HoldForm(forms.ModelForm):
    """On everything of a member, or on one record: then the record tells whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "model" in self.fields:
            self.fields["member"].required = False
            self.fields["model"] = forms.ChoiceField(
                label=_("What is protected"),
                required=False,
                choices=[("", _("everything of the member")), *sorted(holdable(), key=str)],
            )
            self.fields["record"] = forms.IntegerField(
                label=_("Number of the record"),
                required=False,
                min_value=1,
                help_text=_("The number in the record's heading; the hold covers what is in it."),
            )

    def clean_until(self) -> dt.date:
        until, today = self.cleaned_data["until"], timezone.localdate()
        if until < today:
            raise ValidationError(_("The last day cannot have passed."))
        if until > LONGEST.after(today):
            raise ValidationError(
                _("A hold lasts at most twelve months. Renew it with a new reason.")
            )
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        label, key = cleaned.get("model"), cleaned.get("record")
        if label and key:
            declaration = registry.labelled(label)
            rows = declaration.model._default_manager.for_user(self.user).filter(pk=key)
            person = rows.values_list(declaration.subject, flat=True).first()
            if person is None:
                self.add_error("record", _("There is no such record among those you may see."))
            else:
                cleaned["member"] = Member.objects.get(pk=person)
        elif label:
            self.add_error("record", _("Give the number of the record."))
        elif key:
            self.add_error("model", _("Choose what kind of record it is."))
        elif not cleaned.get("member") and "member" not in self.errors:
            self.add_error("member", _("Give a member number, or one record."))
        return cleaned

    user: Any


def holdable() -> list[tuple[str, str]]:
    """The kinds of record that a hold can name: what is shown to users row by row."""
    return [
        (declaration.label, capfirst(str(declaration.model._meta.verbose_name)))
        for declaration in registry
        if hasattr(declaration.model._default_manager, "for_user")
        and isinstance(declaration.model._meta.pk, models.AutoField | models.BigAutoField)
        and not isinstance(declaration, SubjectData)
    ]


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
    list_display = ["__str__", "number", "protects", "until", "set_on", "setter"]
    list_select_related = ["member", "set_by"]
    list_filter = [InForceFilter]
    search_fields = ["member__member_number"]
    search_help_text = _("Member number.")
    ordering = ["until", "pk"]

    @admin.display(description=_("member number"))
    def number(self, hold: LegalHold) -> int:
        return hold.member.member_number

    @admin.display(description=_("protects"))
    def protects(self, hold: LegalHold) -> str:
        if not hold.model:
            return gettext("everything of the member")
        return f"{registry.labelled(hold.model).model._meta.verbose_name} {hold.record}"

    @admin.display(description=_("set by"))
    def setter(self, hold: LegalHold) -> str:
        return name_of(hold.set_by)

    def get_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> list[str]:
        return ["number", "protects", "reason", "set_on", "setter", "until"] if obj else [
            "member", "model", "record", "reason", "until",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return type(
            "FormOfUser", (super().get_form(request, obj, **kwargs),), {"user": request.user}
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except holds.RecordIsGone as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:dsar_legalhold_changelist"))

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        obj.set_by, obj.set_on = request.user, timezone.localdate()
        obj.member = form.cleaned_data["member"]
        holds.set_hold(obj)

    def get_urls(self) -> list[URLPattern]:
        permission = "dsar.add_legalhold"
        return [
            self.object_url("release", self.release, permission=permission),
            self.object_url("renew", self.renew, permission=permission),
            *super().get_urls(),
        ]

    def renew(self, request: HttpRequest, hold: LegalHold) -> HttpResponse:
        """Another hold on the same, with a reason of its own: what was decided is not rewritten."""
        chosen = {"reason": "", "model": hold.model, "record": hold.record or ""}
        chosen |= {} if hold.model else {"member": hold.member.member_number}
        address = reverse("admin:dsar_legalhold_add")
        return HttpResponseRedirect(f"{address}?{urlencode(chosen)}")

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
