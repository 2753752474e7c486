"""Members and their periods of membership."""

from django.db.models import Exists, OuterRef, Q

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    After,
    Also,
    Category,
    Delete,
    PersonalData,
    Reduce,
    Source,
    SubjectData,
    Until,
    With,
)
from members import purposes, rules
from members.models import Fee, Member, MembershipPeriod
from members.privacy.person import HASH, PERSON, PROVIDED

#: What it takes to send something to somebody who is a member.
REACHED_BY = ("email", "phone", "street_address", "left_on", "protection")
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
