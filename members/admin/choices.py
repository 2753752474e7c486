"""What members have said about mailings, as staff need it: by telephone, by letter, by address."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import choices
from members.admin.base import DeskAdmin, ForUserAdmin, ReadOnly
from members.consents import ASKS
from members.formats import BadFormat, normalise_email, normalise_phone
from members.models import (
    Bounce,
    Channel,
    Consent,
    How,
    Member,
    Objection,
    Suppression,
    Topic,
)

REVIEW = "members.review_suppression"
TOLD = [(how.value, how.label) for how in (How.PHONE, How.LETTER, How.FORM)]


class ToldForm(forms.Form):
    """What a member has told an employee about mailings."""

    wanted = forms.ChoiceField(
        label=gettext_lazy("The member says"),
        choices=[("no", gettext_lazy("no")), ("yes", gettext_lazy("yes"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose no or yes.")},
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("To what"),
        required=False,
        choices=[("", gettext_lazy("everything")), *Topic.choices],
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("By which way"),
        required=False,
        choices=[("", gettext_lazy("every way")), *Channel.choices],
    )
    how = forms.ChoiceField(label=gettext_lazy("How"), choices=TOLD)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_yes = cleaned.get("wanted") == "yes"
        if is_yes and not (cleaned.get("topic") and cleaned.get("channel")):
            raise forms.ValidationError(_("A yes is to one thing, by one way. Choose both."))
        return cleaned

    def carry_out(self, member: Member, *, by: Any, at: Any) -> None:
        told = self.cleaned_data
        if told["wanted"] == "yes":
            choices.say_yes(member, told["topic"], told["channel"], how=told["how"], at=at, by=by)
            return
        choices.say_no(
            member,
            topics=[told["topic"]] if told["topic"] else tuple(Topic),
            channels=[told["channel"]] if told["channel"] else tuple(Channel),
            how=told["how"],
            at=at,
            by=by,
        )


class OfMember(ReadOnly, ForUserAdmin):
    read_purpose = gettext_lazy("what the member has chosen")
    list_select_related = ["member"]
    search_fields = ["member__member_number"]
    search_help_text = gettext_lazy("Member number.")
    sortable_by: list[str] = []

    @admin.display(description=gettext_lazy("member number"))
    def member_number(self, row: Any) -> int:
        return row.member.member_number


@admin.register(Objection)
class ObjectionAdmin(OfMember):
    list_display = ["made_at", "member_number", "topic", "channel", "how", "lifted_at"]
    list_filter = ["topic", "channel"]
    fields = ["made_at", "member_number", "topic", "channel", "how", "lifted_at", "lifted_how"]


@admin.register(Consent)
class ConsentAdmin(OfMember):
    list_display = ["given_at", "member_number", "what", "how", "withdrawn_at"]
    list_select_related = ["member", "withdrawal", "wording"]
    fields = ["member_number", "what", "words", "notice_version", "given_at", "how", "withdrawn_at"]

    @admin.display(description=gettext_lazy("consent"))
    def what(self, consent: Consent) -> str:
        ask = ASKS.get(consent.key)
        return str(ask.title) if ask else consent.key

    @admin.display(description=gettext_lazy("wording"))
    def words(self, consent: Consent) -> str:
        return consent.wording.text

    @admin.display(description=gettext_lazy("withdrawn at"))
    def withdrawn_at(self, consent: Consent) -> str:
        if not hasattr(consent, "withdrawal"):
            return "–"
        return date_format(timezone.localtime(consent.withdrawal.withdrawn_at), "DATETIME_FORMAT")


@admin.register(Bounce)
class BounceAdmin(OfMember):
    list_display = ["at", "member_number", "address"]
    fields = list_display


class AddressForm(forms.ModelForm):
    """An address in, a hash kept."""

    address = forms.CharField(
        label=gettext_lazy("E-mail address or telephone number"),
        max_length=254,
        help_text=gettext_lazy("Only a keyed hash of it is kept. Nobody is looked up."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = Suppression
        fields: list[str] = []

    def clean_address(self) -> str:
        text = self.cleaned_data["address"]
        try:
            return normalise_email(text) if "@" in text else normalise_phone(text)
        except BadFormat as error:
            raise forms.ValidationError(str(error)) from None

    def carry_out(self) -> None:
        address = self.cleaned_data["address"]
        channel = Channel.EMAIL if "@" in address else Channel.SMS
        choices.suppress_address(address, channel, at=timezone.now())


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly, DeskAdmin):
    """The noes that outlive their people. No hash is shown: nobody can read one."""

    form = AddressForm
    list_display = ["number", "topic", "channel", "since", "reviewed_at"]
    list_filter = ["topic", "channel"]
    fields = ["topic", "channel", "since", "reviewed_at"]
    add_fields = ["address"]
    ordering = ["reviewed_at", "pk"]
    sortable_by: list[str] = []
    actions = ["review"]

    @admin.display(description=gettext_lazy("suppressed address"))
    def number(self, row: Suppression) -> str:
        return capfirst(str(row))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("members.add_suppression")

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(REVIEW)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.fields if obj else self.add_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.carry_out()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """No single row was added, and what was typed is in no log."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        self.message_user(request, _("Nothing that one can say no to is sent there any more."))
        return self.response_post_save_add(request, obj)

    @admin.action(
        description=gettext_lazy("Reviewed: the no still has to be kept"), permissions=["review"]
    )
    def review(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        count = queryset.update(reviewed_at=timezone.now())
        self.message_user(request, _("%(count)d reviewed.") % {"count": count}, messages.SUCCESS)
        return None
