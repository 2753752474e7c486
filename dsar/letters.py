"""What a person is told in writing. Every letter says whom she may complain to (P61)."""

import datetime as dt
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dsar import controller
from dsar.models import PlanLine, SubjectRequest
from ledarna_gdpr.privacy import registry

Kind, Status = SubjectRequest.Kind, SubjectRequest.Status

FOLDER = "dsar/letters"


class NoReason(Exception):
    """A refusal cannot be written without its reason (Art. 12(4))."""


def letter_for(request: SubjectRequest) -> SafeString:
    """The letter that tells where a request stands, in HTML. Raises ``NoReason``."""
    match request.status:
        case Status.REFUSED:
            if not request.decision_reason.strip():
                raise NoReason
            template, written_at = "refusal", request.closed_at
        case Status.ANSWERED:
            template, written_at = ANSWERS[Kind(request.kind)], request.closed_at
        case _ if request.extended_at:
            template, written_at = "extension", request.extended_at
        case _:
            template, written_at = "receipt", request.received_at
    return _render(template, request, written_at or request.received_at)


ANSWERS = {
    Kind.ACCESS: "access",
    Kind.PORTABILITY: "access",
    Kind.ERASURE: "erasure",
    Kind.RECTIFICATION: "decision",
    Kind.OBJECTION: "decision",
}


def _render(template: str, request: SubjectRequest, written_at: dt.datetime) -> SafeString:
    return render_to_string(f"{FOLDER}/{template}.html", context(request, written_at))


def context(request: SubjectRequest, written_at: dt.datetime) -> dict[str, Any]:
    """What letters are made of. The officer is the one in office when it was written (P52)."""
    written_on = timezone.localdate(written_at)
    return {
        "request": request,
        "written_on": written_on,
        "lines": [(title_of(line), line) for line in request.plan.all()],
        "controller": controller.identity(),
        "officer": controller.officer(written_on),
        "authority": controller.authority(),
    }


def title_of(line: PlanLine) -> str:
    return registry.labelled(line.model).title


def answer_is_waiting() -> tuple[str, str]:
    """Subject and text of the mail that an answer can be fetched. No personal data."""
    return (
        _("An answer is waiting for you"),
        _(
            "The answer to your request is ready. Log in on My pages to fetch it. "
            "It can be fetched once, within 30 days."
        ),
    )


def letter_is_waiting() -> tuple[str, str]:
    """Subject and text of the mail that there is news of a request. No personal data."""
    return (
        _("There is a letter for you"),
        _("We have written to you about your request. Log in on My pages to read the letter."),
    )


def erasure_notice(request: SubjectRequest) -> tuple[str, str]:
    """Subject and text of the last word to someone who asked to be erased.

    It names kinds of records, grounds and dates, and nothing of the person: it goes by mail.
    """
    text = render_to_string(f"{FOLDER}/erasure_notice.txt", context(request, timezone.now()))
    return _("Your request for erasure has been carried out"), text
