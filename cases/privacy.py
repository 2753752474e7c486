"""What the cases keep about people."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import purposes, rules, text
from cases.kinds import CLAIMS, KINDS, Kind
from cases.models import (
    ART_18,
    Case,
    CaseDisclosure,
    CaseEvent,
    Document,
    EmergencyAccess,
    Grant,
    Message,
    Note,
    Occurrence,
    Participant,
    RestrictionGround,
    Team,
    TeamMembership,
)
from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    After,
    Also,
    Category,
    Ground,
    Outside,
    Period,
    PersonalData,
    Recipient,
    Retain,
    Rule,
    Scrub,
    Source,
    Until,
    With,
)
from members.purposes import ACCOUNTS
from members.rules import ERASED

OTHERS = _("It is another person's (Art. 15(4)).")
EMPLOYEE = _("Which employee it was, unless you need it (C-579/21).")
STRATEGY = _("Legal strategy in your case, which the other side must not get (Art. 15(4)).")
UNFINISHED = _("Drafts that are less than a year old: dataskyddslagen 5 kap. 2 §.")


def _clocks() -> Iterator[After]:
    """A clock for each rule and the date it counts from, as the table of kinds has them.

    What its person has had restricted is not destroyed under her hands (Art. 18(2)); what has to
    be reviewed is not due before it has been.
    """
    same: dict[tuple[Rule, str, bool], list[Kind]] = defaultdict(list)
    for kind, facts in KINDS.items():
        same[facts.rule, facts.clock, facts.is_reviewed].append(kind)
    for (rule, clock, is_reviewed), kinds in same.items():
        only = Q(kind__in=kinds) & ~Q(restriction_ground__in=ART_18)
        if is_reviewed:
            only &= Q(erasure_reviewed_at__isnull=False)
        yield After(clock, rule, only=only)


class AnyCaseData(PersonalData):
    purpose = purposes.SUPPORT
    also = {
        purposes.COACHING: Also(rules=(rules.R10,)),
        purposes.SERVICE: Also(rules=(rules.R11,)),
    }
    source = Source.STAFF


@privacy.register(Case)
class CaseData(AnyCaseData):
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "kind": Category.CASE,
        "status": Category.CASE,
        "subject": Category.CASE,
        "is_opened_by_member": Category.CASE,
        "concerns_health": Category.HEALTH,
        "team": Category.PROCESSING,
        "handler": Category.PROCESSING,
        "opened_at": Category.ACTIVITY,
        "due_on": Category.PROCESSING,
        "closed_at": Category.ACTIVITY,
        "concluded_on": Category.CASE,
        "last_contact_at": Category.ACTIVITY,
        "erasure_reviewed_at": Category.PROCESSING,
        "restricted_at": Category.PROCESSING,
        "restriction_ground": Category.PROCESSING,
        "restricted_until": Category.PROCESSING,
        "notice_version": Category.PROCESSING,
    }
    technical = {"id", "public_id"}
    shown_as = {"team": "team__name"}
    withheld = {"handler": EMPLOYEE}
    masked = {"subject": text.mask}
    provided = {"subject"}
    provided_records = Q(is_opened_by_member=True)
    retention = (
        *_clocks(),
        Until(
            "restricted_until",
            ERASED,
            # Of these, an index knows the restricted ones alone.
            only=Q(restriction_ground=RestrictionGround.ERASURE, restricted_at__isnull=False),
        ),
    )
    on_erasure = Retain(Ground.LEGAL_CLAIMS, only=Q(kind__in=CLAIMS))
    needed = ~Q(status=Case.STATUS.CLOSED)


class CasePartData(AnyCaseData):
    """What hangs on a case and shares its fate."""

    subject = "case__member"
    technical = {"id", "case"}
    retention = (With("case"),)
    on_erasure = With("case")


@privacy.register(Note)
class NoteData(CasePartData):
    fields = {
        "author": Category.PROCESSING,
        "at": Category.ACTIVITY,
        "created_at": Category.ACTIVITY,
        "channel": Category.CASE,
        "service": Category.CASE,
        "body": Category.CASE,
        "status": Category.PROCESSING,
        "finalised_at": Category.PROCESSING,
        "is_protocol": Category.CASE,
    }
    technical = {"id", "case", "corrects"}
    withheld = {"author": EMPLOYEE}
    masked = {"body": text.mask}
    outside = (
        Outside(
            only=Q(status=Note.Status.DRAFT),
            because=UNFINISHED,
            since="created_at",
            period=Period(years=1),
        ),
    )
    retention = (
        After(
            "case__concluded_on",
            rules.R8_NOTES,
            only=Q(case__kind=Kind.NEGOTIATION, is_protocol=False)
            & ~Q(case__restriction_ground__in=ART_18),
        ),
        With("case"),
    )


@privacy.register(Message)
class MessageData(CasePartData):
    fields = {
        "is_from_member": Category.COMMUNICATION,
        "author": Category.PROCESSING,
        "body": Category.COMMUNICATION,
        "at": Category.ACTIVITY,
    }
    withheld = {"author": EMPLOYEE}
    provided = {"body"}
    provided_records = Q(is_from_member=True)
    source = Source.SUBJECT


@privacy.register(Document)
class DocumentData(CasePartData):
    fields = {
        "file": Category.CASE,
        "name": Category.CASE,
        "content_type": Category.CASE,
        "size": Category.CASE,
        "sha256": Category.CASE,
        "is_from_member": Category.CASE,
        "uploaded_by": Category.PROCESSING,
        "uploaded_at": Category.ACTIVITY,
        "is_privileged": Category.PROCESSING,
    }
    technical = {"id", "public_id", "case", "note", "message"}
    withheld = {"uploaded_by": EMPLOYEE}
    outside = (Outside(only=Q(is_privileged=True), because=STRATEGY),)
    provided = {"file", "name"}
    provided_records = Q(is_from_member=True)
    source = Source.SUBJECT


@privacy.register(Participant)
class ParticipantData(CasePartData):
    fields = {
        "number": Category.CASE,
        "role": Category.CASE,
        "name": Category.IDENTITY,
        "organisation": Category.EMPLOYMENT,
        "contact": Category.CONTACT,
        "member": Category.MEMBERSHIP,
    }
    withheld = dict.fromkeys(("name", "organisation", "contact", "member"), OTHERS)
    mentions = {"member": Scrub(empty={"name", "organisation", "contact"})}


@privacy.register(Occurrence)
class OccurrenceData(CasePartData):
    fields = {
        "kind": Category.CASE,
        "on": Category.CASE,
        "recorded_by": Category.PROCESSING,
        "recorded_at": Category.PROCESSING,
    }
    withheld = {"recorded_by": EMPLOYEE}


@privacy.register(CaseEvent)
class CaseEventData(CasePartData):
    fields = {
        "kind": Category.PROCESSING,
        "at": Category.ACTIVITY,
        "by": Category.PROCESSING,
        "team": Category.PROCESSING,
        "old_kind": Category.CASE,
        "new_kind": Category.CASE,
        "old_rule": Category.PROCESSING,
        "new_rule": Category.PROCESSING,
        "reason": Category.PROCESSING,
    }
    shown_as = {"team": "team__name"}
    withheld = {"by": EMPLOYEE}
    masked = {"reason": text.mask}
    source = Source.SYSTEM


@privacy.register(Grant)
class GrantData(CasePartData):
    fields = {
        "user": Category.PROCESSING,
        "reason": Category.PROCESSING,
        "granted_by": Category.PROCESSING,
        "granted_at": Category.PROCESSING,
        "until": Category.PROCESSING,
    }
    withheld = {"user": EMPLOYEE, "granted_by": EMPLOYEE}
    masked = {"reason": text.mask}


@privacy.register(EmergencyAccess)
class EmergencyAccessData(CasePartData):
    fields = {
        "user": Category.PROCESSING,
        "reason": Category.PROCESSING,
        "at": Category.PROCESSING,
        "until": Category.PROCESSING,
        "followed_up_by": Category.PROCESSING,
        "followed_up_at": Category.PROCESSING,
    }
    withheld = {"user": EMPLOYEE, "followed_up_by": EMPLOYEE}
    masked = {"reason": text.mask}


@privacy.register(CaseDisclosure)
class CaseDisclosureData(CasePartData):
    fields = {
        "recipient_name": Category.PROCESSING,
        "country": Category.PROCESSING,
        "safeguard": Category.PROCESSING,
        "data": Category.PROCESSING,
        "documents": Category.PROCESSING,
        "necessity": Category.PROCESSING,
        "basis": Category.PROCESSING,
        "condition": Category.PROCESSING,
        "requested_by": Category.PROCESSING,
        "requested_at": Category.PROCESSING,
        "approved_by": Category.PROCESSING,
        "approved_at": Category.PROCESSING,
        "disclosed_at": Category.PROCESSING,
    }
    technical = {"id", "case", "participant"}
    withheld = {"requested_by": EMPLOYEE, "approved_by": EMPLOYEE}
    masked = {"data": text.mask, "necessity": text.mask}
    recipient = Recipient(
        name="recipient_name", country="country", safeguard="safeguard", data="data"
    )


@privacy.register(TeamMembership)
class TeamMembershipData(PersonalData):
    """An employee's; one who is a member has another account for that."""

    purpose = ACCOUNTS
    subject = "user__member"
    fields = {"user": Category.MEMBERSHIP, "is_lead": Category.PROCESSING}
    technical = {"id", "team"}
    source = Source.STAFF
    retention = (With("user"),)


privacy.not_personal(
    Team, because=_("Names of the organisation's units and what kinds of case they take.")
)
