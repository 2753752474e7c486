import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsar.models import SubjectRequest
from members.admin.base import MemberNumberField

Channel = SubjectRequest.Channel
SHORTEST_REASON = 15


class RegisterForm(forms.ModelForm):
    """A request that came by telephone, letter or e-mail (P53)."""

    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.LETTER, Channel.EMAIL)],
    )
    received_at = forms.SplitDateTimeField(
        label=_("Received at"),
        initial=timezone.now,
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": str(_("Day of receipt"))},
            time_attrs={"type": "time", "aria-label": str(_("Time of receipt"))},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
        help_text=_("When it reached us, through whatever channel: the month runs from then."),
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    contact = forms.CharField(label=_("E-mail or telephone"), required=False, max_length=200)
    message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean_received_at(self) -> dt.datetime:
        received_at = self.cleaned_data["received_at"]
        if received_at > timezone.now():
            raise ValidationError(_("The request cannot have come in the future."))
        return received_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "member" not in self.errors and not cleaned.get("member") and not cleaned.get("contact"):
            self.add_error(
                "contact", _("Give a member number, or how to reach the person with the answer.")
            )
        same = SubjectRequest.objects.open().filter(
            member=cleaned.get("member"), kind=cleaned.get("kind", "")
        )
        if cleaned.get("member") and same.exists():
            self.add_error("member", _("There is already an open request of this kind."))
        return cleaned


class IdentifyForm(forms.Form):
    """How we know that it is she (Art. 12(6)), and which member she is."""

    def __init__(self, *args: Any, user: Any, about: SubjectRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if about.member is None:
            self.fields["member"] = MemberNumberField(user=user, label=_("Member number"))
        ways = SubjectRequest.Identification
        self.fields["identification"] = forms.ChoiceField(
            label=_("Identified by"),
            choices=[
                (way.value, way.label) for way in ways if way not in (ways.NONE, ways.LOGGED_IN)
            ],
            widget=forms.RadioSelect,
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=SHORTEST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads it in the answer. At least 15 characters."),
    )
