"""Register files: sent, checked, looked at and let in, or not."""

from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledarna_gdpr import charts, spreadsheets
from members import readlog, tasks
from members.admin.base import DeskAdmin, ReadOnly, posted
from members.imports import jobs
from members.imports.columns import COLUMNS, PERIOD
from members.models import ImportJob, Member

IMPORT = "members.import_member"
SHOWN = 20
#: Held apart in the preview: the first is never shown whole, the others are keys of its own.
UNSHOWN = ("personnummer_hash",)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Register file"),
        help_text=gettext_lazy("CSV or XLSX, at most 50 MB. The first row holds the headings."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )


class DecisionForm(forms.Form):
    mode = forms.ChoiceField(
        label=gettext_lazy("Which rows"), choices=ImportJob.Mode, widget=forms.RadioSelect
    )


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnly, DeskAdmin):
    list_display = ["number", "status", "created_at", "created_by", "rows", "new", "changed", "bad"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]

    @admin.display(description=gettext_lazy("import"), ordering="pk")
    def number(self, job: ImportJob) -> str:
        return str(job).capitalize()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(IMPORT)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_url("approve", self.approve, permission=IMPORT),
            self.object_url("cancel", self.cancel, permission=IMPORT),
            self.object_url("report", self.report, permission=IMPORT),
            *super().get_urls(),
        ]

    # --- sending ------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(posted(request), request.FILES or None)
        if request.method == "POST" and form.is_valid():
            content = form.cleaned_data["file"].read(jobs.LARGEST + 1)
            try:
                job = jobs.start(content, by=request.user, at=timezone.now())
            except jobs.CannotImport as error:
                form.add_error("file", str(error))
            else:
                tasks.check_import.delay_on_commit(job_id=job.pk)
                return self.back_to(job)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import the register"),
            "opts": self.opts,
            "form": form,
            "headings": [field.column_name for field in COLUMNS.values()],
        }
        return TemplateResponse(request, "admin/members/importjob/upload.html", context)

    # --- looking ------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        return self._show(request, job, DecisionForm(initial={"mode": job.mode}))

    def _show(
        self, request: HttpRequest, job: ImportJob, form: forms.Form, status: int = 200
    ) -> HttpResponse:
        may_decide = job.status == job.Status.CHECKED and request.user.has_perm(IMPORT)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{str(job).capitalize()}: {job.get_status_display()}",
            "opts": self.opts,
            "original": job,
            "job": job,
            "is_at_work": job.is_at_work,
            "rows_done": jobs.rows_done(job),
            **charts.parts(_counts(job)),
            "issues": job.issues.all()[:100],
            "issue_count": job.issues.count(),
            "previews": self._previews(request, job) if may_decide else [],
            "form": form if may_decide else None,
        }
        page = "admin/members/importjob/preview.html"
        response = TemplateResponse(request, page, context, status=status)
        if job.is_at_work:
            response["Refresh"] = "2"
        return response

    def _previews(self, request: HttpRequest, job: ImportJob) -> list[dict[str, Any]]:
        """The first changes, old beside new, of the members whom this user may see."""
        changes = list(islice((c for chunk in jobs.planned(job) for c in chunk), SHOWN))
        keys = [change.key for change in changes if change.key]
        members = Member.objects.for_user(request.user).in_bulk(keys)
        readlog.record(
            request.user,
            members.values(),
            view="admin:members_importjob_change",
            purpose=_("Preview of an import"),
        )
        return [
            {"row": change.row, "cells": _cells(change, members.get(change.key))}
            for change in changes
            if change.key in members or (change.key is None and _may_see(request.user, change))
        ]

    # --- deciding -----------------------------------------------------------------------------

    def approve(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        form = DecisionForm(posted(request))
        if request.method != "POST":
            return self.back_to(job)
        if form.is_valid():
            try:
                jobs.approve(job, mode=form.cleaned_data["mode"])
            except jobs.CannotImport as error:
                form.add_error("mode", str(error))
            else:
                tasks.carry_out_import.delay_on_commit(job_id=job.pk)
                return self.back_to(job)
        job.refresh_from_db()
        return self._show(request, job, form, status=422)

    def cancel(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        if request.method == "POST":
            try:
                jobs.cancel(job, at=timezone.now())
            except jobs.CannotImport as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, _("Cancelled. Nothing has been changed."))
                return redirect(reverse("admin:members_importjob_changelist"))
        return self.back_to(job)

    def report(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        """The faulty rows as a table to correct the file by. It holds no values."""
        issues = job.issues.values_list("row", "column", "message")
        table = spreadsheets.table([[_("Row"), _("Column"), _("Problem")], *issues])
        response = HttpResponse(table, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{job.pk}.csv"'
        return response

    def back_to(self, about: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:members_importjob_change", args=[about.pk]))


def _may_see(user: Any, newcomer: Any) -> bool:
    return not newcomer.member.get("protection") or user.has_perm("members.handle_protected")


def _cells(change: Any, member: Member | None) -> list[tuple[str, Any, Any]]:
    """Column, old value, new value. A personnummer is only said to change."""
    cells = []
    for name, value in {**change.member, **change.period}.items():
        if name in UNSHOWN:
            continue
        old = getattr(member, name, "") if member and name not in PERIOD else ""
        if name == "personnummer":
            old, value = "", _("(not shown)")
        cells.append((COLUMNS[name].column_name, old, value))
    return cells


def _counts(job: ImportJob) -> list[tuple[str, str, int]]:
    return [
        ("new", _("new"), job.new),
        ("changed", _("changed"), job.changed),
        ("same", _("unchanged"), job.unchanged),
        ("bad", _("faulty"), job.bad),
    ]
