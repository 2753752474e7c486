import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledarna_gdpr.privacy.words import Text
from members import exits, personnummer
from members.formats import (
    BadFormat,
    normalise_country,
    normalise_email,
    normalise_phone,
    normalise_postal_code,
)
from members.models import Application, Member, MembershipPeriod
from members.self_service import EDITABLE

AUTOCOMPLETE = {
    "given_names": "given-name",
    "family_name": "family-name",
    "preferred_name": "nickname",
    "email": "email",
    "phone": "tel",
    "street_address": "street-address",
    "postal_code": "postal-code",
    "city": "address-level2",
    "country": "country-name",
    "employer": "organization",
    "job_title": "organization-title",
}
TYPES = {"email": "email", "phone": "tel"}
HELP: dict[str, Text] = {
    "preferred_name": gettext_lazy("What we call you when we write to you."),
    "phone": gettext_lazy("Such as 070-174 06 05. Begin with + and the country for a foreign one."),
    "country": gettext_lazy("Such as Sweden, or SE."),
    "email": "",
    "personnummer": gettext_lazy("With twelve digits. Leave it empty if you have none."),
}


class PersonForm(forms.ModelForm):
    """Takes what people write in the forms they write it in, and stores one (``formats``)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            field.help_text = HELP.get(name, "")  # type: ignore[assignment]
            attrs = field.widget.attrs
            attrs["autocomplete"] = AUTOCOMPLETE.get(name, "off")
            if name in TYPES:
                field.widget.input_type = TYPES[name]
        if "country" in self.fields:
            self.fields["country"].required = False

    def clean_phone(self) -> str:
        return self._stored("phone", normalise_phone)

    def clean_country(self) -> str:
        return self._stored("country", normalise_country)

    def clean_email(self) -> str:
        return self._stored("email", normalise_email)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "country" in cleaned and cleaned.get("postal_code"):
            try:
                cleaned["postal_code"] = normalise_postal_code(
                    cleaned["postal_code"], cleaned["country"]
                )
            except BadFormat as error:
                self.add_error("postal_code", str(error))
        return cleaned

    def _stored(self, name: str, normalise: Callable[[str], str]) -> str:
        try:
            return normalise(self.cleaned_data[name])
        except BadFormat as error:
            raise forms.ValidationError(str(error)) from None


def _wide(label: Any, max_length: int) -> forms.CharField:
    """Room for how people write it; what is stored is shorter."""
    return forms.CharField(label=label, max_length=max_length, required=False)


class OwnDataForm(PersonForm):
    """What a member changes herself."""

    phone = _wide(gettext_lazy("Telephone"), 40)
    country = _wide(gettext_lazy("Country"), 60)

    class Meta:
        model = Member
        fields = EDITABLE


class ApplicationForm(PersonForm):
    """An application for membership. It asks nobody whether the applicant is known (law 9)."""

    phone = _wide(gettext_lazy("Telephone"), 40)
    country = _wide(gettext_lazy("Country"), 60)
    personnummer = _wide(gettext_lazy("Personnummer"), 20)
    #: Nobody sees it; whoever fills it in is a robot.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1"}),
    )

    class Meta:
        model = Application
        fields = [
            "given_names",
            "family_name",
            "personnummer",
            "email",
            "phone",
            "street_address",
            "postal_code",
            "city",
            "country",
            "employer",
            "job_title",
        ]

    field_order = ["given_names", "family_name", "personnummer", "email", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("given_names", "email"):  # some people have one name alone
            self.fields[name].required = True

    def clean_personnummer(self) -> str:
        text = self.cleaned_data["personnummer"]
        try:
            return personnummer.parse(text) if text else ""
        except personnummer.NotAPersonnummer:
            raise forms.ValidationError(
                _("That is not a right personnummer. Write it as YYYYMMDD-NNNN.")
            ) from None

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class NoMailingsForm(forms.Form):
    """The address that is to have nothing more from us."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_email(self) -> str:
        try:
            return normalise_email(self.cleaned_data["email"])
        except BadFormat as error:
            raise forms.ValidationError(str(error)) from None


class LeaveOwnForm(forms.Form):
    """A member leaves: at the end of the month, or on a day of her own choice."""

    MONTH_END, CHOSEN = "month_end", "chosen"
    when = forms.ChoiceField(
        label=gettext_lazy("When do you want to leave?"), widget=forms.RadioSelect
    )
    on = forms.DateField(
        label=gettext_lazy("Your last day, if you choose it yourself"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write the day as 2027-01-31.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you leave?"),
        help_text=gettext_lazy("You need not say."),
        choices=[
            (MembershipPeriod.ExitReason.OWN_REQUEST, gettext_lazy("I would rather not say")),
            (MembershipPeriod.ExitReason.RETIRED, gettext_lazy("I retire")),
            (MembershipPeriod.ExitReason.OTHER_UNION, gettext_lazy("I change to another union")),
        ],
    )
    understood = forms.BooleanField(
        label=gettext_lazy("I want to leave, and I have read what happens then."),
        error_messages={"required": gettext_lazy("Tick the box to leave.")},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.today = today
        self.month_end = exits.end_of_month(today)
        words = _("at the end of the month, %(day)s")
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (self.MONTH_END, words % {"day": date_format(self.month_end, "j F Y")}),
            (self.CHOSEN, _("on another day")),
        ]
        self.fields["when"].initial = self.MONTH_END

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == self.MONTH_END:
            cleaned["on"] = self.month_end
        elif cleaned.get("when") == self.CHOSEN and "on" not in self.errors:
            latest = exits.AHEAD.after(self.today)
            if not (cleaned.get("on") and self.today <= cleaned["on"] <= latest):
                self.add_error(
                    "on",
                    _("Choose a day from today to %(latest)s.")
                    % {"latest": date_format(latest, "j F Y")},
                )
        return cleaned
