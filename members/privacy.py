"""What the member register and its accounts keep about people."""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    AccountingYear,
    After,
    Also,
    Category,
    Delete,
    Empty,
    Ground,
    PersonalData,
    Reduce,
    Retain,
    Source,
    SubjectData,
    Until,
    With,
)
from members import choices, purposes, rules
from members.models import (
    Application,
    Bounce,
    Consent,
    ConsentWording,
    Fee,
    FollowUp,
    ImportIssue,
    ImportJob,
    LoginRecord,
    Mailing,
    MailingRecipient,
    Member,
    MembershipPeriod,
    Objection,
    OutgoingMail,
    Payment,
    ReadLog,
    SalaryTable,
    Session,
    Suppression,
    ToolResult,
    UnsubscribeLink,
    User,
    Withdrawal,
)

EMPLOYEE = _("The name of an employee (Art. 15(4)).")
SECRET = _("It would let a reader of the answer log in as you (Art. 32).")

PERSON = {
    "given_names": Category.IDENTITY,
    "family_name": Category.IDENTITY,
    "preferred_name": Category.IDENTITY,
    "personnummer": Category.NATIONAL_ID,
    "personnummer_hash": Category.NATIONAL_ID,
    "email": Category.CONTACT,
    "phone": Category.CONTACT,
    "care_of": Category.CONTACT,
    "street_address": Category.CONTACT,
    "postal_code": Category.CONTACT,
    "city": Category.CONTACT,
    "country": Category.CONTACT,
    "employer": Category.EMPLOYMENT,
    "job_title": Category.EMPLOYMENT,
}
PROVIDED = set(PERSON) - {"personnummer_hash"}
HASH = {
    "personnummer_hash": _("A key by which we find your number; it tells nothing beyond it."),
}
#: What it takes to send something to somebody who is a member.
REACHED_BY = ("email", "phone", "street_address", "left_on", "protection")
#: What mailings are for besides newsletters.
OTHER_MAILINGS = (purposes.INVITATIONS, purposes.OFFERS, purposes.NOTICES)
OWES_A_FEE = Exists(Fee.objects.filter(member=OuterRef("pk")).outstanding())
STUB = Reduce(
    keep={"member_number", "given_names", "family_name", "personnummer_hash", "left_on"},
    markers=("reduced_at",),
)


@privacy.register(Member)
class MemberData(SubjectData):
    purpose = purposes.REGISTER
    token = "public_id"  # noqa: S105 - a field name
    agreement_ended_on = "left_on"
    restricted_at = "restricted_at"
    stub = STUB
    fields = PERSON | {
        "member_number": Category.MEMBERSHIP,
        "left_on": Category.MEMBERSHIP,
        "protection": Category.PROTECTION,
        "provenance": Category.PROCESSING,
    }
    technical = {"id", "public_id", "reduced_at", "restricted_at"}
    withheld = HASH
    provided = PROVIDED
    optional = {"preferred_name", "phone", "employer", "job_title"}
    also = dict.fromkeys(
        (purposes.NOTICES, purposes.NEWSLETTER, purposes.INVITATIONS, purposes.OFFERS),
        Also(fields=REACHED_BY),
    )
    source = Source.APPLICATION
    provenance = "provenance"
    vocabulary = {
        "given_names": "givenName",
        "family_name": "familyName",
        "preferred_name": "alternateName",
        "email": "email",
        "phone": "telephone",
        "street_address": "streetAddress",
        "postal_code": "postalCode",
        "city": "addressLocality",
        "country": "addressCountry",
        "employer": "worksFor",
        "job_title": "jobTitle",
        "member_number": "membershipNumber",
    }
    retention = (
        After("left_on", rules.R1, only=Q(reduced_at=None) & ~Q(OWES_A_FEE)).then(STUB),
        After("left_on", rules.R2),
        Until("restricted_at", rules.ERASED),
    )
    on_erasure = Delete()


@privacy.register(MembershipPeriod)
class MembershipPeriodData(PersonalData):
    purpose = purposes.REGISTER
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "started_on": Category.MEMBERSHIP,
        "ended_on": Category.MEMBERSHIP,
        "exit_reason": Category.MEMBERSHIP,
    }
    technical = {"id"}
    provided = {"exit_reason"}
    source = Source.STAFF
    retention = (With("member"),)


@privacy.register(Application)
class ApplicationData(PersonalData):
    purpose = purposes.APPLICATIONS
    subject = "member"
    fields = PERSON | {
        "member": Category.MEMBERSHIP,
        "status": Category.PROCESSING,
        "notice_version": Category.PROCESSING,
        "last_activity_at": Category.ACTIVITY,
        "decided_at": Category.PROCESSING,
        "decided_by": Category.PROCESSING,
    }
    technical = {"id", "public_id"}
    withheld = HASH | {"decided_by": _("The name of the employee who decided (Art. 15(4)).")}
    provided = PROVIDED
    source = Source.SUBJECT
    retention = (
        After("last_activity_at", rules.R3),
        With("member", rules.R1),
    )


@privacy.register(Fee)
class FeeData(PersonalData):
    purpose = purposes.ACCOUNTING
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "amount": Category.FINANCIAL,
        "fiscal_year_ends_on": Category.FINANCIAL,
        "covers_from": Category.FINANCIAL,
        "covers_to": Category.FINANCIAL,
        "due_on": Category.FINANCIAL,
        "settled_on": Category.FINANCIAL,
    }
    technical = {"id"}
    source = Source.SYSTEM
    retention = (
        AccountingYear("fiscal_year_ends_on", rules.R4, only=Q(settled_on__isnull=False)),
        After("due_on", rules.R5, only=Q(settled_on=None)),
    )
    on_erasure = Retain(Ground.LEGAL_OBLIGATION)


@privacy.register(Payment)
class PaymentData(PersonalData):
    purpose = purposes.ACCOUNTING
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "amount": Category.FINANCIAL,
        "fiscal_year_ends_on": Category.FINANCIAL,
        "paid_on": Category.FINANCIAL,
        "reference": Category.FINANCIAL,
    }
    technical = {"id", "fee"}
    source = Source.SYSTEM
    retention = (AccountingYear("fiscal_year_ends_on", rules.R4),)
    on_erasure = Retain(Ground.LEGAL_OBLIGATION)


@privacy.register(User)
class UserData(PersonalData):
    purpose = purposes.ACCOUNTS
    subject = "member"
    fields = {
        "email": Category.CONTACT,
        "name": Category.IDENTITY,
        "member": Category.MEMBERSHIP,
        "password": Category.CREDENTIALS,
        "last_login": Category.ACTIVITY,
        "date_joined": Category.ACTIVITY,
    }
    technical = {"id", "is_active", "is_staff", "is_superuser"}
    withheld = {"password": SECRET}
    source = Source.SUBJECT
    retention = (With("member", rules.R1),)


class AccountData(PersonalData):
    """What hangs on an account and goes with it."""

    purpose = purposes.ACCOUNTS
    subject = "user__member"
    technical = {"id"}
    source = Source.SUBJECT
    retention = (With("user"),)
    owner_may_delete = True


@privacy.register(EmailAddress)
class EmailAddressData(AccountData):
    fields = {"email": Category.CONTACT, "user": Category.MEMBERSHIP}
    technical = {"id", "verified", "primary"}


@privacy.register(EmailConfirmation)
class EmailConfirmationData(AccountData):
    subject = "email_address__user__member"
    fields = {"key": Category.CREDENTIALS, "email_address": Category.CONTACT}
    technical = {"id", "created", "sent"}
    withheld = {"key": SECRET}
    retention = (With("email_address"),)


@privacy.register(Authenticator)
class AuthenticatorData(AccountData):
    fields = {
        "user": Category.MEMBERSHIP,
        "type": Category.CREDENTIALS,
        "data": Category.CREDENTIALS,
        "created_at": Category.ACTIVITY,
        "last_used_at": Category.ACTIVITY,
    }
    withheld = {"data": SECRET}


@privacy.register(SocialAccount)
class SocialAccountData(AccountData):
    fields = {
        "user": Category.MEMBERSHIP,
        "provider": Category.CREDENTIALS,
        "uid": Category.CREDENTIALS,
        "extra_data": Category.CREDENTIALS,
        "last_login": Category.ACTIVITY,
        "date_joined": Category.ACTIVITY,
    }


@privacy.register(SocialToken)
class SocialTokenData(AccountData):
    subject = "account__user__member"
    fields = {
        "account": Category.MEMBERSHIP,
        "token": Category.CREDENTIALS,
        "token_secret": Category.CREDENTIALS,
    }
    technical = {"id", "app", "expires_at"}
    withheld = {"token": SECRET, "token_secret": SECRET}
    retention = (With("account"),)


@privacy.register(User.groups.through)
class UserGroupData(AccountData):
    fields = {"user": Category.MEMBERSHIP}
    technical = {"id", "group"}
    owner_may_delete = False


@privacy.register(User.user_permissions.through)
class UserPermissionData(AccountData):
    fields = {"user": Category.MEMBERSHIP}
    technical = {"id", "permission"}
    owner_may_delete = False


@privacy.register(Session)
class SessionData(AccountData):
    fields = {
        "session_key": Category.CREDENTIALS,
        "session_data": Category.CREDENTIALS,
        "user": Category.MEMBERSHIP,
    }
    technical = {"expire_date"}
    withheld = {"session_key": SECRET, "session_data": SECRET}
    retention = (Until("expire_date", rules.ENDED), With("user"))


@privacy.register(LoginRecord)
class LoginRecordData(AccountData):
    purpose = purposes.SECURITY
    fields = {
        "user": Category.MEMBERSHIP,
        "at": Category.ACTIVITY,
        "method": Category.ACTIVITY,
        "ip_address": Category.ACTIVITY,
        "succeeded": Category.ACTIVITY,
    }
    source = Source.SYSTEM
    retention = (
        After("at", rules.R31_ADDRESS, only=Q(ip_address__isnull=False)).then(
            Empty(fields={"ip_address"})
        ),
        After("at", rules.R31),
        After("at", rules.R31_FAILED, only=Q(succeeded=False)),
        With("user"),
    )
    owner_may_delete = False


@privacy.register(ReadLog)
class ReadLogData(PersonalData):
    """With the person gone its numbers lead to nobody; it stays as proof against misuse."""

    purpose = purposes.SECURITY
    subject = "subject_id"
    fields = {
        "at": Category.ACTIVITY,
        "actor_id": Category.PROCESSING,
        "subject_id": Category.MEMBERSHIP,
        "view": Category.PROCESSING,
        "purpose": Category.PROCESSING,
    }
    technical = {"id", "is_protected"}
    withheld = {"actor_id": _("Which employee it was, unless you need it (C-579/21).")}
    source = Source.SYSTEM
    retention = (
        After("at", rules.R30, only=Q(is_protected=False)),
        After("at", rules.R30_PROTECTED, only=Q(is_protected=True)),
    )
    on_erasure = Retain(Ground.LEGAL_OBLIGATION)


@privacy.register(OutgoingMail)
class OutgoingMailData(PersonalData):
    purpose = purposes.REGISTER
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "to": Category.CONTACT,
        "subject": Category.COMMUNICATION,
        "body": Category.COMMUNICATION,
        "created_at": Category.ACTIVITY,
    }
    technical = {"id", "status", "claimed_at", "link"}
    source = Source.SYSTEM
    retention = (After("created_at", rules.UNDELIVERED), With("member", rules.R1))


@privacy.register(ToolResult)
class ToolResultData(PersonalData):
    """The member's own: no agreement needs it, so it goes whenever she says so."""

    purpose = purposes.TOOLS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "tool": Category.ACTIVITY,
        "inputs": Category.OPINION,
        "result": Category.OPINION,
        "saved_at": Category.ACTIVITY,
        "last_opened_at": Category.ACTIVITY,
    }
    technical = {"id", "public_id"}
    provided = {"tool", "inputs"}
    source = Source.SUBJECT
    retention = (
        After("last_opened_at", rules.R20),
        After("member__left_on", rules.R20_EXIT),
    )
    needed = Q(pk__in=[])


@privacy.register(FollowUp)
class FollowUpData(PersonalData):
    """Two purposes, each with its own time; with that over, nothing of it is of use."""

    purpose = purposes.EXIT_SURVEY
    subject = "period__member"
    fields = {
        "period": Category.MEMBERSHIP,
        "purpose": Category.PROCESSING,
        "maximum": Category.PROCESSING,
        "sent": Category.PROCESSING,
        "last_sent_on": Category.PROCESSING,
        "ended_on": Category.PROCESSING,
        "ended_because": Category.PROCESSING,
    }
    technical = {"id"}
    also = {purposes.WIN_BACK: Also(rules=(rules.R25,))}
    source = Source.SYSTEM
    retention = (
        After("period__ended_on", rules.R24, only=Q(purpose=FollowUp.Purpose.EXIT_SURVEY)),
        After("period__ended_on", rules.R25, only=Q(purpose=FollowUp.Purpose.WIN_BACK)),
        With("period"),
    )


@privacy.register(Consent)
class ConsentData(PersonalData):
    """Proof of a yes, until five years after it stopped to count."""

    purpose = purposes.CHOICES
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "key": Category.PROCESSING,
        "wording": Category.PROCESSING,
        "notice_version": Category.PROCESSING,
        "given_at": Category.PROCESSING,
        "how": Category.PROCESSING,
        "recorded_by_id": Category.PROCESSING,
    }
    technical = {"id", "scope"}
    withheld = {"recorded_by_id": EMPLOYEE}
    provided = {"key", "given_at"}
    source = Source.SUBJECT
    retention = (
        After("withdrawal__withdrawn_at", rules.R22),
        After("member__left_on", rules.R22, only=Q(withdrawal=None)),
    )
    on_erasure = Retain(Ground.LEGAL_OBLIGATION)


@privacy.register(Withdrawal)
class WithdrawalData(PersonalData):
    purpose = purposes.CHOICES
    subject = "consent__member"
    fields = {
        "withdrawn_at": Category.PROCESSING,
        "how": Category.PROCESSING,
        "recorded_by_id": Category.PROCESSING,
    }
    technical = {"id", "consent"}
    withheld = {"recorded_by_id": EMPLOYEE}
    source = Source.SUBJECT
    retention = (With("consent"),)
    on_erasure = With("consent")


@privacy.register(Objection)
class ObjectionData(PersonalData):
    """A no goes with its person; a hash of hers stays, so that it holds if she comes again."""

    purpose = purposes.CHOICES
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "topic": Category.PROCESSING,
        "channel": Category.PROCESSING,
        "made_at": Category.PROCESSING,
        "how": Category.PROCESSING,
        "lifted_at": Category.PROCESSING,
        "lifted_how": Category.PROCESSING,
    }
    technical = {"id"}
    source = Source.SUBJECT
    retention = (With("member", rules.R1),)

    def leave_behind(self, records: QuerySet[Any], at: dt.datetime) -> None:
        choices.remember(records, at=at)


@privacy.register(UnsubscribeLink)
class UnsubscribeLinkData(PersonalData):
    purpose = purposes.CHOICES
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "topic": Category.PROCESSING,
        "channel": Category.PROCESSING,
        "public_id": Category.CREDENTIALS,
    }
    technical = {"id"}
    withheld = {"public_id": _("It stands in each message; whoever has it says no for you.")}
    source = Source.SYSTEM
    retention = (With("member", rules.R1),)


@privacy.register(Mailing)
class MailingData(PersonalData):
    """It tells about the employees who wrote, sent and approved it; its text, which is the same
    to everyone, tells about nobody."""

    purpose = purposes.NEWSLETTER
    subject = "created_by__member"
    fields = {
        "created_by": Category.PROCESSING,
        "created_at": Category.PROCESSING,
        "sent_by": Category.PROCESSING,
        "approved_by": Category.PROCESSING,
        "approved_at": Category.PROCESSING,
        "finished_at": Category.PROCESSING,
    }
    technical = {
        "id",
        "purpose",
        "audience",
        "region",
        "subject",
        "body",
        "status",
        "listed",
        "heartbeat_at",
    }
    also = dict.fromkeys(OTHER_MAILINGS, Also())
    withheld = {"sent_by": EMPLOYEE, "approved_by": EMPLOYEE}
    source = Source.STAFF
    retention = (After("created_at", rules.MAILING),)


@privacy.register(MailingRecipient)
class MailingRecipientData(PersonalData):
    purpose = purposes.NEWSLETTER
    subject = "member"
    fields = {
        "mailing": Category.COMMUNICATION,
        "member": Category.MEMBERSHIP,
        "status": Category.ACTIVITY,
        "reason": Category.PROCESSING,
    }
    technical = {"id", "mail"}
    also = dict.fromkeys(OTHER_MAILINGS, Also())
    source = Source.SYSTEM
    retention = (With("mailing"), With("member", rules.R1))


@privacy.register(Bounce)
class BounceData(PersonalData):
    purpose = purposes.REGISTER
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "address": Category.CONTACT,
        "at": Category.ACTIVITY,
    }
    technical = {"id"}
    source = Source.SYSTEM
    retention = (After("at", rules.BOUNCE), With("member", rules.R1))


@privacy.register(ImportJob)
class ImportJobData(PersonalData):
    """The job tells about the employee who ran it; its file, about everyone in it."""

    purpose = purposes.REGISTER
    subject = "created_by__member"
    fields = {
        "file": Category.MEMBERSHIP,
        "plan": Category.MEMBERSHIP,
        "created_by": Category.PROCESSING,
        "created_at": Category.PROCESSING,
        "finished_at": Category.PROCESSING,
    }
    technical = {
        "id",
        "public_id",
        "source",
        "status",
        "mode",
        "heartbeat_at",
        "rows",
        "rows_done",
        "new",
        "changed",
        "unchanged",
        "bad",
        "changes_by_column",
    }
    withheld = dict.fromkeys(("file", "plan"), _("It holds other people's data (Art. 15(4))."))
    source = Source.IMPORT
    retention = (After("created_at", rules.IMPORT_FILE),)


@privacy.register(ImportIssue)
class ImportIssueData(PersonalData):
    purpose = purposes.REGISTER
    subject = "job__created_by__member"
    fields = {"message": Category.PROCESSING}
    technical = {"id", "job", "row", "column"}
    source = Source.SYSTEM
    retention = (With("job"),)


privacy.not_personal(
    ContentType, Permission, Group, Group.permissions.through,
    because=_("Names of tables and of roles; who has a role is declared with the account."),
)  # fmt: skip
privacy.not_personal(
    ConsentWording, because=_("Texts that the organisation asked people to agree to."),
)  # fmt: skip
privacy.pseudonymous(
    Suppression,
    because=_(
        "Keyed hashes of the addresses and numbers of people who said no to mailings. Whoever "
        "knows a person recognises her in them, and nothing leads from them to her. They outlive "
        "erasure because the no has to (Art. 21(3)), and are reviewed every five years (R23)."
    ),
)
privacy.not_personal(
    SalaryTable, because=_("Figures about groups, each too large to tell of anyone in it."),
)  # fmt: skip
privacy.not_personal(
    SocialApp, because=_("The organisation's own client identities at log-in services.")
)
