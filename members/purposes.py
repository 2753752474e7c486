"""Why this app keeps personal data, in the notice's words."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Condition, LegalBasis, Purpose

REGISTER = Purpose(
    key="register",
    title=_("Member register"),
    description=_("To administer your membership: who you are, how to reach you, where you work."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="register",
)
APPLICATIONS = Purpose(
    key="applications",
    title=_("Applications for membership"),
    description=_("To decide on your application at your request, before there is an agreement."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="register",
)
ACCOUNTING = Purpose(
    key="accounting",
    title=_("Fees and accounting"),
    description=_("To charge fees and to keep the accounts that the law demands."),
    basis=(LegalBasis.LEGAL_OBLIGATION,),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="retention",
)
ACCOUNTS = Purpose(
    key="accounts",
    title=_("Log-in to My pages"),
    description=_("To let you, and nobody else, see and change your own data."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="security",
)
SECURITY = Purpose(
    key="security",
    title=_("Protection of your data"),
    description=_("To find and investigate misuse: who logged in, and who opened whose data."),
    basis=(LegalBasis.LEGAL_OBLIGATION, LegalBasis.LEGITIMATE_INTERESTS),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="security",
)
