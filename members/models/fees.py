from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.history import History
from members.models.member import Member


class AccountingQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        return self.filter(member__in=Member.objects.for_user(user))

    def outstanding(self) -> Self:
        """Fees that are still owed."""
        return self.filter(settled_on=None)


class AccountingRecord(models.Model):
    """Accounting information in the sense of bokföringslagen 1:2."""

    amount = models.DecimalField(
        _("amount in SEK"), max_digits=9, decimal_places=2, validators=[MinValueValidator(0)]
    )
    fiscal_year_ends_on = models.DateField(
        _("accounting year ends on"), db_index=True, help_text=_("Last day of the accounting year.")
    )

    objects = AccountingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Fee(AccountingRecord):
    """A membership fee that was charged."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="fees", verbose_name=_("member")
    )
    covers_from = models.DateField(_("covers from"))
    covers_to = models.DateField(_("covers to"))
    due_on = models.DateField(_("due on"), db_index=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)

    history = History()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["-due_on"]
        constraints = [
            models.CheckConstraint(
                name="fee_covers_days_in_order",
                condition=Q(covers_to__gte=F("covers_from")),
                violation_error_message=_("The last day cannot come before the first."),
            ),
            models.UniqueConstraint(
                name="one_fee_per_member_and_day",
                fields=["member", "covers_from"],
                violation_error_message=_("The member already has a fee from that day."),
            ),
        ]


class Payment(AccountingRecord):
    """Money received from a member."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="payments", verbose_name=_("member")
    )
    fee = models.ForeignKey(
        Fee,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name=_("fee"),
    )
    paid_on = models.DateField(_("paid on"))
    reference = models.CharField(_("payment reference"), max_length=40, blank=True)

    history = History()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-paid_on"]
