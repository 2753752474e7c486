import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dsar import periods, sweep
from dsar.models import PeriodChange, Receipt, SweepRun
from dsar.models.retention import CENTURY
from ledarna_gdpr.privacy import Period, registry
from members.admin.base import DeskAdmin, ReadOnly, name_of, posted
from members.admin.paginator import RegisterPaginator


def in_words(period: Period) -> str:
    """``2 years 6 months``."""
    parts = [
        (period.years, ngettext("%(n)d year", "%(n)d years", period.years)),
        (period.months, ngettext("%(n)d month", "%(n)d months", period.months)),
        (period.days, ngettext("%(n)d day", "%(n)d days", period.days)),
    ]
    return " ".join(text % {"n": n} for n, text in parts if n) or gettext("at once")


@dataclass(frozen=True)
class Preview:
    """What the next sweep takes of one kind of record, now and with another period."""

    title: str
    now: int
    then: int


def preview(rule: str, period: Period, *, on: dt.date) -> list[Preview]:
    in_force = periods.in_force()
    now = _counts(rule, in_force, on)
    then = _counts(rule, {**in_force, rule: period}, on)
    return [Preview(title, now[title], then[title]) for title in now]


def _counts(rule: str, in_force: periods.Periods, on: dt.date) -> dict[str, int]:
    found = sweep.due(on, in_force)
    return {
        due.declaration.title: due.records.count() for due in found if due.anchor.rule.code == rule
    }


class PeriodChangeForm(forms.ModelForm):
    rule = forms.ChoiceField(label=_("Rule"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "rule" in self.fields:
            in_force = periods.in_force()
            self.fields["rule"].choices = [
                (rule.code, f"{rule.code}: {in_words(in_force[rule.code])}. {rule.reason}")
                for rule in registry.rules
            ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        units = {unit: cleaned.get(unit) or 0 for unit in ("years", "months", "days")}
        rule = next((rule for rule in registry.rules if rule.code == cleaned.get("rule")), None)
        today = timezone.localdate()
        for unit, most in CENTURY.items():
            if units[unit] > most:
                self.add_error(unit, _("At most %(most)d.") % {"most": most})
        if self.errors:
            return cleaned
        end = Period(**units).after(today)
        if rule and rule.longest and end > rule.longest.after(today):
            longest = in_words(rule.longest)
            text = _("The notice promises at most %(longest)s.") % {"longest": longest}
            self.add_error(None, text)
        elif rule and rule.shortest and end < rule.shortest.after(today):
            shortest = in_words(rule.shortest)
            text = _("The law demands at least %(shortest)s.") % {"shortest": shortest}
            self.add_error(None, text)
        elif not any(units.values()) and not (rule and rule.longest):
            self.add_error(None, _("Give a period: years, months or days."))
        return cleaned


@admin.register(PeriodChange)
class PeriodChangeAdmin(DeskAdmin):
    """One proposes, another approves; neither rewrites what was proposed."""

    form = PeriodChangeForm
    change_form_template = "admin/dsar/periodchange/change_form.html"
    list_display = ["rule", "period", "proposed_at", "proposer", "approved_at", "approver"]
    list_select_related = ["proposed_by", "approved_by"]

    @admin.display(description=_("period"))
    def period(self, change: PeriodChange) -> str:
        return in_words(Period(years=change.years, months=change.months, days=change.days))

    @admin.display(description=_("proposed by"))
    def proposer(self, change: PeriodChange) -> str:
        return name_of(change.proposed_by)

    @admin.display(description=_("approved by"))
    def approver(self, change: PeriodChange) -> str:
        return name_of(change.approved_by)

    def get_fields(self, request: HttpRequest, obj: PeriodChange | None = None) -> Any:
        if obj is None:
            return ["rule", "years", "months", "days", "reason"]
        decision = ["proposer", "proposed_at", "approver", "approved_at"]
        return ["rule", "period", "reason", *decision]

    def get_readonly_fields(self, request: HttpRequest, obj: PeriodChange | None = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PeriodChange, form: Any, change: bool) -> None:
        obj.proposed_by, obj.proposed_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        change = self.get_object(request, object_id)
        if change is not None and change.approved_at is None:
            period = Period(years=change.years, months=change.months, days=change.days)
            context["preview"] = preview(change.rule, period, on=timezone.localdate())
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        approve = self.object_url("approve", self.approve, permission="dsar.approve_periodchange")
        rules = self.admin_site.admin_view(self.rules)
        return [
            path("rules/", rules, name="dsar_periodchange_rules"),
            approve,
            *super().get_urls(),
        ]

    def approve(self, request: HttpRequest, change: PeriodChange) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                periods.approve(change, by=request.user, at=timezone.now())
            except periods.CannotApprove as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, change, gettext("Approved."))
                self.message_user(request, _("The new period is in force."), messages.SUCCESS)
                return self.back_to(change)
        period = Period(years=change.years, months=change.months, days=change.days)
        return self.ask(
            request,
            change,
            form,
            title=_("Approve the new period"),
            text=_(
                "You are the second of two people. The next sweep erases what the new period makes "
                "due; that cannot be undone."
            ),
            button=_("Approve"),
            include="admin/dsar/preview.html",
            preview=preview(change.rule, period, on=timezone.localdate()),
        )

    def rules(self, request: HttpRequest) -> HttpResponse:
        """Every rule, its period and why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        in_force = periods.in_force()
        rows = [
            {
                "rule": rule,
                "default": in_words(rule.period),
                "in_force": in_words(in_force[rule.code]),
                "changed": in_force[rule.code] != rule.period,
                "covers": ", ".join(
                    declaration.title
                    for declaration in registry
                    if any(anchor.rule is rule for anchor in declaration.anchors)
                ),
            }
            for rule in registry.rules
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Retention rules"),
            "opts": self.opts,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/dsar/rules.html", context)


class ReceiptInline(ReadOnly, admin.TabularInline):
    model = Receipt
    fields = ["records", "outcome", "rule", "count"]
    readonly_fields = ["records"]
    extra = 0

    @admin.display(description=_("records"))
    def records(self, receipt: Receipt) -> str:
        return title_of(receipt.model)


def title_of(label: str) -> str:
    """What a journal's ``app.Model`` is called on a screen."""
    try:
        return registry.labelled(label).title
    except LookupError:
        return label


@admin.register(SweepRun)
class SweepRunAdmin(ReadOnly, DeskAdmin):
    list_display = ["on", "started_at", "finished_at"]
    fields = [
        "on",
        "started_at",
        "finished_at",
        "files_removed",
        "files_unnamed",
        "files_missing",
    ]
    inlines = [ReceiptInline]


@admin.register(Receipt)
class ReceiptAdmin(ReadOnly, DeskAdmin):
    paginator = RegisterPaginator
    list_display = ["at", "records", "outcome", "rule", "count", "why"]
    list_select_related = ["request", "run"]
    list_filter = ["outcome"]
    fields = list_display
    ordering = ["-pk"]
    sortable_by: list[str] = []

    @admin.display(description=_("records"))
    def records(self, receipt: Receipt) -> str:
        return title_of(receipt.model)

    @admin.display(description=_("because of"))
    def why(self, receipt: Receipt) -> str:
        return str(receipt.request or receipt.run or "–")
