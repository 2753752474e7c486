from dsar.models.controller import DataProtectionOfficer, NoticeVersion
from dsar.models.erasure import (
    FileRemoval,
    JournalEntry,
    LedgerPosition,
    LegalHold,
    PlanLine,
    Receipt,
    SuspendedErasure,
)
from dsar.models.packages import AccessPackage, Masking
from dsar.models.requests import SubjectRequest
from dsar.models.retention import PeriodChange, SweepRun

__all__ = [
    "AccessPackage",
    "DataProtectionOfficer",
    "FileRemoval",
    "JournalEntry",
    "LedgerPosition",
    "LegalHold",
    "Masking",
    "NoticeVersion",
    "PeriodChange",
    "PlanLine",
    "Receipt",
    "SubjectRequest",
    "SuspendedErasure",
    "SweepRun",
]
