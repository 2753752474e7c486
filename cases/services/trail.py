"""What every step of a case has in common: the lock, the refusals, the trail, the news."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, CaseEvent
from members import mail

SHORTEST_REASON = 15


class CannotDo(Exception):
    """The message is written for the one who tries and is shown as it is."""


def locked(case: Case, *, also_restricted: bool = False) -> Case:
    """The case as it stands now, nobody else's until the transaction ends.

    Raises ``CannotDo`` where it is restricted: then it is stored and nothing else (Art. 18(2)).
    """
    found = Case.objects.select_for_update(of=("self",)).select_related("member").get(pk=case.pk)
    is_over = found.is_closed and found.member.restricted_at is not None
    if not also_restricted and (found.is_restricted or is_over):
        raise CannotDo(_("The case is restricted. The restriction has to be lifted first."))
    return found


def running(case: Case) -> Case:
    """The locked case. Raises ``CannotDo`` where it is closed or restricted."""
    found = locked(case)
    if found.is_closed:
        raise CannotDo(_("The case is closed. Reopen it first."))
    return found


def saved(case: Case, *fields: str, by: Any) -> None:
    case._history_user = by  # type: ignore[attr-defined]
    case.save(update_fields=fields)


def log(case: Case, kind: CaseEvent.Kind, *, by: Any, at: dt.datetime, **fields: Any) -> CaseEvent:
    return CaseEvent.objects.create(case=case, kind=kind, by=by, at=at, **fields)


def reasoned(reason: str) -> str:
    """The reason without its margins. Raises ``CannotDo`` where it says too little."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise CannotDo(
            _("Give a reason of at least %(count)d characters.") % {"count": SHORTEST_REASON}
        )
    return reason


def midnight(day: dt.date) -> dt.datetime:
    """When a day begins here."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def tell_member(case: Case, *, at: dt.datetime) -> None:
    """That there is news; what it is, she reads when she has logged in."""
    if case.member.email:
        mail.queue(
            case.member.email,
            _("There is news on My pages"),
            _("Log in on My pages to read it."),
            member=case.member,
            at=at,
        )
