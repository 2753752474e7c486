"""What courses, webinars and meetings keep about people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses import purposes, rules
from courses.models import Occasion, OccasionMessage, Platform, Registration, SpecialNeed
from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    After,
    Category,
    Empty,
    PersonalData,
    Recipient,
    Source,
    With,
)

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
