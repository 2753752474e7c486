"""Mail on its way."""

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, PersonalData, Source, With
from members import purposes, rules
from members.models import OutgoingMail


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
