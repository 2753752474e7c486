"""Who else sees the case, what protects it, and what leaves the house."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import services
from cases.admin import forms
from cases.admin.verbs.base import (
    ACCESS,
    DISCLOSURES,
    PartVerb,
    Verb,
    is_open_to_change,
    is_running,
    register,
)
from cases.kinds import Type
from cases.models import ART_18, Case, CaseDisclosure, Grant
from ledarna_gdpr.privacy.words import Text

RESTRICT = "cases.restrict_case"


@register
class GrantAccess(Verb):
    name, title, permission, place = "grant", _("Grant access"), "cases.add_grant", ACCESS
    form_class = forms.GrantForm

    def is_offered(self, case: Case) -> bool:
        return is_open_to_change(case)

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case}

    def text(self, case: Case) -> Text:
        return _("An employee outside the unit sees this case, and no other, until the last day.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        chosen = {name: values[name] for name in ("until", "reason")}
        services.grant(case, values["user"], by=by, at=at, **chosen)


@register
class EndGrant(PartVerb):
    name, title, button = "end_grant", _("End the access"), _("End")
    model, permission = Grant, "cases.add_grant"

    def text(self, case: Case) -> Text:
        return _("It ends now. The row stays, to show who could see the case.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.end_grant(self.part, by=by, at=at)


@register
class Disclose(Verb):
    name, title, place = "disclose", _("Disclose data"), DISCLOSURES
    permission = "cases.add_casedisclosure"
    form_class = forms.DisclosureForm
    done = _("The disclosure is recorded.")

    def is_offered(self, case: Case) -> bool:
        return is_running(case) and case.facts.type == Type.EMPLOYMENT

    def more(self, case: Case, user: Any) -> dict[str, Any]:
        return {"case": case}

    def text(self, case: Case) -> Text:
        if case.member.is_protected:
            return _(
                "The member's identity is protected. Nothing leaves before somebody else has "
                "approved it."
            )
        return _(
            "Only what is necessary to protect the member's rights, to somebody in the case. The "
            "member can read what was disclosed, to whom and why."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        chosen = {name: value for name, value in values.items() if name != "keeps_number"}
        services.disclose(case, chosen.pop("to"), by=by, at=at, **chosen)


@register
class ApproveDisclosure(PartVerb):
    name, title, button = "approve_disclosure", _("Approve the disclosure"), _("Approve")
    model, permission = CaseDisclosure, "cases.approve_casedisclosure"
    done = _("The disclosure is recorded.")

    def text(self, case: Case) -> Text:
        return _(
            "The member's identity is protected. Approve only what cannot be used to find them."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.approve_disclosure(self.part, by=by, at=at)


@register
class MarkReviewed(Verb):
    name, title, permission = "review", _("Reviewed before erasure"), "cases.review_case"

    def is_offered(self, case: Case) -> bool:
        one = Case.objects.filter(pk=case.pk)
        return (
            is_open_to_change(case)
            and case.facts.is_reviewed
            and services.awaiting_review(one, on=timezone.localdate()).exists()
        )

    def text(self, case: Case) -> Text:
        return _(
            "You have read the case, and nothing speaks for keeping it beyond its date. The sweep "
            "then erases it. Otherwise, ask for a legal hold."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.mark_reviewed(case, by=by, at=at)


@register
class Restrict(Verb):
    name, title, permission = "restrict", _("Restrict the case"), RESTRICT
    needs_kind = False
    form_class = forms.RestrictForm

    def is_offered(self, case: Case) -> bool:
        return is_open_to_change(case)

    def text(self, case: Case) -> Text:
        return _(
            "The case leaves the normal views. Only the data protection officer can read it, with "
            "a reason. The member sees that it is restricted, why and until when."
        )

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        chosen = {name: values[name] for name in ("until", "reason")}
        services.restrict(case, values["ground"], by=by, at=at, **chosen)


class LiftingVerb(Verb):
    permission = RESTRICT
    needs_kind = False

    def is_offered(self, case: Case) -> bool:
        return case.restriction_ground in ART_18


@register
class AnnounceLift(LiftingVerb):
    name, title = "announce_lift", _("Tell that the restriction will be lifted")
    form_class = forms.ReasonForm

    def text(self, case: Case) -> Text:
        return _("The member has to know before it is lifted (Art. 18(3)).")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.announce_lift(case, reason=values["reason"], by=by, at=at)


@register
class Lift(LiftingVerb):
    name, title = "lift", _("Lift the restriction")

    def text(self, case: Case) -> Text:
        return _("The case comes back to those who had it.")

    def do(self, case: Case, values: dict[str, Any], *, by: Any, at: dt.datetime) -> None:
        services.lift(case, by=by, at=at)
