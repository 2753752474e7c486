from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsar.models import SubjectRequest

LONGEST = 5000


#: What a person reads of each right.
WORDS: dict[str, dict[str, Any]] = {
    SubjectRequest.Kind.ACCESS: {
        "title": _("See all my data"),
        "text": _(
            "You get a copy of everything that we hold about you, with why, until when and where "
            "it came from. It is made at once and lies here on My pages for 30 days."
        ),
        "button": _("Ask for my data"),
    },
    SubjectRequest.Kind.PORTABILITY: {
        "title": _("Take my data with me"),
        "text": _(
            "You get what you have given us yourself, in a form that another organisation's "
            "system can read. It is made at once and lies here on My pages for 30 days."
        ),
        "button": _("Ask for my data to take along"),
    },
    SubjectRequest.Kind.RECTIFICATION: {
        "title": _("Correct my data"),
        "text": _(
            "Tell us what is wrong and how it should be. You change much on My pages yourself."
        ),
        "button": _("Ask for correction"),
    },
    SubjectRequest.Kind.ERASURE: {
        "title": _("Erase my data"),
        "text": _(
            "This is what would happen if we carried it out today. An employee looks at your "
            "request first; then you are told."
        ),
        "button": _("Ask for erasure"),
    },
    SubjectRequest.Kind.OBJECTION: {
        "title": _("Object to how we use my data"),
        "text": _(
            "You can object where we use your data because we have weighed our interest against "
            "yours. Tell us what you object to and why."
        ),
        "button": _("Send the objection"),
    },
}


class QuestionForm(forms.Form):
    """Labels without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ContactForm(QuestionForm):
    """Anyone uses a right: members, those who have left, and those who never were one (P54)."""

    kind = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=[(kind, words["title"]) for kind, words in WORDS.items()],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("E-mail or telephone"),
        help_text=_("So that we can reach you. We make sure that it is you before we answer."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    message = forms.CharField(
        label=_("Tell us more"),
        help_text=_("You need not give a reason. Do not write your personnummer here."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea,
    )
    #: Nobody sees it; whoever fills it in is a robot.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class RequestForm(QuestionForm):
    """A logged-in member asks for something that needs no words."""


class MessageForm(RequestForm):
    """… or that needs some."""

    message = forms.CharField(label=_("Tell us what"), max_length=LONGEST, widget=forms.Textarea)


class ErasureForm(RequestForm):
    message = forms.CharField(
        label=_("Anything you want to tell us"),
        help_text=_("You need not give a reason."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea,
    )
    understood = forms.BooleanField(
        label=_("I have read what goes and what stays, and that it cannot be undone."),
    )


FORMS: dict[str, type[RequestForm]] = {
    SubjectRequest.Kind.ACCESS: RequestForm,
    SubjectRequest.Kind.PORTABILITY: RequestForm,
    SubjectRequest.Kind.RECTIFICATION: MessageForm,
    SubjectRequest.Kind.ERASURE: ErasureForm,
    SubjectRequest.Kind.OBJECTION: MessageForm,
}
