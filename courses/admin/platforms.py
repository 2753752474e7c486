from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import platforms
from courses.models import Platform
from members.admin.base import DeskAdmin, posted
from members.formats import country_name

APPROVE = "courses.approve_platform"


class PlatformForm(forms.ModelForm):
    policy_url = forms.URLField(
        label=_("The company's privacy policy"),
        assume_scheme="https",
        required=False,
        widget=AdminURLFieldWidget,
    )

    def clean_country(self) -> str:
        return self.cleaned_data["country"].strip().upper()


@admin.register(Platform)
class PlatformAdmin(DeskAdmin):
    """Who broadcasts, and on what ground our participants' data may go there."""

    form = PlatformForm
    list_display = ["name", "company", "where", "mechanism", "state"]
    fields = [
        "name",
        "player",
        "company",
        "country",
        "shares",
        "mechanism",
        "certificate_checked_on",
        "policy_url",
        "policy_checked_on",
        "state",
        "approved_on",
    ]
    readonly_fields = ["state", "approved_on"]
    ordering = ["name"]

    @admin.display(description=_("country"))
    def where(self, platform: Platform) -> str:
        return country_name(platform.country) if platform.country else "–"

    @admin.display(description=_("can be used"))
    def state(self, platform: Platform) -> str:
        missing = platforms.lacks(platform, timezone.localdate())
        return " ".join(map(str, missing)) or str(_("yes"))

    def save_model(self, request: HttpRequest, obj: Platform, form: Any, change: bool) -> None:
        stored = Platform.objects.filter(pk=obj.pk).values(*platforms.TERMS).first()
        if stored != {name: getattr(obj, name) for name in platforms.TERMS}:
            obj.approved_on = None
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        return [self.object_url("approve", self.approve, permission=APPROVE), *super().get_urls()]

    def approve(self, request: HttpRequest, platform: Platform) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                platforms.approve(platform, by=request.user, on=timezone.localdate())
            except platforms.CannotApprove as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, platform, str(_("Transfer approved.")))
                self.message_user(request, _("The transfer is approved."), messages.SUCCESS)
                return self.back_to(platform)
        return self.ask(
            request,
            platform,
            form,
            title=_("Approve the transfer"),
            text=_(
                "Participants' data may then go to this company, outside the EEA, when they take "
                "part in what is sent over the web, and only then."
            ),
            button=_("Approve"),
        )
