"""My choices: switches that act at once, consents in the words they were given in, and the ways to
say no that need no log-in (P33, P59)."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import FormView, View

from ledarna_gdpr.privacy.words import Text
from members import choices, consents, readlog
from members.accounts.views import member_of
from members.forms import NoMailingsForm
from members.models import (
    Bounce,
    Channel,
    Consent,
    How,
    Member,
    Objection,
    Topic,
    UnsubscribeLink,
)
from members.views.limits import has_sent_much
from members.views.my_pages import OWN_DATA


@dataclass(frozen=True)
class Event:
    """Something that the member told us, on her timeline."""

    at: dt.datetime
    what: str
    how: Text


@dataclass(frozen=True)
class ConsentLine:
    consent: Consent
    title: Text
    withdrawn_at: dt.datetime | None


# --- for the member ---------------------------------------------------------------------------


@never_cache
def my_choices(request: HttpRequest) -> HttpResponse:
    """What she may be sent, what she has agreed to, and how that came about."""
    member = member_of(request)
    readlog.record(request.user, [member], view="my_choices", purpose=OWN_DATA)
    lines = _consents(member)
    by_topic = groupby(choices.of_member(member), key=lambda choice: choice.topic)
    context = {
        "topics": [(topic, list(switches)) for topic, switches in by_topic],
        "consents": lines,
        "timeline": _timeline(member, lines),
        "bounce": Bounce.objects.filter(member=member, address=member.email).first(),
    }
    return render(request, "members/my_choices.html", context)


@require_POST
def change_choice(request: HttpRequest) -> HttpResponse:
    """One switch, at once."""
    member, at = member_of(request), timezone.now()
    topic, channel = _one_of(Topic, request, "topic"), _one_of(Channel, request, "channel")
    words = {"topic": topic.label, "channel": channel.label}
    if request.POST.get("wanted") == "yes":
        choices.say_yes(member, topic, channel, how=How.MY_PAGES, at=at)
        messages.success(request, _("On from now: %(topic)s, %(channel)s.") % words)
    else:
        choices.say_no(member, topics=[topic], channels=[channel], how=How.MY_PAGES, at=at)
        messages.success(request, _("Off from now: %(topic)s, %(channel)s.") % words)
    return redirect("my_choices")


@require_POST
def say_no_to_everything(request: HttpRequest) -> HttpResponse:
    choices.say_no(member_of(request), how=How.MY_PAGES, at=timezone.now())
    messages.success(request, _("Everything that you can say no to is off from now."))
    return redirect("my_choices")


@require_POST
def withdraw_consent(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Take a consent of one's own back; what rested on it alone is destroyed at once."""
    member = member_of(request)
    found = Consent.objects.for_user(request.user).filter(member=member, pk=consent_id).first()
    if found is None:
        return _not_there(request)
    consents.withdraw(member, found.key, scope=found.scope, how=How.MY_PAGES, at=timezone.now())
    messages.success(request, _("Your consent is withdrawn, and what rested on it is erased."))
    return redirect("my_choices")


def _not_there(request: HttpRequest) -> HttpResponse:
    """Another's consent is not to be told from none."""
    return render(request, "404.html", status=404)


def _one_of(choices_: Any, request: HttpRequest, name: str) -> Any:
    try:
        return choices_(request.POST.get(name))
    except ValueError:
        raise BadRequest(name) from None


def _consents(member: Member) -> list[ConsentLine]:
    rows = Consent.objects.filter(member=member).select_related("wording", "withdrawal")
    return [
        ConsentLine(
            consent=row,
            title=consents.ASKS[row.key].title if row.key in consents.ASKS else row.key,
            withdrawn_at=row.withdrawal.withdrawn_at if hasattr(row, "withdrawal") else None,
        )
        for row in rows
    ]


def _timeline(member: Member, lines: list[ConsentLine]) -> list[Event]:
    """What she told us, the latest first."""
    events = []
    for no in Objection.objects.filter(member=member):
        words = {"topic": no.get_topic_display(), "channel": no.get_channel_display()}
        events.append(
            Event(
                no.made_at, _("You said no: %(topic)s, %(channel)s.") % words, no.get_how_display()
            )
        )
        if no.lifted_at:
            taken_back = _("You took your no back: %(topic)s, %(channel)s.") % words
            events.append(Event(no.lifted_at, taken_back, How(no.lifted_how).label))
    for line in lines:
        title = {"title": line.title}
        given = _("You said yes: %(title)s.") % title
        events.append(Event(line.consent.given_at, given, line.consent.get_how_display()))
        if line.withdrawn_at:
            taken_back = _("You took your yes back: %(title)s.") % title
            how = line.consent.withdrawal.get_how_display()
            events.append(Event(line.withdrawn_at, taken_back, how))
    return sorted(events, key=lambda event: event.at, reverse=True)


# --- for whoever has a message in her hand ----------------------------------------------------


@method_decorator([login_not_required, never_cache, csrf_exempt], name="dispatch")
class UnsubscribeView(View):
    """The link in each message. It asks first, for mail scanners open links, too; the mail
    program's own button (RFC 8058) and the page's send the same POST, which is why it asks for no
    token of ours: whoever has the link may say no, and nothing else.

    A link that leads to nobody any more is answered as kindly: nothing is sent under it.
    """

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        return self._show(request, self._link(public_id), is_done=False)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        link = self._link(public_id)
        if link is not None:
            everything = "everything" in request.POST
            choices.say_no(
                link.member,
                topics=tuple(Topic) if everything else [link.topic],
                channels=tuple(Channel) if everything else [link.channel],
                how=How.LINK,
                at=timezone.now(),
            )
        return self._show(request, link, is_done=True)

    def _link(self, public_id: UUID) -> UnsubscribeLink | None:
        links = UnsubscribeLink.objects.select_related("member")
        return links.filter(public_id=public_id).first()

    def _show(
        self, request: HttpRequest, link: UnsubscribeLink | None, *, is_done: bool
    ) -> HttpResponse:
        context = {
            "link": link,
            "is_done": is_done,
            "topic": capfirst(link.get_topic_display()) if link else "",
            "everything": "everything" in request.POST,
        }
        return render(request, "members/unsubscribe.html", context)


@method_decorator([login_not_required, never_cache], name="dispatch")
class NoMailingsView(FormView):
    """A no by address alone. Nobody is looked up: everyone is answered the same (law 9)."""

    form_class = NoMailingsForm
    template_name = "members/no_mailings.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_sent_much(request, "no_mailings"):
            return render(request, "429.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: NoMailingsForm) -> HttpResponse:
        address = form.cleaned_data["email"]
        choices.suppress_address(address, Channel.EMAIL, at=timezone.now())
        return render(self.request, self.template_name, {"is_done": True})
