"""Applications for membership."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, PersonalData, Source, With
from members import purposes, rules
from members.models import Application
from members.privacy.person import HASH, PERSON, PROVIDED


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
