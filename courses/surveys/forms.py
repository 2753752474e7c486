from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Question, Survey
from courses.surveys.answering import consent_wording
from courses.surveys.stores import Answers

LONGEST_TEXT = 2000
REQUIRED = _("Answer this question, or leave the page: then nothing is stored.")


class SurveyForm(forms.Form):
    """A survey's questions, in its order. Nothing is stored before it is sent."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.questions = list(survey.questions.all())
        for question in self.questions:
            field = _field(question)
            field.required = field.widget.is_required = question.is_required
            self.fields[_name(question)] = field
        if survey.needs_consent:
            self.fields["consent"] = forms.BooleanField(
                label=consent_wording(survey),
                error_messages={
                    "required": _(
                        "We may not store your answers without your consent. Tick the box, or "
                        "leave the page: then nothing is stored."
                    )
                },
            )

    @property
    def consents(self) -> bool:
        return bool(self.cleaned_data.get("consent"))

    @property
    def answers(self) -> Answers:
        """What was answered, by question; what was left out is left out."""
        given = {q.text: self.cleaned_data[_name(q)] for q in self.questions}
        return {question: answer for question, answer in given.items() if answer}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(_name(q)) for q in self.questions):
            self.add_error(None, _("You have not answered anything yet."))
        return cleaned


def _name(question: Question) -> str:
    return f"q{question.position}-{question.pk}"


def _field(question: Question) -> forms.Field:
    listed = {"invalid_choice": _("Choose among those that are listed."), "required": REQUIRED}
    match question.kind:
        case Question.Kind.MULTIPLE:
            return forms.MultipleChoiceField(
                label=question.text,
                help_text=_("You may choose several."),
                choices=[(choice, choice) for choice in question.choices],
                widget=forms.CheckboxSelectMultiple,
                error_messages=listed,
            )
        case Question.Kind.SINGLE | Question.Kind.SCALE:
            return forms.ChoiceField(
                label=question.text,
                choices=_labelled(question),
                widget=forms.RadioSelect,
                error_messages=listed,
            )
    return forms.CharField(
        label=question.text,
        help_text=_("Do not name anyone, nor tell who you are."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 4}),
        error_messages={"required": REQUIRED},
    )


def _labelled(question: Question) -> list[tuple[str, str]]:
    """A scale tells at both ends what they mean."""
    labels = {choice: choice for choice in question.choices}
    if question.kind == Question.Kind.SCALE and any(question.ends):
        first, *_between, last = question.choices
        labels[first] = f"{first} – {question.ends[0]}"
        labels[last] = f"{last} – {question.ends[1]}"
    return list(labels.items())
