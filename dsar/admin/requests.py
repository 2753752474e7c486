import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Sum,
    Value,
    When,
)
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsar import access, erasure, requests
from dsar.admin.request_forms import IdentifyForm, ReasonForm, RegisterForm
from dsar.admin.retention import title_of
from dsar.models import PlanLine, SubjectRequest
from ledarna_gdpr import days_left
from ledarna_gdpr.privacy import MaskingGround, registry
from ledarna_gdpr.privacy.words import Text
from members.admin.base import ForUserAdmin, name_of, posted

Kind, Status = SubjectRequest.Kind, SubjectRequest.Status
#: What a worker carries out when it has been approved. The rest is answered in words.
CARRIED_OUT = (Kind.ACCESS, Kind.PORTABILITY, Kind.ERASURE)
#: An extension is two further months (Art. 12(3)); exact enough to sort by.
EXTENSION = dt.timedelta(days=61)


@dataclass(frozen=True)
class Event:
    """A point on a request's line of time."""

    at: dt.datetime | dt.date
    what: Text
    is_ahead: bool = False


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("open", _("open")), ("overdue", _("overdue")), ("closed", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "open":
                return queryset.open()
            case "overdue":
                return queryset.overdue(timezone.localdate())
            case "closed":
                return queryset.filter(status__in=Status.closed())
        return queryset


@admin.register(SubjectRequest)
class SubjectRequestAdmin(ForUserAdmin):
    """A request from the day it came to the day it is answered. Each step is a service."""

    form = RegisterForm
    read_purpose = _("a request under Art. 15–21")
    refusal = requests.CannotDo
    change_form_template = "admin/dsar/subjectrequest/change_form.html"
    list_display = ["__str__", "left", "kind", "answer_by", "status", "channel", "received"]
    list_filter = [StateFilter, "kind"]
    list_select_related = ["member"]
    search_fields = ["pk", "member__member_number"]
    search_help_text = _("Number of the request or member number.")
    fields = ["kind", "channel", "received_at", "member", "name", "contact", "message"]
    sortable_by: list[str] = []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- the list -----------------------------------------------------------------------------

    def get_ordering(self, request: HttpRequest) -> Any:
        """Open ones first, by the day they must be answered."""
        planned = Case(
            When(
                extended_at__isnull=False,
                then=ExpressionWrapper(
                    F("received_at") + Value(EXTENSION, DurationField()), DateTimeField()
                ),
            ),
            default=F("received_at"),
        )
        return [F("closed_at").desc(nulls_first=True), planned, "pk"]

    @admin.display(description=_("received"))
    def received(self, row: SubjectRequest) -> dt.date:
        return row.received_on

    @admin.display(description=_("answer by"))
    def answer_by(self, row: SubjectRequest) -> dt.date:
        return row.due_on

    @admin.display(description=_("days left"))
    def left(self, row: SubjectRequest) -> str:
        if not row.is_open:
            return "–"
        return days_left.tag(row.days_left(timezone.localdate()))

    # --- registering --------------------------------------------------------------------------

    def save_model(
        self, request: HttpRequest, obj: SubjectRequest, form: Any, change: bool
    ) -> None:
        received = requests.receive(
            kind=obj.kind,
            channel=obj.channel,
            member=obj.member,
            name=obj.name,
            contact=obj.contact,
            message=obj.message,
            at=obj.received_at,
        )
        obj.__dict__.update(received.__dict__)

    def response_add(self, request: HttpRequest, obj: SubjectRequest, *args: Any) -> HttpResponse:
        text = _("Registered. The answer is due on %(day)s.") % {"day": obj.due_on}
        self.message_user(request, text, messages.SUCCESS)
        return self.back_to(obj)

    # --- one request --------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        about = self.get_queryset(request).filter(pk=object_id).first()
        if about is not None and request.method == "GET":
            today = timezone.localdate()
            is_identified = about.status == Status.RECEIVED and bool(about.identification)
            if about.kind == Kind.ERASURE and about.status == Status.RECEIVED and about.member:
                erasure.plan(about, on=today)
            context |= {
                "days_left": days_left.tag(about.days_left(today)) if about.is_open else "",
                "timeline": timeline(about),
                "plan": plan_lines(about),
                "receipts": [
                    (title_of(receipt.model), receipt) for receipt in about.receipts.order_by("pk")
                ],
                "sections": sections(about),
                "masked": len(passages(about)) if about.is_open else 0,
                "maskings": maskings(about),
                "can_identify": about.status == Status.RECEIVED and not about.identification,
                "can_approve": is_identified and about.kind in CARRIED_OUT,
                "can_answer": is_identified and about.kind not in CARRIED_OUT,
                "can_extend": about.is_open and about.extended_at is None,
                "can_refuse": about.status == Status.RECEIVED,
                "package": getattr(about, "package", None),
            }
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        permission = "dsar.decide_subjectrequest"
        return [
            self.object_url("identify", self.identify, permission="dsar.add_subjectrequest"),
            self.object_url("approve", self.approve, permission=permission),
            self.object_url("answer", self.answer, permission=permission),
            self.object_url("refuse", self.refuse, permission=permission),
            self.object_url("extend", self.extend, permission=permission),
            *super().get_urls(),
        ]

    def identify(self, request: HttpRequest, about: SubjectRequest) -> HttpResponse:
        form = IdentifyForm(posted(request), user=request.user, about=about)
        return self._step(
            request,
            about,
            form,
            lambda: requests.identify(
                about,
                how=form.cleaned_data["identification"],
                member=form.cleaned_data["member"] if about.member is None else about.member,
                by=request.user,
                at=timezone.now(),
            ),
            title=_("Identify the person"),
            text=_(
                "Ask no more than you need to be sure (Art. 12(6)), and never for a copy of an "
                "identity document."
            ),
            button=_("The person is identified"),
        )

    def approve(self, request: HttpRequest, about: SubjectRequest) -> HttpResponse:
        texts = {
            Kind.ERASURE: _(
                "What the plan says is carried out at once and cannot be undone. "
                "The person is told what was erased, what stays and why."
            ),
            Kind.ACCESS: _("The answer is put together and laid on the person's own pages."),
            Kind.PORTABILITY: _("The file is put together and laid on the person's own pages."),
        }
        return self._step(
            request,
            about,
            forms.Form(posted(request)),
            lambda: requests.approve(about, by=request.user, at=timezone.now()),
            title=_("Approve the request"),
            text=texts.get(Kind(about.kind), ""),
            button=_("Approve"),
            include=f"admin/dsar/{'plan' if about.kind == Kind.ERASURE else 'passages'}.html",
            plan=plan_lines(about),
            passages=passages(about),
        )

    def answer(self, request: HttpRequest, about: SubjectRequest) -> HttpResponse:
        form = ReasonForm(posted(request))
        return self._step(
            request,
            about,
            form,
            lambda: requests.answer(
                about, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
            ),
            title=_("Answer the request"),
            text=_("Write what was decided and done. The person reads it as you write it."),
            button=_("Send the answer"),
        )

    def refuse(self, request: HttpRequest, about: SubjectRequest) -> HttpResponse:
        form = ReasonForm(posted(request))
        return self._step(
            request,
            about,
            form,
            lambda: requests.refuse(
                about, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
            ),
            title=_("Refuse the request"),
            text=_(
                "The answer tells the reason, and that the person can complain to the "
                "supervisory authority and go to court (Art. 12(4))."
            ),
            button=_("Refuse"),
        )

    def extend(self, request: HttpRequest, about: SubjectRequest) -> HttpResponse:
        form = ReasonForm(posted(request))
        return self._step(
            request,
            about,
            form,
            lambda: requests.extend(
                about, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
            ),
            title=_("Extend the time"),
            text=_(
                "By two further months, where the request is complex or there are many. The person "
                "is told within the first month, with the reason (Art. 12(3))."
            ),
            button=_("Extend"),
        )

    def _step(self, *args: Any, **page: Any) -> HttpResponse:
        return self.step(*args, done=_("Done, and noted in the journal."), **page)


def timeline(about: SubjectRequest) -> list[Event]:
    """What has happened, in order, and the day that lies ahead."""
    events = [Event(about.received_at, _("received, %s") % about.get_channel_display())]
    if about.extended_at:
        events.append(Event(about.extended_at, _("extended by two months")))
    if about.decided_at:
        events.append(Event(about.decided_at, _("decided by %s") % name_of(about.decided_by)))
    events += [Event(entry.at, entry.get_step_display()) for entry in about.journal.all()]
    if package := getattr(about, "package", None):
        events.append(Event(package.made_at, _("the answer was made")))
        if package.fetched_at:
            events.append(Event(package.fetched_at, _("the answer was fetched")))
    if about.closed_at:
        events.append(Event(about.closed_at, about.get_status_display()))
    events.sort(key=lambda event: event.at)
    if about.is_open:
        events.append(Event(about.due_on, _("the day to answer by"), is_ahead=True))
    return events


def plan_lines(about: SubjectRequest) -> list[tuple[str, PlanLine]]:
    return [(title_of(line.model), line) for line in about.plan.all()]


def passages(about: SubjectRequest) -> list[access.Passage]:
    """What the answer masks, for the second look: the text as it is and as it would leave."""
    if about.kind != Kind.ACCESS or about.member_id is None:
        return []
    return access.masked_passages(about.member_id, at=timezone.now())


def maskings(about: SubjectRequest) -> list[tuple[str, str, int]]:
    """What an answer that has been made masked: kind of record, ground, passages."""
    counted = about.maskings.order_by("model", "ground").values_list("model", "ground")
    grounds = dict(MaskingGround.choices)
    return [
        (title_of(label), grounds[ground], count)
        for label, ground, count in counted.annotate(total=Sum("count"))
    ]


def sections(about: SubjectRequest) -> list[tuple[str, int]]:
    """How much an answer will hold, section by section; never what."""
    if about.kind not in (Kind.ACCESS, Kind.PORTABILITY) or about.member is None:
        return []
    counts = [
        (declaration.title, declaration.records_of([about.member_id]).count())
        for declaration in registry.children_first()[::-1]
    ]
    return [(title, count) for title, count in counts if count]
