"""Voting rolls: made, corrected, locked, and put on paper without what nobody is to read there."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import rolls
from courses.admin.attendance import choose_first, chosen_occasion
from courses.models import RollEntry, VotingRoll
from ledarna_gdpr import spreadsheets
from ledarna_gdpr.privacy.words import Text
from members import readlog
from members.admin.base import DeskAdmin, ReadOnly, WithHistoryAdmin, name_of, posted
from members.models import Member

LOCK = "courses.lock_votingroll"
PRINT = "courses.print_votingroll"
CHANGE = "courses.change_votingroll"
PURPOSE = gettext_lazy("the voting roll of a meeting")

#: What leaves the screen of a roll, on paper or as a file, and nothing else.
COLUMNS: list[tuple[str, Text]] = [
    ("number", gettext_lazy("No.")),
    ("name", gettext_lazy("Name")),
    ("mandate", gettext_lazy("Delegate for")),
    ("votes", gettext_lazy("Votes")),
    ("substitute_for", gettext_lazy("Substitute for")),
    ("came", gettext_lazy("In")),
    ("went", gettext_lazy("Out")),
]


class MakeForm(forms.Form):
    scope = forms.ChoiceField(
        label=gettext_lazy("Who may vote"), choices=VotingRoll.Scope, widget=forms.RadioSelect
    )
    cut_off_at = forms.SplitDateTimeField(
        label=gettext_lazy("Members as of"),
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("Whoever was a member on that day is on the roll."),
    )


class MinutesForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("Minutes approved on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Enter the day.")},
    )


@admin.register(VotingRoll)
class VotingRollAdmin(ReadOnly, DeskAdmin):
    list_display = ["number", "occasion", "version", "cut_off_at", "names", "is_locked"]
    list_select_related = ["occasion"]
    ordering = ["-pk"]
    fields = [
        "occasion",
        "version",
        "scope",
        "cut_off_at",
        "names",
        "made_at",
        "maker",
        "locked_at",
        "locker",
        "minutes_approved_on",
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request).for_user(request.user)
        return found.annotate(size=Count("entries"))

    @admin.display(description=gettext_lazy("voting roll"), ordering="pk")
    def number(self, roll: VotingRoll) -> str:
        return str(roll).capitalize()

    @admin.display(description=gettext_lazy("names"))
    def names(self, roll: Any) -> int:
        return roll.size

    @admin.display(description=gettext_lazy("locked"), boolean=True)
    def is_locked(self, roll: VotingRoll) -> bool:
        return roll.is_locked

    @admin.display(description=gettext_lazy("made by"))
    def maker(self, roll: VotingRoll) -> str:
        return name_of(roll.made_by)

    @admin.display(description=gettext_lazy("locked by"))
    def locker(self, roll: VotingRoll) -> str:
        return name_of(roll.locked_by)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("courses.add_votingroll")

    def get_urls(self) -> list[URLPattern]:
        make = "courses.add_votingroll"
        return [
            self.object_url("lock", self.lock, permission=LOCK),
            self.object_url("new-version", self.new_version, permission=make),
            self.object_url("minutes", self.minutes, permission=CHANGE),
            self.object_url("print", self.print, permission=PRINT),
            self.object_url("csv", self.csv, permission=PRINT),
            *super().get_urls(),
        ]

    # --- making -------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        occasion = chosen_occasion(request)
        if occasion is None:
            self.message_user(request, _("Choose the meeting that the voting roll is for."))
            return choose_first()
        now = timezone.now()
        initial = {"scope": VotingRoll.Scope.REGISTERED, "cut_off_at": min(now, occasion.starts_at)}
        form = MakeForm(posted(request), initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                roll = rolls.make(occasion, **form.cleaned_data, by=request.user, at=now)
            except rolls.CannotVote as error:
                form.add_error(None, str(error))
            else:
                self.log_addition(request, roll, _("Made."))
                return self.back_to(roll)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make a voting roll"),
            "subtitle": occasion.title,
            "opts": self.opts,
            "occasion": occasion,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/courses/votingroll/make.html", context)

    # --- deciding -----------------------------------------------------------------------------

    def lock(self, request: HttpRequest, roll: VotingRoll) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                rolls.lock(roll, by=request.user, at=timezone.now())
            except rolls.CannotVote as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, roll, _("Locked."))
                self.message_user(request, _("The voting roll is locked."), messages.SUCCESS)
                return self.back_to(roll)
        return self.ask(
            request,
            roll,
            form,
            title=_("Lock the voting roll"),
            text=_("It can then be printed. It stays as it is: a change makes a new version."),
            button=_("Lock"),
        )

    def new_version(self, request: HttpRequest, roll: VotingRoll) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                made = rolls.new_version(roll, by=request.user, at=timezone.now())
            except rolls.CannotVote as error:
                form.add_error(None, str(error))
            else:
                self.log_addition(request, made, _("Made."))
                return self.back_to(made)
        return self.ask(
            request,
            roll,
            form,
            title=_("Make a new version"),
            text=_("It begins as a copy of this one, which stays as it is."),
            button=_("Make it"),
        )

    def minutes(self, request: HttpRequest, roll: VotingRoll) -> HttpResponse:
        form = MinutesForm(posted(request), initial={"on": roll.minutes_approved_on})
        if request.method == "POST" and form.is_valid():
            try:
                rolls.approve_minutes(roll, **form.cleaned_data, by=request.user, at=timezone.now())
            except rolls.CannotVote as error:
                form.add_error("on", str(error))
            else:
                self.log_change(request, roll, _("Minutes approved."))
                self.message_user(request, _("The day is noted."), messages.SUCCESS)
                return self.back_to(roll)
        return self.ask(
            request,
            roll,
            form,
            title=_("The minutes are approved"),
            text=_("Twelve months after that day, all versions of the roll are erased."),
            button=_("Save"),
        )

    # --- on paper -----------------------------------------------------------------------------

    def print(self, request: HttpRequest, roll: VotingRoll) -> HttpResponse:
        if not roll.is_locked:
            return self._lock_first(request, roll)
        entries = self._to_print(request, roll)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Voting roll"),
            "subtitle": roll.occasion.title,
            "opts": self.opts,
            "original": roll,
            "roll": roll,
            "lines": rolls.lines(roll, entries),
            "columns": [heading for _name, heading in COLUMNS],
            "left_out": roll.entries.count() - entries.count(),
        }
        return TemplateResponse(request, "admin/courses/votingroll/print.html", context)

    def csv(self, request: HttpRequest, roll: VotingRoll) -> HttpResponse:
        if not roll.is_locked:
            return self._lock_first(request, roll)
        lines = rolls.lines(roll, self._to_print(request, roll))
        headings = [heading for _name, heading in COLUMNS]
        rows = ([_cell(getattr(line, name)) for name, _heading in COLUMNS] for line in lines)
        table = spreadsheets.table([headings, *rows])
        response = HttpResponse(table, content_type="text/csv; charset=utf-8")
        name = f"rostlangd-{roll.occasion_id}-v{roll.version}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _lock_first(self, request: HttpRequest, roll: VotingRoll) -> HttpResponse:
        text = _("Lock the voting roll first: what is on paper has to stay as it is.")
        self.message_user(request, text, messages.ERROR)
        return self.back_to(roll)

    def _to_print(self, request: HttpRequest, roll: VotingRoll) -> Any:
        """The entries that paper may hold, logged as read."""
        entries = RollEntry.objects.filter(roll=roll).printable()
        members = Member.objects.filter(pk__in=entries.values("member")).order_by()
        view = request.resolver_match.view_name if request.resolver_match else ""
        readlog.record(request.user, members.only("pk", "protection"), view=view, purpose=PURPOSE)
        return entries


def _cell(value: Any) -> str:
    if hasattr(value, "astimezone"):
        return timezone.localtime(value).strftime("%H:%M")
    return "" if value is None else str(value)


@admin.register(RollEntry)
class RollEntryAdmin(WithHistoryAdmin):
    """The names on the rolls that the user sees. What is changed on a locked one is changed on a
    new version of it."""

    read_purpose = PURPOSE
    list_display = ["number", "shown_name", "mandate", "votes", "substitute_for", "version"]
    list_select_related = ["member", "roll__occasion"]
    search_fields = ["member__member_number", "number"]
    search_help_text = gettext_lazy("Member number, or number on the roll.")
    ordering = ["roll", "number"]
    sortable_by: list[str] = []
    fields = ["number", "shown_name", "version", "mandate", "votes", "substitute_for"]
    readonly_fields = ["number", "shown_name", "version"]

    @admin.display(description=gettext_lazy("name"))
    def shown_name(self, entry: RollEntry) -> str:
        return entry.name or _("(handled by hand)")

    @admin.display(description=gettext_lazy("voting roll"))
    def version(self, entry: RollEntry) -> str:
        told = {"title": entry.roll.occasion.title, "n": entry.roll.version}
        return _("%(title)s, version %(n)d") % told

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [self.object_url("strike", self.strike, permission=CHANGE), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: RollEntry, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        entry = RollEntry.objects.get(pk=obj.pk)
        rolls.change(entry, by=request.user, at=timezone.now(), **values)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except rolls.CannotVote as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def response_change(self, request: HttpRequest, obj: RollEntry) -> HttpResponse:
        latest = VotingRoll.objects.latest_version(obj.roll.occasion)
        if latest and latest.pk != obj.roll_id:
            text = _("The roll was locked, so the change was made on version %(n)d.")
            self.message_user(request, text % {"n": latest.version}, messages.SUCCESS)
            return HttpResponseRedirect(_names_of(latest))
        return super().response_change(request, obj)

    def strike(self, request: HttpRequest, entry: RollEntry) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                rolls.strike(entry, at=timezone.now())
            except rolls.CannotVote as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("The name is taken off."), messages.SUCCESS)
                return HttpResponseRedirect(_names_of(entry.roll))
        return self.ask(
            request,
            entry,
            form,
            title=_("Take the name off the roll"),
            text=_("The member can then not vote by this version of the roll."),
            button=_("Take off"),
        )


def _names_of(roll: VotingRoll) -> str:
    return reverse("admin:courses_rollentry_changelist") + f"?roll__id__exact={roll.pk}"
