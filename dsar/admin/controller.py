"""The notice, the record of processing and the officer."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import notice, record_of_processing
from dsar.models import DataProtectionOfficer, NoticeVersion
from ledarna_gdpr import spreadsheets
from members.admin.base import DeskAdmin, ReadOnly, posted


class PublishForm(forms.Form):
    version = forms.SlugField(label=gettext_lazy("Version"), max_length=20)
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"), widget=forms.DateInput(attrs={"type": "date"})
    )


@admin.register(NoticeVersion)
class NoticeVersionAdmin(ReadOnly, DeskAdmin):
    """What was published stays word for word as it was."""

    list_display = ["version", "language", "valid_from"]
    list_filter = ["language"]
    fields = ["version", "language", "valid_from", "sha256", "as_read"]
    change_list_template = "admin/dsar/noticeversion/change_list.html"

    @admin.display(description=gettext_lazy("text"))
    def as_read(self, version: NoticeVersion) -> str:
        """As people read it; its title stands below that of the page."""
        text = version.text.replace("<h1", "<h2").replace("</h1>", "</h2>")
        # Made by our own templates when it was published, as on the public page.
        return format_html('<div lang="{}">{}</div>', version.language, mark_safe(text))  # noqa: S308

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("dsar.add_noticeversion")

    def get_urls(self) -> list[URLPattern]:
        record = self.admin_site.admin_view(self.record)
        return [
            path("record/", record, name="dsar_noticeversion_record"),
            path("record.<slug:form>", record, name="dsar_noticeversion_record_file"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PublishForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                notice.publish(
                    form.cleaned_data["version"], valid_from=form.cleaned_data["valid_from"]
                )
            except notice.CannotPublish as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("The notice is published."), messages.SUCCESS)
                return redirect("admin:dsar_noticeversion_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish the notice"),
            "opts": self.opts,
            "form": form,
            "activities": record_of_processing.activities(),
        }
        return TemplateResponse(request, "admin/dsar/noticeversion/publish.html", context)

    def record(self, request: HttpRequest, form: str = "") -> HttpResponse:
        """The Art. 30 register, to look at or as a file. It names kinds of data and no person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        activities = record_of_processing.activities()
        if form == "json":
            return JsonResponse(
                [asdict(activity) for activity in activities],
                safe=False,
                json_dumps_params={"ensure_ascii": False, "indent": 2},
            )
        if form == "csv":
            return _as_csv(activities)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Record of processing activities (Art. 30)"),
            "opts": self.opts,
            "activities": activities,
        }
        return TemplateResponse(request, "admin/dsar/noticeversion/record.html", context)


def _as_csv(activities: list[record_of_processing.Activity]) -> HttpResponse:
    headings = record_of_processing.HEADINGS
    rows = ([_cell(getattr(activity, name)) for name in headings] for activity in activities)
    table = spreadsheets.table([headings, *rows])
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="artikel-30.csv"'
    return response


def _cell(value: str | list[str]) -> str:
    return "; ".join(value) if isinstance(value, list) else value


@admin.register(DataProtectionOfficer)
class DataProtectionOfficerAdmin(DeskAdmin):
    """Earlier officers stay: old letters bear their name."""

    list_display = ["name", "valid_from", "valid_to"]
    fields = list_display
