"""Mailings, whom they went to and whom they did not reach."""

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Also, Category, PersonalData, Source, With
from members import purposes, rules
from members.models import Bounce, Mailing, MailingRecipient
from members.privacy.person import EMPLOYEE

#: What mailings are for besides newsletters.
OTHER_MAILINGS = (purposes.INVITATIONS, purposes.OFFERS, purposes.NOTICES)


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
