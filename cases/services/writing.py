"""What is written and put into a case: notes, messages, documents, participants, dates (P9)."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import text
from cases.attachments import Attachment, sealed
from cases.kinds import Kind
from cases.models import Case, Document, Message, Note, Occurrence, Participant
from cases.services.trail import CannotDo, locked, running, saved, tell_member
from members.models import Member

#: Dates that one may know beforehand; the others have happened.
MAY_LIE_AHEAD = {Occurrence.Kind.EMPLOYMENT_ENDED}


@transaction.atomic
def write_note(
    case: Case,
    *,
    body: str,
    channel: str,
    by: Any,
    at: dt.datetime,
    happened_at: dt.datetime | None = None,
    is_protocol: bool = False,
    final: bool = False,
) -> Note:
    """Note what was said or found; a draft unless told otherwise. Full names of the case's
    participants become references. Raises ``CannotDo``."""
    case = locked(case)
    if is_protocol and case.kind != Kind.NEGOTIATION:
        raise CannotDo(_("Only a negotiation has signed minutes."))
    note = Note(
        case=case,
        author=by,
        at=_time_of(happened_at, at),
        created_at=at,
        channel=channel,
        service=case.kind,
        body=_body(case, body),
        is_protocol=is_protocol,
    )
    _store(note, final=final, at=at)
    _contact(case, note.at, by=by)
    return note


@transaction.atomic
def edit_draft(note: Note, *, body: str, by: Any, at: dt.datetime, final: bool = False) -> Note:
    """Go on with one's own draft. Raises ``CannotDo``."""
    case = locked(note.case)
    note = _own_draft(note, by)
    note.body = _body(case, body)
    _store(note, final=final, at=at)
    return note


@transaction.atomic
def finalise(note: Note, *, by: Any, at: dt.datetime) -> Note:
    """From now on the note stands as it is. Raises ``CannotDo``."""
    locked(note.case)
    note = _own_draft(note, by)
    _store(note, final=True, at=at)
    return note


@transaction.atomic
def correct(note: Note, *, body: str, by: Any, at: dt.datetime) -> Note:
    """Correct a final note by a note of its own, beside which it stays (Art. 16).

    Raises ``CannotDo``.
    """
    case = locked(note.case)
    note = Note.objects.get(pk=note.pk)
    if not note.is_final:
        raise CannotDo(_("A draft is not corrected but edited."))
    correction = Note(
        case=case,
        author=by,
        at=note.at,
        created_at=at,
        channel=note.channel,
        service=note.service,
        body=_body(case, body),
        is_protocol=note.is_protocol,
        corrects=note,
    )
    _store(correction, final=True, at=at)
    return correction


def _own_draft(note: Note, by: Any) -> Note:
    note = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if note.is_final:
        raise CannotDo(_("The note is final. Write a correction instead."))
    if note.author_id != by.pk:
        raise CannotDo(_("Only the one who wrote a draft can go on with it."))
    return note


def _store(note: Note, *, final: bool, at: dt.datetime) -> None:
    if final:
        note.status, note.finalised_at = Note.Status.FINAL, at
    note.save()


def _body(case: Case, body: str) -> str:
    if not body.strip():
        raise CannotDo(_("Write something first."))
    return text.with_references(body.strip(), case.participants.all())


def _time_of(happened_at: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    if happened_at is not None and happened_at > at:
        raise CannotDo(_("The time has not come yet."))
    return happened_at or at


def _contact(case: Case, at: dt.datetime, *, by: Any) -> None:
    """The clock of coaching counts from the last contact (R10)."""
    if at > case.last_contact_at:
        case.last_contact_at = at
        saved(case, "last_contact_at", by=by)


@transaction.atomic
def send_message(case: Case, *, body: str, at: dt.datetime, by: Any = None) -> Message:
    """Write to the unit as the member, or to the member as ``by``. Raises ``CannotDo``."""
    case = running(case)
    if not body.strip():
        raise CannotDo(_("Write something first."))
    message = Message.objects.create(
        case=case, is_from_member=by is None, author=by, body=body.strip(), at=at
    )
    _contact(case, at, by=by)
    if by is not None:
        tell_member(case, at=at)
    elif case.status == Case.STATUS.WAITING:
        case.status = Case.STATUS.OPEN
        saved(case, "status", by=None)
    return message


@transaction.atomic
def attach(
    case: Case,
    attachment: Attachment,
    *,
    at: dt.datetime,
    by: Any = None,
    note: Note | None = None,
    message: Message | None = None,
    is_privileged: bool = False,
) -> Document:
    """Keep a file that ``attachments.examine`` has let through. Raises ``CannotDo``."""
    case = running(case)
    document = Document(
        case=case,
        note=note,
        message=message,
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        sha256=attachment.sha256,
        is_from_member=by is None,
        uploaded_by=by,
        uploaded_at=at,
        is_privileged=is_privileged and by is not None,
    )
    document.file.save("", sealed(attachment), save=False)
    document.save()
    return document


@transaction.atomic
def add_participant(
    case: Case,
    *,
    role: str,
    by: Any,
    name: str = "",
    organisation: str = "",
    contact: str = "",
    member: Member | None = None,
) -> Participant:
    """Somebody else in the case, by the next number. Raises ``CannotDo``."""
    case = running(case)
    name = " ".join(name.split())
    if not (name or organisation.strip()):
        raise CannotDo(_("Give a name or an organisation."))
    if member is not None and member.pk == case.member_id:
        raise CannotDo(_("The member whose case it is, is no other person in it."))
    last = case.participants.aggregate(last=Max("number"))["last"] or 0
    return Participant.objects.create(
        case=case,
        number=last + 1,
        role=role,
        name=name,
        organisation=organisation.strip(),
        contact=contact.strip(),
        member=member,
    )


@transaction.atomic
def update_participant(participant: Participant, *, by: Any, **values: Any) -> Participant:
    """Correct what is known of somebody; the number stays. Raises ``CannotDo``."""
    running(participant.case)
    for name in _updatable(values):
        setattr(participant, name, values[name])
    if not (participant.name or participant.organisation):
        raise CannotDo(_("Give a name or an organisation."))
    participant.save(update_fields=list(values))
    return participant


def _updatable(values: Collection[str]) -> Collection[str]:
    if unknown := set(values) - {"role", "name", "organisation", "contact", "member"}:
        raise TypeError(f"A participant has no {', '.join(sorted(unknown))} to update.")
    return values


@transaction.atomic
def record_occurrence(
    case: Case, *, kind: str, on: dt.date, at: dt.datetime, by: Any = None
) -> Occurrence:
    """Record a date from which limitation runs. Raises ``CannotDo``."""
    case = running(case)
    if on > timezone.localdate(at) and kind not in MAY_LIE_AHEAD:
        raise CannotDo(_("The date has not come yet."))
    try:
        with transaction.atomic():
            return Occurrence.objects.create(
                case=case, kind=kind, on=on, recorded_by=by, recorded_at=at
            )
    except IntegrityError:
        raise CannotDo(_("That date is already recorded.")) from None
