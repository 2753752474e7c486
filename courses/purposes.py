"""Why this app keeps personal data, in the notice's words."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Condition, LegalBasis, Purpose

COURSES = Purpose(
    key="courses",
    title=_("Courses, webinars and meetings"),
    description=_(
        "To give you the place that you asked for, to tell you what you need to know about it, and "
        "to show you what you have taken part in."
    ),
    basis=(LegalBasis.CONTRACT,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="courses",
)
SPECIAL_NEEDS = Purpose(
    key="special-needs",
    title=_("Special needs at one occasion"),
    description=_(
        "To meet what you told us that you need at one occasion, and for nothing else. Only those "
        "who organise it read it, and only until it is over."
    ),
    basis=(LegalBasis.CONSENT,),
    condition=(Condition.EXPLICIT_CONSENT,),
    heading="courses",
)
SURVEYS = Purpose(
    key="surveys",
    title=_("Evaluations and opinion surveys"),
    description=_(
        "To learn what those who took part thought of an occasion, because we want it to be better "
        "the next time; and, with your consent, what you think in the questions that we work with. "
        "You choose whether to answer."
    ),
    basis=(LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTERESTS),
    condition=(Condition.EXPLICIT_CONSENT, Condition.NOT_FOR_PROFIT_BODY),
    heading="surveys",
)
SURVEY_CONSENTS = Purpose(
    key="survey-consents",
    title=_("Proof of consent to surveys"),
    description=_("To show that you consented before your answers were stored: Art. 7(1)."),
    basis=(LegalBasis.LEGAL_OBLIGATION,),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="surveys",
)
DIGITAL_MEETINGS = Purpose(
    key="digital-meetings",
    title=_("Attendance at digital meetings"),
    description=_(
        "To know who took part in a digital meeting, by the name that they chose themselves, and "
        "to find out what went wrong when a meeting is disturbed."
    ),
    basis=(LegalBasis.LEGITIMATE_INTERESTS,),
    condition=(Condition.NOT_FOR_PROFIT_BODY,),
    heading="courses",
)
VOTING = Purpose(
    key="voting",
    title=_("Voting rolls"),
    description=_(
        "To know who may vote at a meeting, and to be able to show it if a decision is challenged."
    ),
    basis=(LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTERESTS),
    condition=(Condition.NOT_FOR_PROFIT_BODY, Condition.LEGAL_CLAIMS),
    heading="courses",
)
