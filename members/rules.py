"""The default retention rules of the member register. The data protection officer may set other
periods in the admin; the citation stays."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Period, Rule

R1 = Rule(
    code="R1",
    period=Period(months=12),
    reason=_("To settle what is left after you leave and to let you return easily."),
)
R2 = Rule(
    code="R2",
    period=Period(years=10),
    reason=_("To prove membership periods while claims can be made: preskriptionslagen 2 §."),
)
R3 = Rule(
    code="R3",
    period=Period(months=3),
    reason=_("To finish an application that came to a halt; after that the interest is gone."),
)
R4 = Rule(
    code="R4",
    period=Period(years=7),
    shortest=Period(years=7),
    reason=_("Accounting records: bokföringslagen 7 kap. 2 §."),
)
R5 = Rule(
    code="R5",
    period=Period(years=10),
    reason=_("A claim for an unpaid fee: preskriptionslagen 2 §."),
)
R20 = Rule(
    code="R20",
    period=Period(months=36),
    reason=_("A result that nobody has opened for so long is of use to nobody: Art. 5(1)(e)."),
)
R20_EXIT = Rule(
    code="R20U",
    period=Period(days=30),
    reason=_("The tools are part of the membership; time to fetch your results when it ends."),
)
R22 = Rule(
    code="R22",
    period=Period(years=5),
    reason=_(
        "To show a consent while a fine can be decided: Art. 7(1), dataskyddslagen 6 kap. 4 §."
    ),
)
R24 = Rule(
    code="R24",
    period=Period(months=3),
    longest=Period(months=3),
    reason=_("To learn why you left while you remember it: a legitimate interest, Art. 6(1)(f)."),
)
R25 = Rule(
    code="R25",
    period=Period(months=12),
    longest=Period(months=12),
    reason=_("To ask whether you want to return: a legitimate interest, Art. 6(1)(f)."),
)
R30 = Rule(
    code="R30",
    period=Period(months=24),
    reason=_("To investigate misuse of the register: Art. 32 of the GDPR."),
)
R30_PROTECTED = Rule(
    code="R30S",
    period=Period(years=5),
    reason=_("To investigate reads of protected identities: Art. 32 of the GDPR."),
)
R31 = Rule(
    code="R31",
    period=Period(months=12),
    reason=_("To investigate intrusions: Art. 32 of the GDPR."),
)
R31_ADDRESS = Rule(
    code="R31A",
    period=Period(days=90),
    reason=_("An IP address is of use only while an intrusion can be traced: Art. 32."),
)
R31_FAILED = Rule(
    code="R31F",
    period=Period(months=6),
    reason=_("Failed log-ins, to see patterns of attack: Art. 32 of the GDPR."),
)
ENDED = Rule(
    code="A5",
    period=Period(),
    reason=_("It has done its work: storage limitation, Art. 5(1)(e) of the GDPR."),
)
UNDELIVERED = Rule(
    code="A5M",
    period=Period(days=7),
    reason=_("Mail that could not be delivered in a week: Art. 5(1)(e) of the GDPR."),
)
IMPORT_FILE = Rule(
    code="A5I",
    period=Period(days=30),
    reason=_("The report of an import, to correct its faults: Art. 5(1)(e) of the GDPR."),
)
MAILING = Rule(
    code="A5U",
    period=Period(months=12),
    reason=_("To show who was sent what, and why others were not: Art. 5(2) of the GDPR."),
)
BOUNCE = Rule(
    code="A5B",
    period=Period(months=24),
    reason=_("An address that has not answered may do so again: Art. 5(1)(d) of the GDPR."),
)
ERASED = Rule(
    code="A17",
    period=Period(),
    reason=_("Erasure has been granted, Art. 17(1); nothing under Art. 17(3) is left."),
)
