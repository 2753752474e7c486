"""What is written and put into the case."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import services
from cases.admin import forms
from cases.admin.verbs.base import (
    DATES,
    MAIN,
    PEOPLE,
    PartVerb,
    Verb,
    is_open_to_change,
    register,
)
from cases.models import Case, Note, Participant
from ledarna_gdpr.privacy.words import Text

ADD_NOTE = "cases.add_note"


@register
class WriteNote(Verb):
    name, title, permission, place = "note", _("Write a note"), ADD_NOTE, MAIN
    form_class = forms.NoteForm
    done = _("The note is kept.")

    def is_offered(self, case: Case) -> bool:
        return is_open_to_change(case)

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case, "initial": forms.now_and_channel()}

    def text(self, case: Case) -> Text:
        return _(
            "Write what is needed to help the member, and no more. The member can read it in an "
            "access answer, where other people and legal strategy are masked."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        names = ("body", "channel", "happened_at", "is_protocol", "final")
        chosen = {name: values[name] for name in names if name in values}
        services.write_note(case, by=by, at=at, **chosen)


class NoteVerb(PartVerb):
    model, permission = Note, ADD_NOTE
    done = _("The note is kept.")

    def is_offered(self, case: Case) -> bool:
        return is_open_to_change(case)


@register
class EditDraft(NoteVerb):
    name, title, button = "edit_draft", _("Go on with the draft"), _("Go on writing")
    form_class = forms.DraftForm

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case, "initial": {"body": self.part.body}}

    def text(self, case: Case) -> Text:
        return _("A draft is yours until it is final.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        chosen = {name: values[name] for name in ("body", "final")}
        services.edit_draft(self.part, by=by, at=at, **chosen)


@register
class Finalise(NoteVerb):
    name, title, button = "finalise", _("Make the note final"), _("Make final")

    def text(self, case: Case) -> Text:
        return _("From now on it stands as it is, and is corrected only by another note.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.finalise(self.part, by=by, at=at)


@register
class Correct(NoteVerb):
    name, title, button = "correct", _("Correct the note"), _("Correct")
    form_class = forms.NoteBodyForm

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case, "initial": {"body": self.part.body}}

    def text(self, case: Case) -> Text:
        return _("The correction is a final note of its own. The first stays visible beside it.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.correct(self.part, body=values["body"], by=by, at=at)


@register
class SendMessage(Verb):
    name, title, place = "message", _("Write to the member"), MAIN
    permission = "cases.add_message"
    form_class = forms.MessageToMemberForm
    done = _("Sent. The member is told that there is news.")

    def text(self, case: Case) -> Text:
        return _(
            "The member reads it on My pages, from the unit and without your name. What is "
            "attached goes along."
        )

    @transaction.atomic
    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        sent = services.send_message(case, body=values["body"], by=by, at=at)
        if values["file"]:
            services.attach(case, values["file"], message=sent, by=by, at=at)


@register
class Attach(Verb):
    name, title, permission, place = "attach", _("Attach a file"), "cases.add_document", MAIN
    form_class = forms.AttachForm
    done = _("The file is kept in the case.")

    def text(self, case: Case) -> Text:
        return _("The file is kept encrypted in the case and erased with it.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        privileged = values["is_privileged"]
        services.attach(case, values["file"], is_privileged=privileged, by=by, at=at)


@register
class AddParticipant(Verb):
    name, title, place = "participant", _("Add a participant"), PEOPLE
    permission = "cases.add_participant"
    form_class = forms.ParticipantForm

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"user": user}

    def text(self, case: Case) -> Text:
        return _(
            "Notes refer to participants by number, so that the member can get the notes without "
            "other people's data."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.add_participant(case, by=by, **_of_participant(values))


@register
class EditParticipant(PartVerb):
    name, title, button = "edit_participant", _("Change the participant"), _("Change")
    model, permission = Participant, "cases.change_participant"
    form_class = forms.ParticipantForm

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        initial = forms.values_of(self.part)
        return {"user": user, "participant": self.part, "initial": initial}

    def text(self, case: Case) -> Text:
        return _("The number stays, and the notes that refer to it.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.update_participant(self.part, by=by, **_of_participant(values))


def _of_participant(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "keeps_number"}


@register
class RecordOccurrence(Verb):
    name, title, place = "occurrence", _("Record a date"), DATES
    permission = "cases.add_occurrence"
    form_class = forms.OccurrenceForm
    done = _("The date is recorded.")

    def text(self, case: Case) -> Text:
        return _("The last days for the member's rights are computed from the recorded dates.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.record_occurrence(case, by=by, at=at, **values)
