from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Period, Source
from members import choices, exits, membership, personnummer, readlog, services
from members.admin.base import NoDeletion, ReadOnly, WithHistoryAdmin, posted
from members.admin.choices import ToldForm
from members.admin.member_forms import (
    LeaveForm,
    MemberForm,
    PeriodFormSet,
    RevealForm,
    source_line,
)
from members.admin.search import matches
from members.models import Fee, Member, MembershipPeriod, Payment

SINCE = {
    "month": (_("in the last month"), Period(months=1)),
    "half": (_("in the last six months"), Period(months=6)),
    "year": (_("in the last year"), Period(years=1)),
    "two": (_("in the last two years"), Period(years=2)),
}


class MembershipFilter(admin.SimpleListFilter):
    title, parameter_name = _("membership"), "membership"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("current", _("members now")), ("left", _("have left"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Member]:
        match self.value():
            case "current":
                return queryset.current()
            case "left":
                return queryset.left()
        return queryset


class LeftFilter(admin.SimpleListFilter):
    title, parameter_name = _("left"), "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(key, title) for key, (title, period) in SINCE.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Member]:
        chosen = self.value()
        if chosen is None or chosen not in SINCE:
            return queryset
        _title, period = SINCE[chosen]
        return queryset.left_since(period.latest_start(timezone.localdate()))


class ProtectionFilter(admin.SimpleListFilter):
    title, parameter_name = _("protected identity"), "protection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        if not request.user.has_perm("members.handle_protected"):
            return []
        return [(value, label) for value, label in Member.PROTECTION.choices if value]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Member]:
        return queryset.filter(protection=self.value()) if self.value() else queryset


class RowsOfMember(NoDeletion, admin.TabularInline):
    extra = 0
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user)


class PeriodInline(RowsOfMember):
    model = MembershipPeriod
    formset = PeriodFormSet
    fields = ["started_on", "ended_on", "exit_reason"]


class FeeInline(ReadOnly, RowsOfMember):
    model = Fee
    fields = ["covers_from", "covers_to", "amount", "due_on", "settled_on"]
    classes = ["collapse"]


class PaymentInline(ReadOnly, RowsOfMember):
    model = Payment
    fields = ["paid_on", "amount", "reference", "fiscal_year_ends_on"]
    classes = ["collapse"]


@admin.register(Member)
class MemberAdmin(WithHistoryAdmin):
    member_path = ""
    read_purpose = _("membership administration")
    form = MemberForm
    list_display = ["member_number", "family_name", "given_names", "city", "left_on", "protection"]
    list_filter = [MembershipFilter, LeftFilter, ProtectionFilter]
    search_fields = ["member_number"]
    search_help_text = _(
        "Member number, personnummer, or the beginning of a name or an e-mail address."
    )
    ordering = ["-pk"]
    sortable_by: list[str] = []
    inlines = [PeriodInline, FeeInline, PaymentInline]
    history_silent_about = ("personnummer_hash", "provenance", "public_id")
    readonly_fields = ["masked_personnummer", "left_on"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "member_number",
                    ("given_names", "family_name"),
                    "preferred_name",
                    "masked_personnummer",
                    "new_personnummer",
                    "protection",
                    "left_on",
                ]
            },
        ),
        (
            _("Contact details"),
            {
                "fields": [
                    "email",
                    "phone",
                    "care_of",
                    "street_address",
                    ("postal_code", "city"),
                    "country",
                ]
            },
        ),
        (_("Employment"), {"fields": ["employer", "job_title"]}),
    ]

    # --- the list -----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        # Not decrypted, nor fetched, for a page that does not show them.
        return super().get_queryset(request).defer("personnummer", "provenance")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        if request.user.has_perm("members.handle_protected"):
            return self.list_display
        return [name for name in self.list_display if name != "protection"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(matches(search_term)), False

    # --- the form -----------------------------------------------------------------------------

    @admin.display(description=_("personnummer"))
    def masked_personnummer(self, member: Member) -> str:
        return member.personnummer_masked or "–"

    def get_fieldsets(self, request: HttpRequest, obj: Member | None = None) -> Any:
        hidden = set()
        if not self.has_change_permission(request, obj):
            hidden.add("new_personnummer")
        if obj is None:
            hidden |= {"member_number", "masked_personnummer", "left_on"}
        if not request.user.has_perm("members.handle_protected"):
            hidden.add("protection")
        return [
            (title, {"fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in self.fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Member | None = None) -> Any:
        return [*self.readonly_fields, "member_number"]

    def get_form(
        self, request: HttpRequest, obj: Member | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        sources = {name: source_line(obj, name) for name in obj.provenance} if obj else {}
        kwargs["help_texts"] = {name: text for name, text in sources.items() if text}
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        if not change:
            obj.member_number = services.next_member_number()
        obj.note_source(form.changed_columns, Source.STAFF, timezone.now())
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        Member.objects.filter(pk=form.instance.pk).refresh_left_on()

    # --- further pages ------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_url("reveal", self.reveal, permission="members.reveal_personnummer"),
            self.object_url("choices", self.choices, permission="members.add_objection"),
            self.object_url("leave", self.leave, permission="members.change_member"),
            *super().get_urls(),
        ]

    def reveal(self, request: HttpRequest, member: Member) -> HttpResponse:
        """The whole personnummer, once, against a reason that the member can read."""
        form = RevealForm(posted(request))
        shown = ""
        if request.method == "POST" and form.is_valid():
            view = request.resolver_match.view_name if request.resolver_match else ""
            reason = form.cleaned_data["reason"]
            readlog.record(request.user, [member], view=view, purpose=reason)
            shown = personnummer.written(member.personnummer)
        return self.ask(
            request,
            member,
            form,
            title=_("Show the personnummer"),
            text=_("The number is shown once. That you saw it, and why, is written in the log."),
            button=_("Show the number"),
            shown=shown,
        )

    def leave(self, request: HttpRequest, member: Member) -> HttpResponse:
        form = LeaveForm(posted(request), initial={"on": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            try:
                exits.leave(member, **form.cleaned_data, at=timezone.now())
            except membership.CannotEnd as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, member, gettext("Membership ended."))
                self.message_user(request, _("The membership has been ended."), messages.SUCCESS)
                return self.back_to(member)
        return self.ask(
            request,
            member,
            form,
            title=_("End the membership"),
            text=_(
                "The periods for keeping the member's data run from the last day. "
                "Fees and payments are kept as the accounting law says. "
                "The member gets a mail that there is a letter about it on My pages."
            ),
            button=_("End the membership"),
        )

    def choices(self, request: HttpRequest, member: Member) -> HttpResponse:
        """What the member has told an employee about mailings."""
        form = ToldForm(posted(request))
        if request.method == "POST" and form.is_valid():
            form.carry_out(member, by=request.user, at=timezone.now())
            self.message_user(request, _("Written down. It holds from now."), messages.SUCCESS)
            return self.back_to(member)
        return self.ask(
            request,
            member,
            form,
            title=_("Choices about mailings"),
            text=_("Write down what the member says. Her no needs no reason."),
            button=_("Write it down"),
            include="admin/members/member/_choices.html",
            switches=choices.of_member(member),
        )
