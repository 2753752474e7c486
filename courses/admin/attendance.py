"""Reports of meeting platforms: sent, looked at, let in; and who the participants were."""

from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses import attending, tasks
from courses.imports import jobs
from courses.models import Attendance, AttendanceImport, ColumnMapping, Occasion, Registration
from members.admin.base import DeskAdmin, ForUserAdmin, ReadOnly, name_of, posted
from members.imports import background

IMPORT = "courses.import_attendance"
MATCH = "courses.change_attendance"
SHOWN = 20
PER_PAGE = 100


def chosen_occasion(request: HttpRequest) -> Occasion | None:
    """The occasion in the page's address, if the user may see it."""
    key = request.GET.get("occasion", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Occasion.objects.for_user(request.user).filter(pk=key).first()


def choose_first() -> HttpResponse:
    return redirect(reverse("admin:courses_occasion_changelist") + "?when=ended")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The platform's report"),
        help_text=gettext_lazy("CSV or XLSX, at most 50 MB, as the platform gave it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    mapping = forms.ModelChoiceField(
        ColumnMapping.objects.all(),
        label=gettext_lazy("Column mapping"),
        required=False,
        empty_label=gettext_lazy("none: Zoom's reports are recognised"),
        help_text=gettext_lazy("Only for reports from other platforms."),
    )
    meeting = forms.CharField(
        label=gettext_lazy("The meeting's ID"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Only where the report is about several meetings."),
    )


@admin.register(ColumnMapping)
class ColumnMappingAdmin(DeskAdmin):
    """What the columns are called in the reports of platforms that we do not know."""

    list_display = ["name", "name_heading", "joined_heading", "left_heading", "minutes_heading"]


@admin.register(AttendanceImport)
class AttendanceImportAdmin(ReadOnly, DeskAdmin):
    list_display = ["number", "occasion", "status", "created_at", "author", "participants", "new"]
    list_select_related = ["occasion", "created_by"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user)

    @admin.display(description=gettext_lazy("import"), ordering="pk")
    def number(self, job: AttendanceImport) -> str:
        return str(job).capitalize()

    @admin.display(description=gettext_lazy("started by"))
    def author(self, job: AttendanceImport) -> str:
        return name_of(job.created_by)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(IMPORT)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_url("approve", self.approve, permission=IMPORT),
            self.object_url("cancel", self.cancel, permission=IMPORT),
            self.object_url("take-back", self.take_back, permission=IMPORT),
            *super().get_urls(),
        ]

    # --- sending ------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        occasion = chosen_occasion(request)
        if occasion is None:
            self.message_user(request, _("Choose the occasion that the report is about."))
            return choose_first()
        form = UploadForm(posted(request), request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                job = jobs.start(
                    occasion,
                    form.cleaned_data["file"].read(jobs.LARGEST + 1),
                    mapping=form.cleaned_data["mapping"],
                    meeting=form.cleaned_data["meeting"],
                    by=request.user,
                    at=timezone.now(),
                )
            except jobs.CannotImport as error:
                form.add_error("file", str(error))
            else:
                tasks.check_report.delay_on_commit(job_id=job.pk)
                return self.back_to(job)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import attendance"),
            "subtitle": occasion.title,
            "opts": self.opts,
            "occasion": occasion,
            "form": form,
        }
        page = "admin/courses/attendanceimport/upload.html"
        return TemplateResponse(request, page, context)

    # --- looking ------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        may_import = request.user.has_perm(IMPORT)
        may_decide = job.status == job.Status.CHECKED and may_import
        is_done = job.status == job.Status.DONE and job.kind == "participants"
        context = {
            **self.admin_site.each_context(request),
            "title": f"{str(job).capitalize()}: {job.get_status_display()}",
            "subtitle": job.occasion.title,
            "opts": self.opts,
            "original": job,
            "job": job,
            "rows_done": background.rows_done(job),
            "problems": job.problems[:PER_PAGE],
            "people": next(islice(jobs.planned(job), 1), [])[:SHOWN] if may_decide else [],
            "already": Attendance.objects.filter(occasion=job.occasion_id).count(),
            "may_import": may_import,
            "may_decide": may_decide,
            "may_take_back": is_done and may_import,
            "is_done": is_done,
        }
        page = "admin/courses/attendanceimport/preview.html"
        response = TemplateResponse(request, page, context)
        if job.is_at_work:
            response["Refresh"] = "2"
        return response

    # --- deciding -----------------------------------------------------------------------------

    def approve(self, request: HttpRequest, job: AttendanceImport) -> HttpResponse:
        if request.method == "POST":
            try:
                jobs.approve(job)
            except jobs.CannotImport as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                tasks.carry_out_report.delay_on_commit(job_id=job.pk)
        return self.back_to(job)

    def cancel(self, request: HttpRequest, job: AttendanceImport) -> HttpResponse:
        if request.method == "POST":
            try:
                jobs.cancel(job, at=timezone.now())
            except jobs.CannotImport as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, _("Cancelled. Nothing has been taken in."))
        return self.back_to(job)

    def take_back(self, request: HttpRequest, job: AttendanceImport) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            gone = attending.take_back(job, at=timezone.now())
            told = ngettext("%d row was erased.", "%d rows were erased.", gone)
            self.message_user(request, told % gone, messages.SUCCESS)
            return self.back_to(job)
        return self.ask(
            request,
            job,
            form,
            title=_("Take the import back"),
            text=_(
                "The rows that it added are erased at once, with the matches that were made. It "
                "cannot be undone, but the report can be sent again."
            ),
            button=_("Erase the rows"),
        )


class MatchForm(forms.Form):
    """A member, by number: a list of names to choose from would show all who registered."""

    number = forms.IntegerField(
        label=gettext_lazy("Member number"),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter the member number."),
            "invalid": gettext_lazy("Write the member number with digits only."),
        },
        help_text=gettext_lazy("Of a member who has registered for the occasion."),
    )

    def __init__(self, *args: Any, registrations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registrations = registrations

    def clean_number(self) -> int:
        number = self.cleaned_data["number"]
        self.registration = self.registrations.filter(member__member_number=number).first()
        if self.registration is None:
            raise forms.ValidationError(_("Nobody with that number has registered."))
        return number


@admin.register(Attendance)
class AttendanceAdmin(ReadOnly, ForUserAdmin):
    """Who took part, by the names that they chose, and whom staff have said that they are."""

    read_purpose = gettext_lazy("organising an occasion")
    list_display = [
        "display_name",
        "came",
        "went",
        "minutes",
        "ip_address",
        "how",
        "who",
        "is_suggested",
    ]
    list_select_related = ["member", "occasion"]
    search_fields = ["member__member_number"]
    search_help_text = gettext_lazy("Member number.")
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fields = [
        "display_name",
        "occasion",
        "came",
        "went",
        "minutes",
        "ip_address",
        "how",
        "who",
        "matched_at",
    ]

    @admin.display(description=gettext_lazy("came in"))
    def came(self, row: Attendance) -> str:
        return _clock(row.joined_at)

    @admin.display(description=gettext_lazy("went out"))
    def went(self, row: Attendance) -> str:
        return _clock(row.left_at)

    @admin.display(description=gettext_lazy("member"))
    def who(self, row: Attendance) -> str:
        return row.member.label_with_name if row.member else "–"

    @admin.display(description=gettext_lazy("by telephone"))
    def how(self, row: Attendance) -> str:
        return _("yes") if row.is_phone else "–"

    @admin.display(description=gettext_lazy("to be decided"))
    def is_suggested(self, row: Attendance) -> str:
        return _("a suggestion") if row.suggested_id else "–"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        key = request.GET.get("occasion__id__exact", "")
        suggested = 0
        if key.isascii() and key.isdigit() and len(key) < 19 and request.user.has_perm(MATCH):
            visible = Attendance.objects.for_user(request.user).filter(occasion=key)
            suggested = visible.suggested().count()
        context = {"suggested": suggested, "occasion_key": key} | (extra_context or {})
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        suggestions = path(
            "suggestions/<int:occasion_id>/",
            self.admin_site.admin_view(self.suggestions),
            name="courses_attendance_suggestions",
        )
        return [
            suggestions,
            self.object_url("match", self.match, permission=MATCH),
            self.object_url("unmatch", self.unmatch, permission=MATCH),
            *super().get_urls(),
        ]

    # --- who it was ---------------------------------------------------------------------------

    def match(self, request: HttpRequest, row: Attendance) -> HttpResponse:
        visible = Registration.objects.for_user(request.user).active()
        registrations = visible.filter(occasion=row.occasion_id).select_related("member")
        form = MatchForm(posted(request), registrations=registrations)
        if request.method == "POST" and form.is_valid():
            member = form.registration.member
            try:
                attending.match(row, member, by=request.user, at=timezone.now())
            except attending.CannotMatch as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, row, _("Matched."))
                self.message_user(request, _("The match is noted."), messages.SUCCESS)
                return self.back_to(row)
        return self.ask(
            request,
            row,
            form,
            title=_("Who was it?"),
            text=_("The row becomes hers: it is part of the answer when she asks for her data."),
            button=_("Match"),
        )

    def unmatch(self, request: HttpRequest, row: Attendance) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            attending.unmatch(row)
            self.log_change(request, row, _("Match taken back."))
            self.message_user(request, _("The match is taken back."), messages.SUCCESS)
            return self.back_to(row)
        return self.ask(
            request,
            row,
            form,
            title=_("Take the match back"),
            text=_("The row stays, and belongs to nobody that we know."),
            button=_("Take back"),
        )

    def suggestions(self, request: HttpRequest, occasion_id: int) -> HttpResponse:
        """Guesses beside what they were made from; nothing is a match until it is confirmed."""
        if not request.user.has_perm(MATCH):
            raise PermissionDenied
        occasion = Occasion.objects.for_user(request.user).filter(pk=occasion_id).first()
        if occasion is None:
            return choose_first()
        suggested = self.get_queryset(request).filter(occasion=occasion).suggested()
        seen = Registration.objects.for_user(request.user).filter(occasion=occasion)
        suggested = suggested.filter(suggested__in=seen.values("member")).order_by("pk")
        if request.method == "POST":
            return self._decide(request, occasion, suggested)
        total = suggested.count()
        rows = list(suggested.select_related("suggested")[:PER_PAGE])
        self._log_suggested(request, rows)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Suggested matches"),
            "subtitle": occasion.title,
            "opts": self.opts,
            "occasion": occasion,
            "rows": rows,
            "total": total,
        }
        page = "admin/courses/attendance/suggestions.html"
        return TemplateResponse(request, page, context)

    def _decide(self, request: HttpRequest, occasion: Occasion, suggested: Any) -> HttpResponse:
        here = HttpResponseRedirect(
            reverse("admin:courses_attendance_suggestions", args=[occasion.pk])
        )
        rows = suggested
        if "all" not in request.POST:
            keys = [key for key in request.POST.getlist("rows") if key.isascii() and key.isdigit()]
            rows = suggested.filter(pk__in=[int(key) for key in keys if len(key) < 19])
            if not keys:
                self.message_user(request, _("Tick the rows that you mean."), messages.ERROR)
                return here
        if "reject" in request.POST:
            count = attending.reject(rows)
            told = ngettext("%d suggestion is gone.", "%d suggestions are gone.", count)
        else:
            count = attending.confirm(rows, by=request.user, at=timezone.now())
            told = ngettext("%d match is noted.", "%d matches are noted.", count)
        self.message_user(request, told % count, messages.SUCCESS)
        return here

    def _log_suggested(self, request: HttpRequest, rows: list[Attendance]) -> None:
        admin_of_members = _SuggestedReads(self.model, self.admin_site)
        admin_of_members.log_read(request, rows)


class _SuggestedReads(ForUserAdmin):
    """Logs reads of those whom rows suggest."""

    member_path = "suggested"
    read_purpose = AttendanceAdmin.read_purpose


def _clock(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "–"
