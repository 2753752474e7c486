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
TOOLS = Purpose(
    key="tools",
    title=_("Digital tools"),
    description=_("To keep the results that you have asked us to keep, for you alone."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="tools",
)
EXIT_SURVEY = Purpose(
    key="exit_survey",
    title=_("Why members leave"),
    description=_(
        "To ask you once, with one reminder, why you left, so that we understand why members do."
    ),
    basis=(LegalBasis.LEGITIMATE_INTERESTS,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="after_exit",
)
WIN_BACK = Purpose(
    key="win_back",
    title=_("Whether you want to return"),
    description=_("To ask you, a few times in the year after you left, if you want to return."),
    basis=(LegalBasis.LEGITIMATE_INTERESTS,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="after_exit",
)
CHOICES = Purpose(
    key="choices",
    title=_("Your consents and your no"),
    description=_(
        "To do as you have said, and to be able to show it. Your no is kept, as a keyed hash, also "
        "when everything else about you has been erased, so that it goes on holding."
    ),
    basis=(LegalBasis.LEGAL_OBLIGATION,),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="mailings",
)
NOTICES = Purpose(
    key="notices",
    title=_("Necessary notices"),
    description=_("To call you to meetings and to tell you what your membership asks of you."),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="mailings",
)
NEWSLETTER = Purpose(
    key="newsletter",
    title=_("Newsletters"),
    description=_("To tell you what the association does. You can say no at any time."),
    basis=(LegalBasis.LEGITIMATE_INTERESTS,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="mailings",
)
INVITATIONS = Purpose(
    key="invitations",
    title=_("Invitations"),
    description=_("To invite you to courses, seminars and meetings. You can say no at any time."),
    basis=(LegalBasis.LEGITIMATE_INTERESTS,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="mailings",
)
OFFERS = Purpose(
    key="offers",
    title=_("Member offers"),
    description=_(
        "To tell you of offers that we have negotiated for members: by e-mail and text message "
        "only if you have said yes."
    ),
    basis=(LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTERESTS),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="mailings",
)
