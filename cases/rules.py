"""The default retention rules of cases (R6–R11). The data protection officer may set other
periods in the admin; the citation stays."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Period, Rule

R6 = Rule(
    code="R6",
    period=Period(years=10),
    reason=_("Claims against the employer or us for the advice: preskriptionslagen 2 §."),
)
R7 = Rule(
    code="R7",
    period=Period(years=10),
    reason=_(
        "Claims for insurance: försäkringsavtalslagen 7 kap. 4 § and TFA's ten years. Reviewed "
        "before it goes, because an injury may show late."
    ),
)
R8 = Rule(
    code="R8",
    period=Period(years=10),
    reason=_("Claims out of what was agreed: preskriptionslagen 2 §."),
)
R8_NOTES = Rule(
    code="R8N",
    period=Period(years=2),
    reason=_("Working notes of a negotiation: after that the signed minutes suffice."),
)
R9 = Rule(
    code="R9",
    period=Period(years=10),
    reason=_("A new trial or recourse after a judgment: preskriptionslagen 2 §."),
)
R10 = Rule(
    code="R10",
    period=Period(months=24),
    reason=_("So that coaching can be taken up where it ended; no claim rests on it."),
)
R11 = Rule(
    code="R11",
    period=Period(months=12),
    reason=_("So that questions after a service case can be answered."),
)
