from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Period, Rule

R27 = Rule(
    code="R27",
    period=Period(years=5),
    reason=_("To show how a request was answered: dataskyddslagen 6 kap. 4 §, Art. 5(2)."),
)
R28 = Rule(
    code="R28",
    period=Period(days=30),
    reason=_("Time to fetch the answer; a copy is a risk of its own: Art. 5(1)(f)."),
)
R32 = Rule(
    code="R32",
    period=Period(years=5),
    reason=_("To prove erasure without content: Art. 5(2) of the GDPR."),
)
HOLD = Rule(
    code="A5H",
    period=Period(years=5),
    reason=_("To show why something was kept beyond its time: Art. 5(2) of the GDPR."),
)
DECISION = Rule(
    code="A5P",
    period=Period(years=25),
    reason=_("A decision on periods, for as long as what it governed can be examined: Art. 5(2)."),
)
