from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Condition, LegalBasis, Purpose

RIGHTS = Purpose(
    key="rights",
    title=_("Your rights"),
    description=_("To answer you when you exercise a right, and to be able to show that we did."),
    basis=(LegalBasis.LEGAL_OBLIGATION,),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="rights",
)
ACCOUNTABILITY = Purpose(
    key="accountability",
    title=_("Accountability"),
    description=_("To show that data were erased when they should be, without keeping them."),
    basis=(LegalBasis.LEGAL_OBLIGATION,),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="retention",
)
