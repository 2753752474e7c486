import datetime as dt
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Source
from members import personnummer
from members.admin.base import NamedBoxes
from members.models import Member, MembershipPeriod
from members.models.readlog import ReadLog

SHORTEST_REASON = 15
#: The registry's words for sources speak to the member herself.
SOURCES = {
    Source.APPLICATION: _("the application"),
    Source.SELF_SERVICE: _("the member, on My pages"),
    Source.STAFF: _("staff"),
    Source.IMPORT: _("imported"),
    Source.SUBJECT: _("the member"),
    Source.SYSTEM: _("the system"),
}


class MemberForm(forms.ModelForm):
    new_personnummer = forms.CharField(
        label=_("New personnummer"),
        required=False,
        max_length=13,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Only to set or change it: YYYYMMDD-NNNN, or a coordination number."),
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean_new_personnummer(self) -> str:
        text = self.cleaned_data["new_personnummer"]
        if not text:
            return ""
        try:
            digits = personnummer.parse(text)
        except personnummer.NotAPersonnummer:
            raise ValidationError(
                _("This is not a valid personnummer or coordination number.")
            ) from None
        taken = Member.objects.filter(personnummer_hash=personnummer.hashed(digits))
        if taken.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another member has this personnummer."))
        return digits

    def _post_clean(self) -> None:
        if digits := self.cleaned_data.get("new_personnummer"):
            self.instance.set_personnummer(digits)
        super()._post_clean()

    @property
    def changed_columns(self) -> list[str]:
        """The model's fields that this form changes."""
        names = {"new_personnummer": "personnummer"}
        return [names.get(name, name) for name in self.changed_data]


class PeriodFormSet(NamedBoxes):
    def clean(self) -> None:
        super().clean()
        rows = [form.instance for form in self.forms if not form.errors]
        periods = sorted(
            ((row.started_on, row.ended_on) for row in rows if row.started_on),
            key=lambda period: period[0],
        )
        for (_start, end), (next_start, _next_end) in pairwise(periods):
            if end is None or next_start <= end:
                raise ValidationError(translate("Two membership periods overlap."))


class LeaveForm(forms.Form):
    on = forms.DateField(
        label=_("Last day of the membership"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.ChoiceField(
        label=_("Reason for leaving"),
        choices=[("", "---------"), *MembershipPeriod.ExitReason.choices],
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the number?"),
        min_length=SHORTEST_REASON,
        max_length=ReadLog._meta.get_field("purpose").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 60}),
        help_text=_("At least 15 characters. The member can read your reason; write no number."),
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        if sum(character.isdigit() for character in reason) >= 10:
            raise ValidationError(_("Give the reason without numbers."))
        return reason


def source_line(member: Member, field: str) -> str:
    """Where a value came from and when, for the line under its field; empty if unknown."""
    stamp: Any = member.provenance.get(field)
    if not stamp:
        return ""
    source, at = stamp
    day = date_format(dt.datetime.fromisoformat(at), "DATE_FORMAT")
    label = SOURCES[Source(source)]
    return translate("Source: %(source)s, %(day)s.") % {"source": label, "day": day}
