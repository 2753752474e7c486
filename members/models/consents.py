"""Consents (Art. 7): what was asked, what was answered, and when it was taken back.

Rows are added and never changed: a trigger in the database sees to it (migration 0006).
"""

import hashlib
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from members.models.member import Member


class How(models.TextChoices):
    """In which way somebody told us what she wants."""

    MY_PAGES = "my_pages", _("on My pages")
    FORM = "form", _("in a form")
    LINK = "link", _("by the link in a message")
    PHONE = "phone", _("by telephone")
    LETTER = "letter", _("by letter or e-mail")


class ConsentWording(models.Model):
    """What people were asked, word for word. A new text is a new version."""

    key = models.CharField(_("consent"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("wording"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("wording of a consent")
        verbose_name_plural = _("wordings of consents")
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(name="one_wording_per_version", fields=["key", "version"]),
            models.UniqueConstraint(name="one_version_per_wording", fields=["key", "sha256"]),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.key} {self.version}"

    @staticmethod
    def hash_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()


class ConsentQuerySet(models.QuerySet["Consent"]):
    def for_user(self, user: Any) -> Self:
        """A member's own, and for staff those of the members whom they may see."""
        if user.is_staff and not user.has_perm("members.view_consent"):
            return self.none()
        return self.filter(member__in=Member.objects.for_user(user))

    def standing(self) -> Self:
        """Given and not withdrawn."""
        return self.filter(~Exists(Withdrawal.objects.filter(consent=OuterRef("pk"))))


class Consent(models.Model):
    """A yes: who, to what, in which words, under which notice, when and how."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="consents", verbose_name=_("member")
    )
    #: What the consent is to, as ``consents.ASKS`` names it.
    key = models.CharField(_("consent"), max_length=40)
    #: The key of what it is limited to, one survey for instance; empty where it is not.
    scope = models.BigIntegerField(null=True)
    wording = models.ForeignKey(ConsentWording, models.PROTECT, verbose_name=_("wording"))
    notice_version = models.CharField(_("notice version"), max_length=20, blank=True)
    given_at = models.DateTimeField(_("given at"), db_index=True)
    how = models.CharField(_("how"), max_length=10, choices=How)
    #: The employee who wrote it down. A bare key: the record outlives the account.
    recorded_by_id = models.BigIntegerField(_("recorded by"), null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at", "-pk"]
        indexes = [models.Index(name="consent_of_member", fields=["member", "key"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def for_user(self, user: Any) -> Self:
        return self.filter(consent__in=Consent.objects.for_user(user))


class Withdrawal(models.Model):
    """A consent taken back. A new yes is a new consent."""

    consent = models.OneToOneField(
        Consent, models.PROTECT, related_name="withdrawal", verbose_name=_("consent")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), db_index=True)
    how = models.CharField(_("how"), max_length=10, choices=How)
    recorded_by_id = models.BigIntegerField(_("recorded by"), null=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal of a consent")
        verbose_name_plural = _("withdrawals of consents")
        ordering = ["-withdrawn_at", "-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
