"""What a member fills in about a case. Each kind asks for no more than it needs (P7)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import attachments, text
from cases.kinds import KINDS, Kind
from cases.models import Occurrence
from ledarna_gdpr.privacy.words import Text

LONGEST = 10_000


@dataclass(frozen=True)
class Topic:
    """A kind of case as a member thinks of it."""

    title: Text
    text: Text
    #: The dated fact that is asked for, because limitation runs from it, and how it is asked.
    fact: str = ""
    question: Text = ""


#: Negotiation and litigation are not here: a case becomes one when a handler finds it has to.
TOPICS: dict[Kind, Topic] = {
    Kind.ADVICE: Topic(
        gettext_lazy("My employment"),
        gettext_lazy(
            "Terms, conflicts, reorganisation, notice: when you need advice, or somebody to "
            "negotiate for you."
        ),
        fact=Occurrence.Kind.DISMISSAL,
        question=gettext_lazy("If you have been given notice or dismissed: on which day?"),
    ),
    Kind.WORK_INJURY: Topic(
        gettext_lazy("An injury at work"),
        gettext_lazy("You have been hurt at work, or work has made you ill."),
        fact=Occurrence.Kind.INJURY,
        question=gettext_lazy("On which day did it happen?"),
    ),
    Kind.SICK_PAY: Topic(
        gettext_lazy("Sick pay"),
        gettext_lazy("You are on sick leave and have a question about pay or a decision."),
        fact=Occurrence.Kind.DECISION,
        question=gettext_lazy("If there is a decision: which day did it come?"),
    ),
    Kind.UNEMPLOYMENT: Topic(
        gettext_lazy("Unemployment benefit"),
        gettext_lazy("You have lost your job, or have a question about a decision on benefit."),
        fact=Occurrence.Kind.DECISION,
        question=gettext_lazy("If there is a decision: which day did it come?"),
    ),
    Kind.LEADERSHIP_COACHING: Topic(
        gettext_lazy("My role as a manager"),
        gettext_lazy("You want to talk over how you lead. The coaches take care of it."),
    ),
    Kind.CAREER_COACHING: Topic(
        gettext_lazy("My career"),
        gettext_lazy("You think of your next step, or want your CV looked at."),
    ),
    Kind.SERVICE: Topic(
        gettext_lazy("My membership"),
        gettext_lazy("Fees, certificates and the like."),
    ),
}


class FreeTextForm(forms.Form):
    """Asks once where a text holds a personnummer: mostly it is another's, and not needed (P7)."""

    #: The fields in which somebody writes what she likes.
    free_text: tuple[str, ...] = ()
    number_warning: Text = gettext_lazy(
        "There is a personnummer in the text. We know yours, and seldom need another person's. "
        "Take it out, or tick that it is needed."
    )
    #: Asked only when there is a number; a browser that has answered is not asked again.
    keeps_number = forms.BooleanField(
        label=gettext_lazy("The personnummer is needed. Leave it there."),
        required=False,
        widget=forms.HiddenInput,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("keeps_number"):
            for name in self.free_text:
                if text.find_personnummer(cleaned.get(name) or ""):
                    self.fields["keeps_number"].widget = forms.CheckboxInput()
                    self.add_error(name, str(self.number_warning))
        return cleaned


class AttachmentField(forms.FileField):
    """A file that has been looked through, or why it is not accepted."""

    widget = forms.FileInput(attrs={"accept": attachments.ACCEPTED})

    def __init__(self, **kwargs: Any) -> None:
        # An empty file is told of in better words than the field's own.
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return attachments.examine(upload)
        except attachments.Refused as error:
            raise forms.ValidationError(str(error)) from None


def accepted_files() -> str:
    return _("PDF, picture, Word, Excel, OpenDocument or plain text, at most %(limit)s MB.") % {
        "limit": settings.ATTACHMENT_MAX_MB
    }


class MessageForm(FreeTextForm):
    """The member writes, attaches a file, or both."""

    free_text = ("subject", "body")
    body = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea,
    )
    file = AttachmentField(label=gettext_lazy("Attach a file"), required=False)
    field_order: tuple[str, ...] = ("body", "keeps_number", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        # Kept with what it holds: evidence that somebody has altered proves nothing.
        unaltered = _("A photo may hold where it was taken. The file is kept just as you send it.")
        self.fields["file"].help_text = f"{accepted_files()} {unaltered}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned["body"] and not cleaned["file"]:
            self.add_error("body", _("Write something, or attach a file."))
        if self.errors and "file" not in self.errors and cleaned.get("file"):
            self.add_error("file", _("Choose the file again: a browser does not keep it."))
        return cleaned


class NewCaseForm(MessageForm):
    """The first message. What else is asked depends on what it is about."""

    subject = forms.CharField(
        label=gettext_lazy("What is it about, in a few words?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    happened_on = forms.DateField(
        required=False,
        help_text=gettext_lazy("There are times within which we must act. Leave it empty if not."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    concerns_health = forms.BooleanField(
        label=gettext_lazy("What I tell concerns my health"),
        help_text=gettext_lazy("Then we know before we open it."),
        required=False,
    )
    field_order = ("subject", "body", "keeps_number", "happened_on", "concerns_health", "file")

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic = TOPICS[kind]
        body = self.fields["body"]
        body.label, body.required = _("Tell us"), True
        if KINDS[kind].has_health:
            body.help_text = _("Write what you want to tell. You need no diagnosis to begin with.")
        else:
            del self.fields["concerns_health"]
            body.help_text = _(
                "Write nothing about your own or others' health; we do not need it for this."
            )
        if topic.fact:
            self.fields["happened_on"].label = str(topic.question)
        else:
            del self.fields["happened_on"]

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("The day has not come yet. Write a day that has been."))
        return day
