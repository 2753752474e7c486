"""What somebody agreed to, and took back."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, Ground, PersonalData, Retain, Source, With
from members import purposes, rules
from members.models import Consent, ConsentWording, Withdrawal
from members.privacy.person import EMPLOYEE


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


privacy.not_personal(
    ConsentWording, because=_("Texts that the organisation asked people to agree to."),
)  # fmt: skip
