"""What somebody said no to."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import Category, PersonalData, Source, With
from members import choices, purposes, rules
from members.models import Objection, Suppression, UnsubscribeLink


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


privacy.pseudonymous(
    Suppression,
    because=_(
        "Keyed hashes of the addresses and numbers of people who said no to mailings. Whoever "
        "knows a person recognises her in them, and nothing leads from them to her. They outlive "
        "erasure because the no has to (Art. 21(3)), and are reviewed every five years (R23)."
    ),
)
