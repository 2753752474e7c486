from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Occasion, SpecialNeed
from courses.registering import Need

LONGEST_NEED = 1000


class RegistrationForm(forms.Form):
    """A place at an occasion. It begins empty, whatever was written at another time (P16)."""

    invoice_reference = forms.CharField(
        label=_("Reference on the invoice"),
        help_text=_("If your employer pays and wants one."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Do you need anything special at this occasion?"),
        help_text=_("You need not tell. The venue gets the number of each, without names."),
        choices=SpecialNeed.Kind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among those that are listed.")},
    )
    description = forms.CharField(
        label=_("What you need, in your own words"),
        help_text=_(
            "Only those who organise this occasion read it, and only until it is over. It is "
            "erased within a week after that, and at once if you cancel."
        ),
        max_length=LONGEST_NEED,
        required=False,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 4}),
    )
    agreed = forms.BooleanField(
        label=_("I agree that you keep what I have told of my needs, for this occasion alone."),
        help_text=_("Only if you told any. You can take it back whenever you like."),
        required=False,
    )

    def __init__(self, *args: Any, occasion: Occasion, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if not occasion.price:
            del self.fields["invoice_reference"]

    @property
    def need(self) -> Need:
        return Need(self.cleaned_data["description"], self.cleaned_data["kinds"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        tells = cleaned.get("description") or cleaned.get("kinds")
        if tells and not cleaned.get("agreed"):
            self.add_error(
                "agreed",
                _("Tick the box if we may keep what you wrote, or leave your needs out."),
            )
        return cleaned
