from dsar.models.controller import DataProtectionOfficer, NoticeVersion
from dsar.models.erasure import (
    FileRemoval,
    JournalEntry,
    LedgerPosition,
    LegalHold,
    PlanLine,
    Receipt,
)
from dsar.models.packages import AccessPackage
from dsar.models.requests import SubjectRequest
from dsar.models.retention import PeriodChange, SweepRun

__all__ = [
    "AccessPackage",
    "DataProtectionOfficer",
    "FileRemoval",
    "JournalEntry",
    "LedgerPosition",
    "LegalHold",
    "NoticeVersion",
    "PeriodChange",
    "PlanLine",
    "Receipt",
    "SubjectRequest",
    "SweepRun",
]
