"""The kinds of case: who handles each, what it may hold, what its clock counts from (P8, P10).

Forms, permissions, constraints and retention all read this table. A new kind is a line here.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases import rules
from ledarna_gdpr.privacy import Rule
from ledarna_gdpr.privacy.words import Text


class Kind(TextChoices):
    ADVICE = "advice", _("advice on your employment")
    NEGOTIATION = "negotiation", _("negotiation")
    LITIGATION = "litigation", _("litigation")
    WORK_INJURY = "work_injury", _("work injury")
    UNEMPLOYMENT = "unemployment", _("unemployment benefit")
    SICK_PAY = "sick_pay", _("sick pay")
    CAREER_COACHING = "career_coaching", _("career coaching")
    LEADERSHIP_COACHING = "leadership_coaching", _("leadership coaching")
    SERVICE = "service", _("membership service")


class Type(TextChoices):
    """The notice's three types, of which each is stored and handled in its own way."""

    EMPLOYMENT = "A", _("own employment, injury and benefits")
    COACHING = "B", _("career and leadership coaching")
    SERVICE = "C", _("administration of the membership")


SUPPORT = "cases.handle_support"
SOCIAL_INSURANCE = "cases.handle_social_insurance"
COACHING = "cases.handle_coaching"
SERVICE = "cases.handle_service"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is true of every case of a kind."""

    type: Type
    #: Who may have anything to do with it at all.
    permission: str
    rule: Rule
    #: The field of the case that the rule counts from, and what it is called for this kind.
    clock: str
    clock_label: Text
    #: Whether a case may say that it concerns health. The others have nowhere to say it.
    has_health: bool = False
    #: Whether a person has to look at the case before its time ends it.
    is_reviewed: bool = False
    escalates_to: tuple[Kind, ...] = ()


KINDS: dict[Kind, Facts] = {
    Kind.ADVICE: Facts(
        type=Type.EMPLOYMENT,
        permission=SUPPORT,
        rule=rules.R6,
        clock="closed_at",
        clock_label=_("case closed at"),
        escalates_to=(Kind.NEGOTIATION, Kind.LITIGATION),
    ),
    Kind.NEGOTIATION: Facts(
        type=Type.EMPLOYMENT,
        permission=SUPPORT,
        rule=rules.R8,
        clock="concluded_on",
        clock_label=_("minutes or settlement signed on"),
        escalates_to=(Kind.LITIGATION,),
    ),
    Kind.LITIGATION: Facts(
        type=Type.EMPLOYMENT,
        permission=SUPPORT,
        rule=rules.R9,
        clock="concluded_on",
        clock_label=_("final judgment or settlement on"),
    ),
    Kind.WORK_INJURY: Facts(
        type=Type.EMPLOYMENT,
        permission=SOCIAL_INSURANCE,
        rule=rules.R7,
        clock="concluded_on",
        clock_label=_("latest decision on"),
        has_health=True,
        is_reviewed=True,
    ),
    Kind.UNEMPLOYMENT: Facts(
        type=Type.EMPLOYMENT,
        permission=SOCIAL_INSURANCE,
        rule=rules.R7,
        clock="closed_at",
        clock_label=_("case closed at"),
        has_health=True,
        is_reviewed=True,
    ),
    Kind.SICK_PAY: Facts(
        type=Type.EMPLOYMENT,
        permission=SOCIAL_INSURANCE,
        rule=rules.R7,
        clock="closed_at",
        clock_label=_("case closed at"),
        has_health=True,
        is_reviewed=True,
    ),
    Kind.CAREER_COACHING: Facts(
        type=Type.COACHING,
        permission=COACHING,
        rule=rules.R10,
        clock="last_contact_at",
        clock_label=_("last contact at"),
    ),
    Kind.LEADERSHIP_COACHING: Facts(
        type=Type.COACHING,
        permission=COACHING,
        rule=rules.R10,
        clock="last_contact_at",
        clock_label=_("last contact at"),
    ),
    Kind.SERVICE: Facts(
        type=Type.SERVICE,
        permission=SERVICE,
        rule=rules.R11,
        clock="closed_at",
        clock_label=_("case closed at"),
    ),
}


def those(**facts: object) -> list[Kind]:
    """The kinds of which all of this is true: ``those(type=Type.COACHING)``."""
    return [
        kind
        for kind, known in KINDS.items()
        if all(getattr(known, name) == value for name, value in facts.items())
    ]


def handled_by(user: object) -> list[Kind]:
    """The kinds that a user's roles let her handle."""
    return [kind for kind, facts in KINDS.items() if user.has_perm(facts.permission)]  # type: ignore[attr-defined]


CLAIMS = those(type=Type.EMPLOYMENT)
HEALTH = those(has_health=True)
CONCLUDED = those(clock="concluded_on")
#: The codes of their rules, as the trail names them.
RULES = sorted({(facts.rule.code, facts.rule.code) for facts in KINDS.values()})
