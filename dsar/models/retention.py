from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SweepRun(models.Model):
    """One night's sweep. One row for each day, so that two schedulers make one sweep."""

    on = models.DateField(_("day"), unique=True)
    started_at = models.DateTimeField(_("started at"))
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(_("finished at"), null=True)
    #: Stored files that no record named, and that therefore went.
    files_removed = models.PositiveIntegerField(_("stray files removed"), default=0, db_default=0)
    #: Likewise, but so many that a person has to look first.
    files_unnamed = models.PositiveIntegerField(_("stray files left"), default=0, db_default=0)
    #: Records whose file was not there.
    files_missing = models.PositiveIntegerField(_("files missing"), default=0, db_default=0)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.on}"


#: The most of each unit. A longer period has no day in the calendar, and would stop the sweep.
CENTURY = {"years": 100, "months": 1200, "days": 36500}


class PeriodChange(models.Model):
    """The data protection officer sets another period for a rule; a second person approves.

    The latest approved change of a rule is in force. Rows are never changed afterwards: they are
    the rule's history.
    """

    rule = models.CharField(_("rule"), max_length=8, db_index=True)
    years = models.PositiveSmallIntegerField(_("years"), default=0)
    months = models.PositiveSmallIntegerField(_("months"), default=0)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    reason = models.TextField(_("law or interest"), validators=[MinLengthValidator(15)])
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"), db_index=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)

    class Meta:
        verbose_name = _("change of a retention period")
        verbose_name_plural = _("changes of retention periods")
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                name="period_change_approved_by_and_at_together",
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="period_change_takes_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                violation_error_message=_("Someone else must approve the change."),
            ),
            models.CheckConstraint(name="period_change_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="period_change_is_within_a_century",
                condition=Q(**{f"{unit}__lte": most for unit, most in CENTURY.items()}),
            ),
        ]
        permissions = [("approve_periodchange", _("Can approve changes of periods"))]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.rule}"
