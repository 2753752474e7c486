"""What courses, webinars and meetings keep about people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses import purposes, rules
from courses.models import (
    Attendance,
    AttendanceImport,
    BallotBox,
    CodedReply,
    ColumnMapping,
    Invitation,
    Occasion,
    OccasionMessage,
    Platform,
    Pseudonym,
    Question,
    Registration,
    Reply,
    Result,
    RollEntry,
    SpecialNeed,
    Survey,
    SurveyConsent,
    VotingRoll,
)
from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    After,
    Anonymise,
    Category,
    Empty,
    Ground,
    PersonalData,
    Recipient,
    Retain,
    Scrub,
    Source,
    With,
)
from members.rules import IMPORT_FILE, R1, R22

CAME_TO_NOTHING = Q(status__in=[Registration.Status.CANCELLED, Registration.Status.WAITING])
#: Whoever takes part on a platform is seen by the company behind it (P20–P25, P49).
PLATFORM = Recipient(
    name="occasion__platform__company",
    country="occasion__platform__country",
    safeguard="occasion__platform__mechanism",
    data="occasion__platform__shares",
    notice="occasion__platform__policy_url",
)


@privacy.register(Registration)
class RegistrationData(PersonalData):
    purpose = purposes.COURSES
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "occasion": Category.ACTIVITY,
        "status": Category.ACTIVITY,
        "registered_at": Category.ACTIVITY,
        "cancelled_at": Category.ACTIVITY,
        "invoice_reference": Category.FINANCIAL,
        "notice_version": Category.PROCESSING,
    }
    technical = {"id", "public_id"}
    shown_as = {"occasion": "occasion__title"}
    provided = {"occasion", "registered_at", "cancelled_at", "invoice_reference", "status"}
    source = Source.SUBJECT
    recipient = PLATFORM
    needed = ~CAME_TO_NOTHING
    retention = (
        After("member__left_on", rules.R12),
        After("occasion__ends_at", rules.R13, only=CAME_TO_NOTHING),
        After("occasion__ends_at", rules.R13, only=~Q(invoice_reference="")).then(
            Empty(fields={"invoice_reference"})
        ),
        With("member"),
    )


@privacy.register(SpecialNeed)
class SpecialNeedData(PersonalData):
    purpose = purposes.SPECIAL_NEEDS
    subject = "registration__member"
    fields = {
        "registration": Category.ACTIVITY,
        "kinds": Category.HEALTH,
        "description": Category.HEALTH,
        "asked_at": Category.ACTIVITY,
    }
    technical = {"id"}
    shown_as = {"registration": "registration__occasion__title"}
    provided = {"kinds", "description"}
    source = Source.SUBJECT
    retention = (
        After("registration__occasion__ends_at", rules.R14),
        With("registration"),
    )
    receipt_for = "registration__occasion"


@privacy.register(OccasionMessage)
class OccasionMessageData(PersonalData):
    """It tells about the employee who wrote it; to whom it went is told by registrations."""

    purpose = purposes.COURSES
    subject = "sent_by__member"
    fields = {
        "subject": Category.COMMUNICATION,
        "body": Category.COMMUNICATION,
        "sent_by": Category.PROCESSING,
        "created_at": Category.PROCESSING,
        "finished_at": Category.PROCESSING,
    }
    technical = {
        "id",
        "occasion",
        "heartbeat_at",
        "reached",
        "recipients",
        "queued",
        "without_address",
    }
    source = Source.STAFF
    retention = (After("occasion__ends_at", rules.R13),)


@privacy.register(Occasion.organisers.through)
class OrganiserData(PersonalData):
    """Which employee organises what. Taken off in the form of the occasion, by Django itself."""

    purpose = purposes.COURSES
    subject = "user__member"
    fields = {"user": Category.PROCESSING, "occasion": Category.PROCESSING}
    technical = {"id"}
    source = Source.STAFF
    retention = (With("user"),)
    owner_may_delete = True


privacy.not_personal(
    Platform, Platform.history.model, because=_("Companies, and what the law asks of them.")
)
privacy.not_personal(
    Occasion,
    Occasion.history.model,
    because=_("What is held, where and when; who comes is declared with the registration."),
)


# --- surveys ----------------------------------------------------------------------------------


def linked_to(survey: str) -> tuple[After, After]:
    """Closing a survey destroys what links answers to members; this, where it failed to close."""
    last_day = f"{survey}__closes_on"
    return (
        After(last_day, rules.R15, only=Q(**{f"{survey}__kind": Survey.Kind.EVALUATION})),
        After(last_day, rules.R21, only=Q(**{f"{survey}__kind": Survey.Kind.OPINION})),
    )


@privacy.register(Invitation)
class InvitationData(PersonalData):
    purpose = purposes.SURVEYS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "survey": Category.ACTIVITY,
        "declined_on": Category.ACTIVITY,
    }
    technical = {"id", "round"}
    source = Source.SYSTEM
    retention = (*linked_to("survey"), With("member", R1))


@privacy.register(Reply)
class ReplyData(PersonalData):
    purpose = purposes.SURVEYS
    subject = "invitation__member"
    fields = {"invitation": Category.MEMBERSHIP, "contents": Category.OPINION}
    provided = {"contents"}
    source = Source.SUBJECT
    retention = (*linked_to("invitation__survey"), With("invitation"))


@privacy.register(Pseudonym)
class PseudonymData(PersonalData):
    purpose = purposes.SURVEYS
    subject = "invitation__member"
    fields = {"code": Category.PROCESSING, "invitation": Category.MEMBERSHIP}
    withheld = {
        "code": _("Whoever knew the code could find your answers among the others (Art. 32).")
    }
    source = Source.SYSTEM
    retention = (*linked_to("invitation__survey"), With("invitation"))


@privacy.register(CodedReply)
class CodedReplyData(PersonalData):
    purpose = purposes.SURVEYS
    subject = "pseudonym__invitation__member"
    fields = {"pseudonym": Category.MEMBERSHIP, "contents": Category.OPINION}
    provided = {"contents"}
    source = Source.SUBJECT
    retention = (*linked_to("pseudonym__invitation__survey"), With("pseudonym"))


@privacy.register(SurveyConsent)
class SurveyConsentData(PersonalData):
    purpose = purposes.SURVEY_CONSENTS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "survey": Category.ACTIVITY,
        "wording": Category.PROCESSING,
        "notice_version": Category.PROCESSING,
        "given_on": Category.ACTIVITY,
        "withdrawn_on": Category.ACTIVITY,
    }
    technical = {"id"}
    source = Source.SUBJECT
    retention = (
        After("withdrawn_on", R22),
        After("survey__closed_on", R22),
    )
    on_erasure = Retain(Ground.LEGAL_OBLIGATION)


privacy.not_personal(
    Survey, Question, because=_("What is asked, and of which occasion; not who is asked.")
)
privacy.not_personal(
    Result,
    because=_("Numbers, and texts in random order, that nothing links to who answered."),
)
privacy.not_personal(
    BallotBox,
    because=_(
        "Answers without a name, and keyed hashes that tell nobody whose they are and that go "
        "when the survey closes."
    ),
)


# --- attendance and voting rolls --------------------------------------------------------------

EMPLOYEE = _("The name of the employee who did it (Art. 15(4)).")


@privacy.register(Attendance)
class AttendanceData(PersonalData):
    """Two clocks: the address goes first, the rest when faults are no longer looked for.

    A suggestion is a guess about somebody else's row until it is confirmed.
    """

    purpose = purposes.DIGITAL_MEETINGS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "suggested": Category.MEMBERSHIP,
        "occasion": Category.ACTIVITY,
        "display_name": Category.IDENTITY,
        "joined_at": Category.ACTIVITY,
        "left_at": Category.ACTIVITY,
        "minutes": Category.ACTIVITY,
        "ip_address": Category.ACTIVITY,
        "is_phone": Category.ACTIVITY,
        "key": Category.ACTIVITY,
        "matched_by": Category.PROCESSING,
        "matched_at": Category.PROCESSING,
    }
    technical = {"id", "report"}
    withheld = {
        "key": _("A key by which a row is found again; it tells nothing beyond name and time."),
        "matched_by": EMPLOYEE,
        "suggested": _("A guess that has been decided on; what was decided is told."),
    }
    source = Source.PLATFORM
    recipient = PLATFORM
    mentions = {"suggested": Scrub()}
    retention = (
        After("occasion__ends_at", rules.R17, only=Q(ip_address__isnull=False)).then(
            Empty(fields={"ip_address"})
        ),
        After("occasion__ends_at", rules.R16),
        With("member"),
    )


@privacy.register(AttendanceImport)
class AttendanceImportData(PersonalData):
    """The import tells about the employee who ran it; its files, about everyone in them."""

    purpose = purposes.DIGITAL_MEETINGS
    subject = "created_by__member"
    fields = {
        "file": Category.ACTIVITY,
        "plan": Category.ACTIVITY,
        "created_by": Category.PROCESSING,
        "created_at": Category.PROCESSING,
        "finished_at": Category.PROCESSING,
    }
    technical = {
        "id",
        "public_id",
        "occasion",
        "mapping",
        "meeting",
        "kind",
        "status",
        "heartbeat_at",
        "rows",
        "participants",
        "callers",
        "no_shows",
        "waiting",
        "suggested",
        "new",
        "changed",
        "unchanged",
        "dropped",
        "problems",
        "answers",
    }
    withheld = dict.fromkeys(("file", "plan"), _("It holds other people's data (Art. 15(4))."))
    source = Source.PLATFORM
    retention = (After("created_at", IMPORT_FILE),)


@privacy.register(VotingRoll)
class VotingRollData(PersonalData):
    """The roll tells about the employee who made it; the names on it are declared by themselves."""

    purpose = purposes.VOTING
    subject = "made_by__member"
    fields = {
        "made_by": Category.PROCESSING,
        "made_at": Category.PROCESSING,
        "locked_by": Category.PROCESSING,
        "locked_at": Category.PROCESSING,
    }
    technical = {"id", "occasion", "version", "scope", "cut_off_at", "minutes_approved_on"}
    withheld = {"locked_by": EMPLOYEE}
    source = Source.STAFF
    retention = (After("minutes_approved_on", rules.R18),)
    on_erasure = Anonymise(link="made_by")


@privacy.register(RollEntry)
class RollEntryData(PersonalData):
    """Whoever is erased meanwhile stays on the roll until a vote can no longer be challenged."""

    purpose = purposes.VOTING
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "roll": Category.ACTIVITY,
        "name": Category.IDENTITY,
        "number": Category.ACTIVITY,
        "mandate": Category.MEMBERSHIP,
        "votes": Category.MEMBERSHIP,
        "substitute_for": Category.MEMBERSHIP,
    }
    technical = {"id"}
    source = Source.STAFF
    retention = (After("roll__minutes_approved_on", rules.R18),)
    on_erasure = Retain(Ground.LEGAL_CLAIMS)


privacy.not_personal(ColumnMapping, because=_("What a platform calls the columns of its reports."))
