"""Fees and payments."""

from django.db.models import Q

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import (
    AccountingYear,
    After,
    Category,
    Ground,
    PersonalData,
    Retain,
    Source,
)
from members import purposes, rules
from members.models import Fee, Payment


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
