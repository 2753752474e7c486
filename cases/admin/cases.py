"""The staff's side of cases: an inbox, the page of a case, and a page for each verb."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cases import downloads, kinds, services
from cases.admin.filters import DueFilter, KindFilter, StateFilter, WhoseFilter
from cases.admin.forms import EmergencyForm, NewCaseForm
from cases.admin.page import page_of, row_of
from cases.admin.timeline import parts
from cases.admin.verbs import VERBS, PartVerb, Verb
from cases.kinds import Kind
from cases.models import Case, Document, Participant
from members import readlog
from members.admin.base import WithHistoryAdmin, posted
from members.admin.search import LARGEST_NUMBER, matches
from members.models import Member

REFUSED = _("tried to open a case without access to it; nothing was shown")
BREAK_GLASS = "cases.break_glass"


@admin.register(Case)
class CaseAdmin(WithHistoryAdmin):
    """What is not in ``Case.objects.for_user`` is answered as what does not exist."""

    read_purpose = _("work with a case")
    refusal = services.CannotDo
    change_form_template = "admin/cases/case/change_form.html"
    change_list_template = "admin/cases/case/change_list.html"
    list_display = ["__str__"]
    list_filter = [WhoseFilter, DueFilter, StateFilter, KindFilter]
    list_select_related = ["member", "team", "handler"]
    list_per_page = 50
    search_fields = ["pk", "member__member_number"]
    search_help_text = _(
        "Case number, or the member's number, personnummer, or the beginning of her name."
    )
    sortable_by: list[str] = []
    fields: list[str] = []
    history_silent_about = ("public_id", "is_opened_by_member", "notice_version")

    # --- the inbox ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        visible = super().get_queryset(request).within_reach(request.user)
        return visible.prefetch_related("occurrences")

    def get_ordering(self, request: HttpRequest) -> Any:
        """By the day that something is due; what is closed or searched for, the latest first."""
        asked = request.GET
        if "q" in asked or asked.get("state") in ("any", "closed") or asked.get("time") == "review":
            return ["-pk"]
        return [F("due_on").asc(nulls_last=True), "pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        members = Member.objects.for_user(request.user).filter(matches(search_term))
        number = search_term.strip()
        if not (number.isascii() and number.isdigit()):
            return queryset.filter(member__in=members.order_by()), False
        found = Q(member__in=list(members.order_by().values_list("pk", flat=True)))
        if int(number) <= LARGEST_NUMBER:
            found |= Q(pk=int(number))
        return queryset.filter(found), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        response = super().changelist_view(request, title | (extra_context or {}))
        if changelist := getattr(response, "context_data", {}).get("cl"):
            today = timezone.localdate()
            changelist.rows = [row_of(case, today) for case in changelist.result_list]
        return response

    # --- one case -----------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is overwritten: whatever changes a case is a verb."""
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None and self.has_view_permission(request):
            self.log_attempt(request, object_id)
        return found

    def log_attempt(self, request: HttpRequest, object_id: str) -> None:
        """The answer is that of an absent case, but the attempt on an existing one is kept (P7)."""
        tried = Case.objects.filter(pk=_key(object_id)).select_related("member").first()
        if tried is not None:
            view = request.resolver_match.view_name if request.resolver_match else ""
            readlog.record(request.user, [tried.member], view=view, purpose=REFUSED)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        self.message_user(
            request, _("There is no such case among those you may see."), messages.WARNING
        )
        return HttpResponseRedirect(reverse("admin:cases_case_changelist"))

    def after_step(self, request: HttpRequest, about: Any) -> HttpResponse:
        """Whoever has given a case away goes back to her inbox."""
        if self.get_queryset(request).filter(pk=about.pk).exists():
            return self.back_to(about)
        return HttpResponseRedirect(reverse("admin:cases_case_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        case = self.get_queryset(request).filter(pk=_key(object_id)).first()
        context = dict(extra_context or {})
        if case is not None and request.method == "GET":
            context |= page_of(case, request.user)
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        emergency = self.admin_site.admin_view(self.emergency_view)
        return [
            path("emergency/", emergency, name="cases_case_emergency"),
            self.object_url("document/<int:part>", self.document, permission="cases.view_document"),
            *(self.verb_url(verb) for verb in VERBS.values()),
            *super().get_urls(),
        ]

    def verb_url(self, verb: Verb) -> URLPattern:
        if isinstance(verb, PartVerb):
            return self.object_url(
                f"{verb.name}/<int:part>", self.page_about_part(verb), permission=verb.permission
            )

        def page(request: HttpRequest, case: Case) -> HttpResponse:
            return self.carry_out(request, case, verb)

        return self.object_url(verb.name, page, permission=verb.permission)

    def page_about_part(self, verb: PartVerb) -> Any:
        def page(request: HttpRequest, case: Case, part: int) -> HttpResponse:
            found = parts(case, verb.model, request.user).filter(pk=part).first()
            if found is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(part))
            return self.carry_out(request, case, verb.with_part(found))

        return page

    def carry_out(self, request: HttpRequest, case: Case, verb: Verb) -> HttpResponse:
        if not verb.may(request.user, case):
            raise PermissionDenied
        files = request.FILES if request.method == "POST" else None
        form = verb.form(case, request.user, posted(request), files)
        return self.step(
            request,
            case,
            form,
            lambda: verb.do(case, form.cleaned_data, by=request.user, at=timezone.now()),
            done=verb.done,
            title=verb.title,
            text=verb.text(case),
            button=verb.title,
            include="admin/cases/case/_mentions.html" if "body" in form.fields else "",
            participants=parts(case, Participant, request.user),
        )

    def document(self, request: HttpRequest, case: Case, part: int) -> HttpResponse:
        documents = parts(case, Document, request.user).select_related("case__member")
        found = documents.filter(pk=part).first()
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(part))
        return downloads.serve(request, found, purpose=self.read_purpose)

    # --- a new case ---------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and bool(kinds.handled_by(request.user))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """First the kind: what is asked depends on it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        handled = kinds.handled_by(request.user)
        chosen = request.GET.get("kind") or (handled[0] if len(handled) == 1 else "")
        if chosen in handled:
            return self.open_case(request, Kind(chosen))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Open a case"),
            "opts": self.opts,
            "kinds": handled,
            "member": request.GET.get("member", ""),
        }
        return TemplateResponse(request, "admin/cases/case/choose_kind.html", context)

    def open_case(self, request: HttpRequest, kind: Kind) -> HttpResponse:
        initial = self.get_changeform_initial_data(request)
        form = NewCaseForm(posted(request), user=request.user, kind=kind, initial=initial)
        if request.method == "POST" and form.is_valid():
            values = {name: v for name, v in form.cleaned_data.items() if name != "keeps_number"}
            member = values.pop("member")
            try:
                case = services.open_case(
                    member, kind=kind, by=request.user, at=timezone.now(), **values
                )
            except services.CannotDo as error:
                form.add_error(None, str(error))
            else:
                self.log_addition(request, case, str(_("Opened.")))
                self.message_user(request, _("The case is open."), messages.SUCCESS)
                return self.back_to(case)
        return self.ask(
            request,
            None,
            form,
            title=_("Open a case: %s") % kind.label,
            text=_("The member sees the case on My pages, with the unit that has it."),
            button=_("Open the case"),
        )

    # --- breaking the glass -------------------------------------------------------------------

    def emergency_view(self, request: HttpRequest) -> HttpResponse:
        """Open a case for an hour without being anyone in it; the officer, a restricted one."""
        if not request.user.has_perm(BREAK_GLASS):
            raise PermissionDenied
        form = EmergencyForm(posted(request), user=request.user)
        if request.method == "POST" and form.is_valid():
            case, reason = form.cleaned_data["number"], form.cleaned_data["reason"]
            try:
                services.break_glass(case, by=request.user, at=timezone.now(), reason=reason)
            except services.CannotDo as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, case, str(_("Opened in an emergency.")))
                text = _("The case is open to you for 60 minutes. It will be followed up.")
                self.message_user(request, text, messages.WARNING)
                return self.back_to(case)
        elif request.method == "POST" and "number" in form.errors:
            self.log_attempt(request, form.data.get("number", "").strip())
        return self.ask(
            request,
            None,
            form,
            title=_("Open in an emergency"),
            text=_(
                "For when somebody's rights are at stake and nobody who has the case can be "
                "reached. You see the case for 60 minutes. The unit's lead and the data "
                "protection officer are told at once, the member can see that you opened it, and "
                "somebody follows up why."
            ),
            button=_("Open the case"),
        )


def _key(object_id: str) -> int | None:
    """What an address says; digits that no key has are no row."""
    is_key = object_id.isascii() and object_id.isdigit() and int(object_id) <= LARGEST_NUMBER
    return int(object_id) if is_key else None
