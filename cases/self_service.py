"""What a member does with her cases on Mina sidor. Each is one decision, of several steps."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cases import services
from cases.attachments import Attachment
from cases.kinds import CONCLUDED
from cases.models import Case
from members.models import Member


@transaction.atomic
def ask(
    member: Member,
    *,
    kind: str,
    subject: str,
    body: str,
    at: dt.datetime,
    attachment: Attachment | None = None,
    concerns_health: bool = False,
    fact: tuple[str, dt.date] | None = None,
) -> Case:
    """Open a case with its first message, and the date from which limitation may run.

    Raises ``CannotDo``.
    """
    case = services.open_case(
        member, kind=kind, subject=subject, concerns_health=concerns_health, at=at
    )
    if fact:
        what, day = fact
        services.record_occurrence(case, kind=what, on=day, at=at)
    write(case, body=body, attachment=attachment, at=at)
    return case


@transaction.atomic
def write(case: Case, *, body: str, at: dt.datetime, attachment: Attachment | None = None) -> None:
    """Send a message, a file or both. Raises ``CannotDo``."""
    message = services.send_message(case, body=body, at=at) if body.strip() else None
    if attachment:  # last: a stored file does not roll back
        services.attach(case, attachment, message=message, at=at)


def may_close(case: Case) -> bool:
    """Whether the member closes the case herself; others end with a date that others set."""
    return case.kind not in CONCLUDED


def needs_no_more_help(case: Case, *, at: dt.datetime) -> None:
    """Close the case, or tell the unit so that it can. Raises ``CannotDo``."""
    if may_close(case):
        services.close(case, at=at)
    else:
        services.send_message(case, body=_("I no longer need help with this."), at=at)
