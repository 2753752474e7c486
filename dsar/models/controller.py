import datetime as dt
import hashlib

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class DataProtectionOfficer(models.Model):
    """Who the officer is, and was: old letters keep the old name (Art. 37(7))."""

    name = models.CharField(_("name"), max_length=120)
    valid_from = models.DateField(_("valid from"), unique=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("data protection officer")
        verbose_name_plural = _("data protection officers")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="officer_leaves_after_beginning",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day cannot come before the first."),
            ),
            models.UniqueConstraint(
                # The open end counts as a date: a unique constraint ignores empty values.
                Coalesce("valid_to", models.Value(dt.date.max)),
                name="one_officer_without_end",
                violation_error_message=_("Give the present officer a last day first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class NoticeVersion(models.Model):
    """The privacy notice as it was published, word for word (Art. 13)."""

    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    valid_from = models.DateField(_("valid from"), db_index=True)
    text = models.TextField(_("text"), help_text=_("HTML, made from the declarations."))
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("version of the notice")
        verbose_name_plural = _("versions of the notice")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="one_notice_per_version_and_language", fields=["version", "language"]
            ),
            models.UniqueConstraint(
                name="one_notice_per_day_and_language", fields=["valid_from", "language"]
            ),
            models.CheckConstraint(name="notice_knows_its_hash", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.version}"

    @staticmethod
    def hash_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()
