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
