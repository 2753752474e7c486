"""What staff fill in about a case. A kind has the fields that it needs and no others (P7)."""

import datetime as dt
import json
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import staff
from cases.forms import LONGEST, AttachmentField, FreeTextForm, MessageForm, accepted_files
from cases.kinds import KINDS, Kind
from cases.models import (
    Case,
    CaseDisclosure,
    Channel,
    Occurrence,
    Participant,
    RestrictionGround,
    Team,
)
from cases.services.disclosing import RECIPIENTS
from cases.services.trail import SHORTEST_REASON, midnight
from ledarna_gdpr.privacy import Condition, LegalBasis
from members.admin.base import MemberNumberField
from members.models import User

TOO_SHORT = {"min_length": gettext_lazy("Write at least %(limit_value)d characters.")}
STAFF_WARNING = gettext_lazy(
    "There is a personnummer in the text. Write the member number, or @ and the participant's "
    "number, or tick that it is needed."
)


class StaffTextForm(FreeTextForm):
    number_warning = STAFF_WARNING


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class EmployeeField(forms.ModelChoiceField):
    """Only those to whom the case can be given."""

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class ReasonForm(StaffTextForm):
    free_text = ("reason",)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=SHORTEST_REASON,
        error_messages=TOO_SHORT,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("At least 15 characters. It stays in the trail."),
    )
    field_order = ("reason", "keeps_number")


class EmergencyForm(ReasonForm):
    number = forms.IntegerField(
        label=gettext_lazy("Case number"),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ("number", "reason", "keeps_number")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["reason"].help_text = _(
            "At least 15 characters. The unit's lead and the data protection officer read it."
        )

    def clean_number(self) -> Case:
        number = self.cleaned_data["number"]
        case = Case.objects.behind_glass(self.user).filter(pk=number).first()
        if case is None:
            raise forms.ValidationError(_("There is no such case."))
        return case


class NewCaseForm(StaffTextForm):
    """A case that staff open for a member. What it asks depends on the kind."""

    free_text = ("subject",)
    subject = forms.CharField(
        label=gettext_lazy("What is it about, in a few words?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
    )
    concerns_health = forms.BooleanField(
        label=gettext_lazy("Concerns health"),
        required=False,
        help_text=gettext_lazy("Only that it does. What there is to say belongs in the notes."),
    )
    due_on = forms.DateField(label=gettext_lazy("To be done by"), required=False, widget=Day())
    field_order = ("member", "subject", "keeps_number", "concerns_health", "team", "due_on")

    def __init__(self, *args: Any, user: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"] = MemberNumberField(user=user, label=_("Member number"))
        taking = [team.pk for team in Team.objects.taking(kind)]
        self.fields["team"] = forms.ModelChoiceField(
            Team.objects.filter(pk__in=taking),
            label=_("Unit"),
            required=False,
            empty_label=_("the unit that takes the kind"),
        )
        if not KINDS[kind].has_health:
            del self.fields["concerns_health"]
        self.order_fields(self.field_order)


class AssignForm(forms.Form):
    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_unit = staff.in_unit(staff.may_handle(case), case.team)
        self.fields["handler"] = EmployeeField(in_unit, label=_("Handler"))


class HandOverForm(ReasonForm):
    field_order = ("team", "handler", "reason", "keeps_number")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking = Team.objects.taking(case.kind)
        self.fields["team"] = forms.ModelChoiceField(
            Team.objects.filter(pk__in=[team.pk for team in taking]), label=_("To unit")
        )
        self.fields["handler"] = EmployeeField(
            staff.in_unit(staff.may_handle(case), taking),
            label=_("To handler"),
            required=False,
            empty_label=_("whoever takes it"),
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        team, handler = cleaned.get("team"), cleaned.get("handler")
        if team and handler and not team.memberships.filter(user=handler).exists():
            self.add_error("handler", _("The employee is not in that unit."))
        return cleaned


class ScheduleForm(forms.Form):
    due_on = forms.DateField(label=gettext_lazy("To be done by"), required=False, widget=Day())
    is_waiting = forms.BooleanField(label=gettext_lazy("We wait for somebody else"), required=False)


class EscalateForm(ReasonForm):
    field_order = ("to", "reason", "keeps_number")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ChoiceField(
            label=_("Becomes"), choices=[(kind, kind.label) for kind in case.facts.escalates_to]
        )
        self.order_fields(self.field_order)


class CloseForm(forms.Form):
    """Asks for the day that the kind's clock counts from, where that is not today."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if case.facts.clock == "concluded_on":
            label = str(case.facts.clock_label)
            self.fields["concluded_on"] = forms.DateField(
                label=label[:1].upper() + label[1:],
                widget=Day(),
                help_text=_("The case's retention counts from it."),
            )


class NoteText(forms.Textarea):
    """Knows the case's participants, so that ``@`` can offer them."""

    class Media:
        js = (forms.Script("ledarna/mentions.js", defer=True),)

    def offer(self, case: Case) -> None:
        people = case.participants.all()
        offered = [{"number": p.number, "label": p.label_with_name} for p in people]
        self.attrs["data-mentions"] = json.dumps(offered)


class NoteBodyForm(StaffTextForm):
    free_text = ("body",)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST,
        widget=NoteText(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "Write @2 for participant 2; after @ you can choose by name. Put legal strategy in "
            "double brackets: [[…]]. It does not leave the house."
        ),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.offer(case)


class DraftForm(NoteBodyForm):
    final = forms.BooleanField(
        label=gettext_lazy("Final"),
        required=False,
        help_text=gettext_lazy("A final note is not changed any more, only corrected by another."),
    )
    field_order = ("body", "keeps_number", "final")


class NoteForm(DraftForm):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel)
    happened_at = forms.SplitDateTimeField(
        label=gettext_lazy("Time of the contact"),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": str(gettext_lazy("Day of the contact"))},
            time_attrs={"type": "time", "aria-label": str(gettext_lazy("Time of day"))},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )
    is_protocol = forms.BooleanField(
        label=gettext_lazy("Signed minutes"),
        required=False,
        help_text=gettext_lazy("They are kept longer than the other notes of the negotiation."),
    )
    field_order = ("channel", "happened_at", "body", "keeps_number", "is_protocol", "final")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        if case.kind != Kind.NEGOTIATION:
            del self.fields["is_protocol"]


class MessageToMemberForm(MessageForm):
    number_warning = STAFF_WARNING

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": None, **kwargs})
        self.fields["body"].label = _("Message to the member")
        self.fields["body"].required = True
        self.fields["body"].help_text = _(
            "Write nothing about others that the member does not know already."
        )


class AttachForm(forms.Form):
    file = AttachmentField(label=gettext_lazy("File"))
    is_privileged = forms.BooleanField(
        label=gettext_lazy("Legal strategy"),
        required=False,
        help_text=gettext_lazy(
            "An access answer counts the document and does not contain it, and it is not disclosed."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = accepted_files()


class ParticipantForm(StaffTextForm):
    """Others in the case: no more than is needed to reach them."""

    free_text = ("name", "organisation", "contact")
    role = forms.ChoiceField(label=gettext_lazy("Role in the case"), choices=Participant.ROLE)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"), max_length=120, required=False
    )
    contact = forms.CharField(
        label=gettext_lazy("E-mail or telephone"), max_length=120, required=False
    )
    field_order = ("role", "name", "organisation", "contact", "member", "keeps_number")

    def __init__(
        self, *args: Any, user: Any, participant: Participant | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = MemberNumberField(
            user=user,
            required=False,
            label=_("Member number"),
            help_text=_(
                "Where the person is a member, too: if she asks to be erased, she is scrubbed here."
            ),
        )
        known = participant.member_id if participant else None
        if known is None or field.queryset.filter(pk=known).exists():
            self.fields["member"] = field  # otherwise whom one may not see stays as it is
        for name in self.free_text:
            self.fields[name].widget.attrs |= {"autocomplete": "off", "class": "vTextField"}
        self.order_fields(self.field_order)


class OccurrenceForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What happened"), choices=Occurrence.Kind)
    on = forms.DateField(label=gettext_lazy("On the day"), widget=Day())


class GrantForm(ReasonForm):
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=Day(),
        help_text=gettext_lazy("Within half a year."),
    )
    field_order = ("user", "until", "reason", "keeps_number")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outside = staff.may_handle(case).exclude(pk=case.handler_id)
        self.fields["user"] = EmployeeField(outside, label=_("Employee"))
        self.order_fields(self.field_order)

    def clean_until(self) -> dt.datetime:
        """The end of that day."""
        day_after = self.cleaned_data["until"] + dt.timedelta(days=1)
        return midnight(day_after)


class RestrictForm(ReasonForm):
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=RestrictionGround)
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=Day(),
        help_text=gettext_lazy("An erasure that waits is completed on that day."),
    )
    field_order = ("ground", "until", "reason", "keeps_number")


class DisclosureForm(StaffTextForm):
    """What leaves, to whom in the case, and why it must (P37)."""

    free_text = ("data", "necessity")
    data = forms.CharField(
        label=gettext_lazy("What is disclosed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In words: name, employment and demands, for example."),
    )
    necessity = forms.CharField(
        label=gettext_lazy("Why it is necessary"),
        max_length=2000,
        min_length=SHORTEST_REASON,
        error_messages=TOO_SHORT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("At least 15 characters."),
    )
    basis = forms.ChoiceField(label=gettext_lazy("Legal basis"), choices=LegalBasis)
    condition = forms.ChoiceField(
        label=gettext_lazy("Condition, Art. 9"),
        choices=Condition,
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        initial="SE",
        validators=[RegexValidator(r"^[A-Z]{2}$", gettext_lazy("Two capital letters, as in SE."))],
        widget=forms.TextInput(attrs={"size": 2}),
    )
    safeguard = forms.CharField(
        label=gettext_lazy("Safeguard of the transfer"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Outside the EEA only: what protects the data there."),
    )
    field_order = (
        "to", "data", "documents", "necessity", "keeps_number", "basis", "condition", "country",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = ParticipantField(
            case.participants.filter(role__in=RECIPIENTS), label=_("To")
        )
        self.fields["documents"] = DocumentsField(
            case.documents.filter(is_privileged=False),
            label=_("Documents"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        for name in ("basis", "condition"):
            self.fields[name].initial = CaseDisclosure._meta.get_field(name).default
        self.order_fields(self.field_order)


class ParticipantField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Participant) -> str:
        return f"@{obj.number} {obj.label_with_name}"


class DocumentsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.name


def values_of(participant: Participant) -> dict[str, Any]:
    names = ("role", "name", "organisation", "contact")
    return {name: getattr(participant, name) for name in names} | {"member": participant.member_id}


def now_and_channel() -> dict[str, Any]:
    return {"happened_at": timezone.localtime(), "channel": Channel.PHONE}
