"""Everything that was said, written and done in a case, in one order."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cases import text
from cases.models import Case, CaseEvent, Document, Message, Note, Participant
from ledarna_gdpr.privacy.words import Text
from members.admin.base import name_of


def parts(case: Case, model: Any, user: Any) -> Any:
    """What of a kind hangs on the case, as far as the employee's role lets her see it."""
    name = model._meta.model_name
    if not user.has_perm(f"cases.view_{name}"):
        return model.objects.none()
    return model.objects.for_user(user).filter(case=case)


@dataclass(frozen=True)
class Entry:
    at: dt.datetime
    what: Text
    who: str = ""
    #: Pieces of text, and whether each is privileged.
    body: list[tuple[str, bool]] = field(default_factory=list)
    is_said: bool = False
    is_from_member: bool = False
    note: Note | None = None
    documents: list[Document] = field(default_factory=list)


def of_case(case: Case, user: Any, participants: Iterable[Participant]) -> list[Entry]:
    """The latest first."""
    beside_note: dict[int, list[Document]] = defaultdict(list)
    beside_message: dict[int, list[Document]] = defaultdict(list)
    alone: list[Document] = []
    for document in parts(case, Document, user).select_related("uploaded_by"):
        if document.note_id:
            beside_note[document.note_id].append(document)
        elif document.message_id:
            beside_message[document.message_id].append(document)
        else:
            alone.append(document)
    notes = parts(case, Note, user).select_related("author", "corrects")
    messages = parts(case, Message, user).select_related("author")
    events = parts(case, CaseEvent, user).select_related("by", "team")
    entries = [
        *(_of_note(note, participants, beside_note[note.pk]) for note in _with_corrections(notes)),
        *(_of_message(message, beside_message[message.pk]) for message in messages),
        *(_of_document(document) for document in alone),
        *(_of_event(event, participants) for event in events),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _with_corrections(notes: Iterable[Note]) -> list[Note]:
    """Each note knows the one that corrects it, without a question for each."""
    found = list(notes)
    corrected = {note.corrects_id: note for note in found if note.corrects_id}
    for note in found:
        note.corrected_by = corrected.get(note.pk)
    return found


def _of_note(note: Note, participants: Iterable[Participant], files: list[Document]) -> Entry:
    how = {"channel": note.get_channel_display(), "service": note.get_service_display()}
    body = text.passages(text.shown(note.body, participants))
    what = _("note, %(channel)s, %(service)s") % how
    # A correction is written later than what it tells of.
    at = note.created_at if note.corrects_id else note.at
    return Entry(at, what, name_of(note.author), list(body), True, note=note, documents=files)


def _of_message(message: Message, files: list[Document]) -> Entry:
    hers = message.is_from_member
    what = _("message from the member") if hers else _("message to the member")
    who = "" if hers else name_of(message.author)
    return Entry(message.at, what, who, [(message.body, False)], True, hers, documents=files)


def _of_document(document: Document) -> Entry:
    hers = document.is_from_member
    what = _("document from the member") if hers else _("document")
    who = "" if hers else name_of(document.uploaded_by)
    return Entry(document.uploaded_at, what, who, [], True, hers, documents=[document])


def _of_event(event: CaseEvent, participants: Iterable[Participant]) -> Entry:
    what = event.get_kind_display()
    if event.old_kind:
        what = _("%(event)s: from %(old)s (%(old_rule)s) to %(new)s (%(new_rule)s)") % {
            "event": what,
            "old": event.get_old_kind_display(),
            "new": event.get_new_kind_display(),
            "old_rule": event.old_rule,
            "new_rule": event.new_rule,
        }
    elif event.team:
        what = f"{what}: {event.team}"
    who = name_of(event.by) if event.by else ""
    reason = text.passages(text.shown(event.reason, participants))
    return Entry(event.at, what, who, list(reason))
