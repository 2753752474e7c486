"""What is sent to those who left."""

from django.db.models import Q

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Also, Category, PersonalData, Source, With
from members import purposes, rules
from members.models import FollowUp


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
