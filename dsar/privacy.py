"""What answering for personal data keeps about people."""

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from dsar import purposes, rules
from dsar.models import (
    AccessPackage,
    DataProtectionOfficer,
    FileRemoval,
    JournalEntry,
    LedgerPosition,
    LegalHold,
    Masking,
    NoticeVersion,
    PeriodChange,
    PlanLine,
    Receipt,
    SubjectRequest,
    SuspendedErasure,
    SweepRun,
)
from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    After,
    Anonymise,
    Category,
    Delete,
    Ground,
    PersonalData,
    Retain,
    Source,
    Trace,
    With,
)

EMPLOYEE = _("The name of an employee (Art. 15(4)).")


@privacy.register(SubjectRequest)
class SubjectRequestData(PersonalData):
    """The file of a request outlives the person, without naming her."""

    purpose = purposes.RIGHTS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "kind": Category.PROCESSING,
        "channel": Category.PROCESSING,
        "status": Category.PROCESSING,
        "name": Category.IDENTITY,
        "contact": Category.CONTACT,
        "message": Category.COMMUNICATION,
        "received_at": Category.PROCESSING,
        "identification": Category.PROCESSING,
        "extension_reason": Category.PROCESSING,
        "extended_at": Category.PROCESSING,
        "decision_reason": Category.PROCESSING,
        "decided_at": Category.PROCESSING,
        "decided_by": Category.PROCESSING,
        "closed_at": Category.PROCESSING,
        "notice_version": Category.PROCESSING,
    }
    technical = {"id", "public_id", "package_sha256"}
    withheld = {"decided_by": EMPLOYEE}
    provided = {"name", "contact", "message"}
    source = Source.SUBJECT
    retention = (After("closed_at", rules.R27),)
    on_erasure = Anonymise(
        empty={"name", "contact", "message", "extension_reason", "decision_reason"}, link="member"
    )


class RequestPartData(PersonalData):
    """Parts of a request's file, without content, that go with it."""

    purpose = purposes.ACCOUNTABILITY
    subject = "request__member"
    technical = {"id", "request"}
    source = Source.SYSTEM
    retention = (With("request"),)
    on_erasure = Anonymise()


@privacy.register(AccessPackage)
class AccessPackageData(RequestPartData):
    purpose = purposes.RIGHTS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "file": Category.PROCESSING,
        "made_at": Category.PROCESSING,
        "fetched_at": Category.PROCESSING,
    }
    technical = {"id", "public_id", "request", "sha256"}
    withheld = {"file": _("It is an earlier copy of this very answer (Art. 15(3)).")}
    retention = (After("made_at", rules.R28), With("member"), With("request"))
    on_erasure = Delete()


@privacy.register(PlanLine)
class PlanLineData(RequestPartData):
    fields = {
        "model": Category.PROCESSING,
        "outcome": Category.PROCESSING,
        "ground": Category.PROCESSING,
        "rule": Category.PROCESSING,
        "until": Category.PROCESSING,
        "count": Category.PROCESSING,
    }


@privacy.register(JournalEntry)
class JournalEntryData(RequestPartData):
    fields = {"step": Category.PROCESSING, "at": Category.PROCESSING}


@privacy.register(Masking)
class MaskingData(RequestPartData):
    fields = {"ground": Category.PROCESSING, "count": Category.PROCESSING}
    technical = {"id", "request", "model", "record", "field"}


@privacy.register(Receipt)
class ReceiptData(RequestPartData):
    fields = {"at": Category.PROCESSING, "count": Category.PROCESSING}
    technical = {"id", "request", "run", "model", "outcome", "rule", "belonged_to"}
    retention = (After("at", rules.R32),)


@privacy.register(LegalHold)
class LegalHoldData(PersonalData):
    purpose = purposes.ACCOUNTABILITY
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "reason": Category.PROCESSING,
        "set_by": Category.PROCESSING,
        "set_on": Category.PROCESSING,
        "until": Category.PROCESSING,
    }
    technical = {"id", "model", "record"}
    withheld = {"set_by": EMPLOYEE}
    source = Source.STAFF
    retention = (After("until", rules.HOLD), With("member"))


@privacy.register(SuspendedErasure)
class SuspendedErasureData(PersonalData):
    purpose = purposes.ACCOUNTABILITY
    subject = "member"
    fields = {"member": Category.MEMBERSHIP, "since": Category.PROCESSING}
    technical = {"id", "model", "record", "mention"}
    source = Source.SYSTEM
    retention = (With("member"),)


@privacy.register(PeriodChange)
class PeriodChangeData(PersonalData):
    """Decisions of employees, whose accounts are never a member's."""

    purpose = purposes.ACCOUNTABILITY
    subject = "proposed_by__member"
    fields = {
        "reason": Category.PROCESSING,
        "proposed_by": Category.PROCESSING,
        "proposed_at": Category.PROCESSING,
        "approved_by": Category.PROCESSING,
        "approved_at": Category.PROCESSING,
    }
    technical = {"id", "rule", "years", "months", "days"}
    withheld = {"approved_by": EMPLOYEE}
    source = Source.STAFF
    retention = (After("proposed_at", rules.DECISION),)
    on_erasure = Retain(Ground.LEGAL_OBLIGATION)


@privacy.register(LogEntry)
class LogEntryData(Trace):
    """Who changed what in the admin."""

    purpose = purposes.ACCOUNTABILITY
    fields = {
        "user": Category.PROCESSING,
        "object_id": Category.PROCESSING,
        "object_repr": Category.PROCESSING,
        "change_message": Category.PROCESSING,
        "action_time": Category.PROCESSING,
    }
    technical = {"id", "content_type", "action_flag"}
    withheld = {"user": EMPLOYEE}
    source = Source.STAFF


privacy.not_personal(
    SweepRun,
    LedgerPosition,
    because=_("Days and numbers of the erasing itself; no person is in them."),
)
privacy.not_personal(
    FileRemoval, because=_("Random file names that wait for removal, most often for seconds.")
)
privacy.not_personal(
    NoticeVersion,
    DataProtectionOfficer,
    because=_("Texts and names that the organisation publishes itself."),
)
