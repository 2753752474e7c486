"""Where people use their rights: members on Mina sidor, anyone through the contact form."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import FormView

from dsar import exit_letter as exit_letters
from dsar import letters, overview, requests
from dsar import notice as notices
from dsar.forms import FORMS, WORDS, ContactForm
from dsar.models import NoticeVersion, SubjectRequest
from ledarna_gdpr.days_left import SOON
from ledarna_gdpr.privacy.words import Text
from members import readlog
from members.accounts.views import member_of
from members.models import ReadLog
from members.views.limits import has_sent_much

Kind, Status, Channel = SubjectRequest.Kind, SubjectRequest.Status, SubjectRequest.Channel
OWN_RIGHTS = gettext_lazy("the member's own reading")
#: How many of the latest openings a member is shown.
OPENINGS = 50

# --- for everyone -----------------------------------------------------------------------------


@login_not_required
@require_GET
def notice(request: HttpRequest, version: str = "") -> HttpResponse:
    """The privacy notice in force, or an earlier one; before the first is published, as the
    declarations would make it today."""
    today = timezone.localdate()
    versions = NoticeVersion.objects.filter(language=get_language(), valid_from__lte=today)
    found = get_object_or_404(versions, version=version) if version else versions.first()
    context = {
        "notice": found,
        "text": found.text if found else notices.render(today, get_language()),
        "versions": versions.only("version", "valid_from"),
    }
    return render(request, "dsar/notice.html", context)


@method_decorator([login_not_required, never_cache], name="dispatch")
class ContactView(FormView):
    """Anyone's way to her rights. It looks nobody up, and answers everyone the same (law 9)."""

    form_class = ContactForm
    template_name = "dsar/contact.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_sent_much(request, "contact"):
            return render(request, "429.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ContactForm) -> HttpResponse:
        if not form.is_from_a_robot:
            requests.receive(
                kind=form.cleaned_data["kind"],
                channel=Channel.FORM,
                name=form.cleaned_data["name"],
                contact=form.cleaned_data["contact"],
                message=form.cleaned_data["message"],
                at=timezone.now(),
            )
        return redirect("contact_sent")


@login_not_required
@require_GET
def contact_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "dsar/contact_sent.html")


# --- for the member ---------------------------------------------------------------------------


@never_cache
@require_GET
def my_privacy(request: HttpRequest) -> HttpResponse:
    """Min integritet: what we hold, why, until when, and who opened it."""
    member = member_of(request)
    readlog.record(request.user, [member], view="my_privacy", purpose=OWN_RIGHTS)
    opened = ReadLog.objects.for_user(request.user)
    own = opened.filter(actor_id=request.user.pk)
    context = {
        "sections": overview.of_person(member.pk),
        "opened": opened.exclude(actor_id=request.user.pk)[:OPENINGS],
        "own_openings": own.count(),
        "kinds": [(kind, words["title"]) for kind, words in WORDS.items()],
    }
    return render(request, "dsar/my_privacy.html", context)


@never_cache
@require_GET
def exit_letter(request: HttpRequest) -> HttpResponse:
    """What stays after the exit, why and until when; before it, what would."""
    member = member_of(request)
    readlog.record(request.user, [member], view="exit_letter", purpose=OWN_RIGHTS)
    context = exit_letters.context(member, on=timezone.localdate())
    return render(request, "dsar/exit_letter.html", context)


@dataclass(frozen=True)
class Clock:
    """How far a request has come towards the day by which it must be answered."""

    days_left: int
    passed: int
    length: int

    @property
    def state(self) -> str:
        return "soon" if self.days_left <= SOON else ""


def clock_of(subject_request: SubjectRequest, on: dt.date) -> Clock:
    length = (subject_request.due_on - subject_request.received_on).days
    days_left = subject_request.days_left(on)
    return Clock(days_left, min(max(length - days_left, 0), length), length)


@never_cache
@require_GET
def my_requests(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    readlog.record(request.user, [member], view="my_requests", purpose=OWN_RIGHTS)
    today = timezone.localdate()
    own = SubjectRequest.objects.for_user(request.user).order_by("-received_at", "-pk")
    context = {
        "rows": [(row, clock_of(row, today) if row.is_open else None) for row in own],
        "kinds": [(kind, words["title"]) for kind, words in WORDS.items()],
    }
    return render(request, "dsar/my_requests.html", context)


@dataclass(frozen=True)
class Event:
    at: dt.datetime | dt.date
    what: Text
    is_ahead: bool = False


def timeline(subject_request: SubjectRequest) -> list[Event]:
    """What has happened, in order, and the day that lies ahead. No employee is named."""
    events = [Event(subject_request.received_at, _("We received your request."))]
    if subject_request.extended_at:
        events.append(Event(subject_request.extended_at, _("We extended the time.")))
    if subject_request.decided_at and subject_request.decided_at != subject_request.closed_at:
        events.append(Event(subject_request.decided_at, _("We decided.")))
    package = getattr(subject_request, "package", None)
    if package and package.fetched_at:
        events.append(Event(package.fetched_at, _("You fetched the answer.")))
    if subject_request.closed_at:
        what = _("You took your request back.")
        if not subject_request.is_withdrawn:
            what = _("The request was closed.")
        events.append(Event(subject_request.closed_at, what))
    events.sort(key=lambda event: event.at)
    if subject_request.is_open:
        events.append(
            Event(subject_request.due_on, _("You have our answer at the latest."), is_ahead=True)
        )
    return events


def own_request(request: HttpRequest, public_id: UUID) -> SubjectRequest:
    """One of the member's own; another's is not to be told from none (404)."""
    own = SubjectRequest.objects.for_user(request.user).select_related("package")
    return get_object_or_404(own, member=member_of(request), public_id=public_id)


@never_cache
@require_GET
def my_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request, public_id)
    readlog.record(request.user, [member_of(request)], view="my_request", purpose=OWN_RIGHTS)
    context = {
        "subject_request": found,
        "title": WORDS[found.kind]["title"],
        "clock": clock_of(found, timezone.localdate()) if found.is_open else None,
        "timeline": timeline(found),
        "letter": None if found.is_withdrawn else letters.letter_for(found),
        "package": getattr(found, "package", None),
        "may_withdraw": found.status == Status.RECEIVED,
    }
    return render(request, "dsar/my_request.html", context)


@never_cache
@require_POST
def withdraw_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request, public_id)
    try:
        requests.withdraw(found, at=timezone.now())
    except requests.CannotDo as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("You have taken your request back."))
    return redirect("my_request", public_id=public_id)


@method_decorator(never_cache, name="dispatch")
class NewRequestView(FormView):
    """A logged-in member uses a right. Who she is has been proved by the log-in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = member_of(request)
        self.kind = kwargs["kind"]
        if self.kind not in FORMS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[Form]:
        return FORMS[self.kind]

    def get_template_names(self) -> list[str]:
        name = "new_erasure" if self.kind == Kind.ERASURE else "new_request"
        return [f"dsar/{name}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | WORDS[self.kind]
        if self.kind == Kind.ERASURE:
            readlog.record(self.request.user, [self.member], view="new_request", purpose=OWN_RIGHTS)
            found = overview.of_erasure(self.member.pk, on=timezone.localdate())
            context["goes"] = [line for line in found if line.goes]
            context["stays"] = [line for line in found if not line.goes]
            context["is_member"] = self.member.left_on is None
        return context

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            received = requests.receive(
                kind=self.kind,
                channel=Channel.MY_PAGES,
                member=self.member,
                message=form.cleaned_data.get("message", ""),
                identification=SubjectRequest.Identification.LOGGED_IN,
                at=timezone.now(),
            )
        except requests.CannotDo as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("We have received your request."))
        return redirect("my_request", public_id=received.public_id)
