import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dsar.models.requests import SubjectRequest
from dsar.models.retention import SweepRun
from ledarna_gdpr.privacy import Ground, Outcome
from members.models import Member


class PlanLine(models.Model):
    """What a person approves: one outcome for so many records of one model. No content."""

    request = models.ForeignKey(SubjectRequest, models.PROTECT, related_name="plan")
    model = models.CharField(_("records"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    ground = models.CharField(_("ground"), max_length=8, choices=Ground, blank=True)
    rule = models.CharField(_("rule"), max_length=40, blank=True)
    until = models.DateField(_("until"), null=True)
    count = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("line of an erasure plan")
        verbose_name_plural = _("erasure plan")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_line_per_model_outcome_and_rule",
                fields=["request", "model", "outcome", "rule", "ground"],
            ),
            models.CheckConstraint(
                name="plan_line_tells_why_something_stays",
                condition=Q(outcome__in=["erased", "anonymised"]) | ~Q(ground=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class JournalEntry(models.Model):
    """A step of an erasure that is done. Written in the transaction that does it (law 6)."""

    class Step(models.TextChoices):
        LEDGER = "ledger", _("written in the ledger")
        RECORDS = "records", _("records erased")
        FILES = "files", _("files removed")
        NOTICE = "notice", _("the person told")

    request = models.ForeignKey(SubjectRequest, models.PROTECT, related_name="journal")
    step = models.CharField(_("step"), max_length=8, choices=Step)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="each_step_once", fields=["request", "step"]),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Receipt(models.Model):
    """Proof that records went, without what they held (R32)."""

    at = models.DateTimeField(_("at"), db_index=True)
    request = models.ForeignKey(
        SubjectRequest,
        models.PROTECT,
        null=True,
        related_name="receipts",
        verbose_name=_("request"),
    )
    run = models.ForeignKey(
        SweepRun, models.PROTECT, null=True, related_name="receipts", verbose_name=_("sweep")
    )
    model = models.CharField(_("records"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    rule = models.CharField(_("rule"), max_length=8, blank=True)
    count = models.PositiveIntegerField(_("number"))
    #: What these belonged to, ``app.model:key``, where its destruction is receipted by itself.
    belonged_to = models.CharField(
        _("belonged to"), max_length=80, blank=True, default="", db_default="", db_index=True
    )

    class Meta:
        verbose_name = _("erasure receipt")
        verbose_name_plural = _("erasure receipts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class FileRemoval(models.Model):
    """A file whose record is gone and that has to follow. The row goes when the file has."""

    path = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("file to remove")
        verbose_name_plural = _("files to remove")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class LedgerPosition(models.Model):
    """How far into the erasure ledger this database has come. One row (law 7)."""

    entries = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("ledger position")
        verbose_name_plural = _("ledger position")
        constraints = [
            models.CheckConstraint(name="there_is_one_ledger_position", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.entries}"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def for_user(self, user: Any) -> Self:
        """Those who decide requests see all, others what they have set themselves; neither those
        of protected identities, unless they handle these."""
        visible = self if user.has_perm("dsar.decide_subjectrequest") else self.filter(set_by=user)
        if user.has_perm("members.handle_protected"):
            return visible
        return visible.filter(member__protection="")

    def in_force(self, on: dt.date) -> Self:
        return self.filter(until__gte=on)


class LegalHold(models.Model):
    """What it protects is destroyed by nobody until it is released or lapses: everything of a
    person, or one record of hers with all that hangs on it."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="holds", verbose_name=_("member")
    )
    #: ``app.Model`` and key of the one record that is protected; empty for the whole person.
    model = models.CharField(
        _("kind of record"), max_length=80, blank=True, default="", db_default=""
    )
    record = models.BigIntegerField(_("record"), null=True, blank=True)
    reason = models.TextField(_("reason"), validators=[MinLengthValidator(15)])
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("set by"),
    )
    set_on = models.DateField(_("set on"), editable=False)
    until = models.DateField(
        _("until"), db_index=True, help_text=_("At most twelve months ahead; renew with a reason.")
    )

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["until"]
        constraints = [
            models.CheckConstraint(
                name="hold_ends_after_it_is_set", condition=Q(until__gte=F("set_on"))
            ),
            models.CheckConstraint(
                name="hold_names_kind_and_key_of_a_record_together",
                condition=Q(model="", record=None) | (~Q(model="") & Q(record__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class SuspendedErasure(models.Model):
    """A record whose erasure has been granted and waits for a legal hold to end."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="suspended_erasures", verbose_name=_("member")
    )
    model = models.CharField(_("records"), max_length=80)
    record = models.BigIntegerField(_("record"))
    #: The link by which somebody else's record mentions the member; empty for her own.
    mention = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("erasure that waits for a hold")
        verbose_name_plural = _("erasures that wait for a hold")
        constraints = [
            models.UniqueConstraint(
                name="one_suspended_erasure_per_record", fields=["member", "model", "record"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
