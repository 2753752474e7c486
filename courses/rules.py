"""The default retention rules of courses and meetings. The data protection officer may set other
periods in the admin; the citation stays."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Period, Rule

R12 = Rule(
    code="R12",
    period=Period(months=12),
    reason=_("To show you what you have taken part in: the agreement with you, Art. 6(1)(b)."),
)
R13 = Rule(
    code="R13",
    period=Period(months=12),
    reason=_("To answer complaints about an occasion: the agreement with you, Art. 6(1)(b)."),
)
R14 = Rule(
    code="R14",
    period=Period(days=7),
    longest=Period(days=14),
    reason=_("The notice promises that special needs are erased after the occasion: Art. 5(1)(e)."),
)
R15 = Rule(
    code="R15",
    period=Period(months=3),
    longest=Period(months=3),
    reason=_("Only the sum of an evaluation is needed, and not who answered what: Art. 5(1)(c)."),
)
R21 = Rule(
    code="R21",
    period=Period(months=12),
    longest=Period(months=12),
    reason=_(
        "Opinions are linked to you until they have been counted: your consent, Art. 5(1)(c)."
    ),
)
R16 = Rule(
    code="R16",
    period=Period(days=90),
    reason=_("To find faults and to show who took part in a meeting: Art. 6(1)(f)."),
)
R17 = Rule(
    code="R17",
    period=Period(days=30),
    reason=_(
        "An IP address is of use only while a disturbed meeting is looked into: Art. 5(1)(e)."
    ),
)
R18 = Rule(
    code="R18",
    period=Period(months=12),
    reason=_("To answer whoever challenges a vote: Art. 6(1)(f), reckoned from the minutes."),
)
