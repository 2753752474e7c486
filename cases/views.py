"""A member's cases on Mina sidor: she asks for help, writes, attaches, and sees who has it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from django.views.generic import FormView

from cases import self_service, services
from cases.forms import TOPICS, MessageForm, NewCaseForm
from cases.kinds import Kind
from cases.models import Case, CaseEvent, Document, Message
from cases.retention import erasure_of
from ledarna_gdpr.privacy.words import Text
from members import readlog
from members.accounts.views import member_of
from members.models import Member
from members.views.limits import has_sent_much

OWN_CASES = gettext_lazy("the member's own reading")
Status = Case.STATUS
#: How far it has come, as the member reads it.
STATES: dict[str, Text] = {
    Status.NEW: gettext_lazy("Not begun"),
    Status.OPEN: gettext_lazy("We work on it"),
    Status.WAITING: gettext_lazy("We wait for an answer"),
    Status.CLOSED: gettext_lazy("Ended"),
}


@never_cache
@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    readlog.record(request.user, [member], view="my_cases", purpose=OWN_CASES)
    own = Case.objects.for_user(request.user).filter(member=member).select_related("team")
    context = {
        "cases": [(case, STATES[case.status]) for case in own.order_by("-last_contact_at", "-pk")],
        "restricted": Case.objects.restricted_of(member).order_by("-pk"),
    }
    return render(request, "cases/my_cases.html", context)


@require_GET
def choose_topic(request: HttpRequest) -> HttpResponse:
    member_of(request)
    return render(request, "cases/choose_topic.html", {"topics": TOPICS.items()})


@method_decorator(never_cache, name="dispatch")
class NewCaseView(FormView):
    """The first message, with the fields that its kind has."""

    form_class = NewCaseForm
    template_name = "cases/new_case.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.member = member_of(request)
        try:
            self.kind = Kind(kwargs["kind"])
            self.topic = TOPICS[self.kind]
        except (ValueError, KeyError):
            raise Http404 from None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_sent_much(request, "case"):
            return render(request, "429.html", status=429)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "topic": self.topic}

    def form_valid(self, form: Form) -> HttpResponse:
        told = form.cleaned_data
        happened_on = told.get("happened_on")
        try:
            case = self_service.ask(
                self.member,
                kind=self.kind,
                subject=told["subject"],
                body=told["body"],
                attachment=told["file"],
                concerns_health=told.get("concerns_health", False),
                fact=(self.topic.fact, happened_on) if happened_on else None,
                at=timezone.now(),
            )
        except services.CannotDo as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("We have your case. You read our answer here."))
        return redirect("my_case", public_id=case.public_id)


@dataclass(frozen=True)
class Entry:
    """Something said or done. The unit speaks; no employee is named."""

    at: dt.datetime
    what: Text
    is_said: bool = False
    body: str = ""
    documents: list[Document] = field(default_factory=list)


Event = CaseEvent.Kind
#: What a member is told of the trail. The rest is how the house divides its work.
EVENTS: dict[str, Text] = {
    Event.OPENED: gettext_lazy("The case was opened with %(unit)s."),
    Event.ESCALATED: gettext_lazy("The case has become a case of the kind: %(kind)s."),
    Event.HANDED_OVER: gettext_lazy("%(unit)s has taken over the case."),
    Event.CLOSED: gettext_lazy("The case was closed."),
    Event.REOPENED: gettext_lazy("The case was opened again."),
    Event.RESTRICTED: gettext_lazy("The case was restricted."),
    Event.LIFTED: gettext_lazy("The restriction was lifted."),
    Event.DISCLOSED: gettext_lazy(
        "We gave out data from the case to protect your rights. To whom, you are told when you "
        "ask for all your data."
    ),
}


def timeline(case: Case, user: Any) -> list[Entry]:
    """Messages, files and turns of a case, in order. Notes are not among them."""
    files: dict[int | None, list[Document]] = defaultdict(list)
    for document in Document.objects.for_user(user).filter(case=case):
        files[document.message_id].append(document)
    trail = CaseEvent.objects.for_user(user).filter(case=case, kind__in=EVENTS)
    turns = list(trail.select_related("team"))

    def unit(at: dt.datetime) -> str:
        """Who had the case then."""
        had = [turn.team.name for turn in turns if turn.team and turn.at <= at]
        return had[-1] if had else case.team.name

    def sender(said: Message | Document, at: dt.datetime) -> str:
        return _("You") if said.is_from_member else unit(at)

    entries = [Entry(turn.at, _in_words(turn)) for turn in turns]
    for message in Message.objects.for_user(user).filter(case=case):
        who = sender(message, message.at)
        entries.append(Entry(message.at, who, True, message.body, files[message.pk]))
    for document in files[None]:
        at = document.uploaded_at
        entries.append(Entry(at, sender(document, at), True, documents=[document]))
    return sorted(entries, key=lambda entry: entry.at)


def _in_words(turn: CaseEvent) -> str:
    words = {
        "unit": turn.team.name if turn.team else "",
        "kind": Kind(turn.new_kind).label if turn.new_kind else "",
    }
    return str(EVENTS[turn.kind]) % words


@method_decorator(never_cache, name="dispatch")
class MyCaseView(FormView):
    """What has been said and done in one of her cases, and the next message."""

    form_class = MessageForm
    template_name = "cases/my_case.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = member_of(request)
        own = Case.objects.for_user(request.user).select_related("team", "member")
        found = own.filter(member=self.member, public_id=kwargs["public_id"]).first()
        if found is None:
            return restricted_case(request, self.member, kwargs["public_id"])
        self.case = found
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_sent_much(request, "case"):
            return render(request, "429.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        told = form.cleaned_data
        try:
            self_service.write(
                self.case, body=told["body"], attachment=told["file"], at=timezone.now()
            )
        except services.CannotDo as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Sent."))
        return redirect("my_case", public_id=self.case.public_id)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        readlog.record(self.request.user, [self.member], view="my_case", purpose=OWN_CASES)
        context |= {
            "case": self.case,
            "state": STATES[self.case.status],
            "timeline": timeline(self.case, self.request.user),
            "erasure": erasure_of(self.case, on=timezone.localdate()),
        }
        return super().render_to_response(context, **kwargs)


def restricted_case(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """On what ground a case is stored and nothing else, and until when (Art. 18). Its content is
    shown to nobody; another's case is not to be told from none (404)."""
    found = get_object_or_404(Case.objects.restricted_of(member), public_id=public_id)
    readlog.record(request.user, [member], view="my_case", purpose=OWN_CASES)
    announced = found.events.filter(kind=Event.LIFT_ANNOUNCED, at__gte=found.restricted_at)
    context = {
        "case": found,
        "erasure": erasure_of(found, on=timezone.localdate()),
        "is_ending": announced.exists(),
    }
    return render(request, "cases/my_restricted_case.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def end_case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The member needs no more help. GET tells what that does."""
    member = member_of(request)
    running = Case.objects.for_user(request.user).running()
    found = get_object_or_404(running, member=member, public_id=public_id)
    at = timezone.now()
    if request.method == "GET":
        readlog.record(request.user, [member], view="end_my_case", purpose=OWN_CASES)
        erasure = erasure_of(found, on=timezone.localdate(at), if_closed_on=timezone.localdate(at))
        closes = self_service.may_close(found)
        return render(
            request, "cases/end_case.html", {"case": found, "closes": closes, "erasure": erasure}
        )
    try:
        self_service.needs_no_more_help(found, at=at)
    except services.CannotDo as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Thank you for telling us."))
    return redirect("my_case", public_id=public_id)
