from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.kinds import Kind
from cases.models.case import Case, StaffOnlyQuerySet, ThroughCaseQuerySet
from ledarna_gdpr.fields import EncryptedTextField


class FinalNote(Exception):
    """A final note is not edited. It is corrected by another (Art. 16)."""


class Channel(models.TextChoices):
    PHONE = "phone", _("telephone")
    MEETING = "meeting", _("meeting")
    VIDEO = "video", _("video meeting")
    MAIL = "mail", _("e-mail")
    LETTER = "letter", _("letter")
    MY_PAGES = "my_pages", _("My pages")


class NoteQuerySet(StaffOnlyQuerySet):
    def final(self) -> Self:
        return self.filter(status=Note.Status.FINAL)

    def drafts(self) -> Self:
        return self.filter(status=Note.Status.DRAFT)

    def update(self, **values: Any) -> int:
        """Raises ``FinalNote`` where any of the notes is final."""
        if self.order_by().filter(status=Note.Status.FINAL).exists():
            raise FinalNote
        return super().update(**values)


class Note(models.Model):
    """What was said or found, by whom, when and how (P9). Final, it stands for good: a
    correction is a note of its own that refers to it.

    ``@2`` in the body is the case's participant 2, ``[[…]]`` a privileged passage; ``cases.text``
    reads them.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        FINAL = "final", _("final")

    CHANNEL = Channel

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes", verbose_name=_("case"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    at = models.DateTimeField(_("time of the contact"))
    created_at = models.DateTimeField(_("written at"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    #: The kind of the case at the time, which tells what service it was.
    service = models.CharField(_("service"), max_length=24, choices=Kind)
    body = EncryptedTextField(_("text"))
    status = models.CharField(_("status"), max_length=5, choices=Status, default=Status.DRAFT)
    finalised_at = models.DateTimeField(_("final since"), null=True)
    corrects = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
    )
    #: Minutes of a negotiation: they outlive its working notes (R8).
    is_protocol = models.BooleanField(_("signed minutes"), default=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="note_is_final_since_a_time",
                condition=Q(status="draft", finalised_at=None)
                | Q(status="final", finalised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="note_does_not_correct_itself",
                condition=Q(corrects=None) | ~Q(corrects=F("id")),
            ),
        ]
        indexes = [models.Index(name="note_of_case", fields=["case", "at"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ``FinalNote`` where the stored note is final."""
        stored = Note._base_manager.filter(pk=self.pk, status=Note.Status.FINAL)
        if not self._state.adding and stored.exists():
            raise FinalNote
        super().save(*args, **kwargs)

    @property
    def is_final(self) -> bool:
        return self.status == Note.Status.FINAL


class Message(models.Model):
    """Between the member and the unit, both ways, on Mina sidor and in the admin."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="messages", verbose_name=_("case"))
    is_from_member = models.BooleanField(_("from the member"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    body = EncryptedTextField(_("text"))
    at = models.DateTimeField(_("at"))

    objects = ThroughCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="message_from_the_member_has_no_employee",
                condition=Q(is_from_member=False) | Q(author=None),
            ),
        ]
        indexes = [models.Index(name="message_of_case", fields=["case", "at"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
