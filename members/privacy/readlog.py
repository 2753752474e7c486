"""Who looked at whose data."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, Ground, PersonalData, Retain, Source
from members import purposes, rules
from members.models import ReadLog


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
