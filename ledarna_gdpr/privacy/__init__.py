"""The registry of personal data: what is kept, why, until when, and what becomes of it.

Every app has a ``privacy``, found at start-up as its ``admin`` is, which declares its models.
The engines know nothing but these declarations. Nothing here knows an app by name, and nothing
here has a table.
"""

from ledarna_gdpr.privacy.actions import Anonymise, Delete, Empty, Reduce, Retain, Scrub
from ledarna_gdpr.privacy.anchors import AccountingYear, After, Until, With
from ledarna_gdpr.privacy.answers import Masked, Outside, Recipient
from ledarna_gdpr.privacy.declarations import Also, PersonalData, SubjectData, Trace
from ledarna_gdpr.privacy.registry import registry
from ledarna_gdpr.privacy.rules import Period, Rule
from ledarna_gdpr.privacy.words import (
    Category,
    Condition,
    Consent,
    Ground,
    LegalBasis,
    MaskingGround,
    Outcome,
    Purpose,
    Source,
)

register = registry.register
not_personal = registry.not_personal
pseudonymous = registry.pseudonymous

__all__ = [
    "AccountingYear",
    "After",
    "Also",
    "Anonymise",
    "Category",
    "Condition",
    "Consent",
    "Delete",
    "Empty",
    "Ground",
    "LegalBasis",
    "Masked",
    "MaskingGround",
    "Outcome",
    "Outside",
    "Period",
    "PersonalData",
    "Purpose",
    "Recipient",
    "Reduce",
    "Retain",
    "Rule",
    "Scrub",
    "Source",
    "SubjectData",
    "Trace",
    "Until",
    "With",
    "not_personal",
    "pseudonymous",
    "register",
    "registry",
]
