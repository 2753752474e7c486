"""Why cases are kept, in the notice's words."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Condition, LegalBasis, Purpose

SUPPORT = Purpose(
    key="support",
    title=_("Union support"),
    description=_(
        "To advise you, negotiate for you and go to court with you, and to help you with work "
        "injuries, unemployment benefit and sick pay."
    ),
    basis=(LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTERESTS),
    condition=(
        Condition.NOT_FOR_PROFIT_BODY,
        Condition.LEGAL_CLAIMS,
        Condition.EMPLOYMENT_LAW,
    ),
    heading="support",
)
COACHING = Purpose(
    key="coaching",
    title=_("Coaching"),
    description=_("To coach you in your career and in your role as a manager."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="coaching",
)
SERVICE = Purpose(
    key="service",
    title=_("Membership service"),
    description=_("To help you with what concerns the administration of your membership."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="service",
)
