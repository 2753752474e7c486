import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, ThroughCaseQuerySet
from cases.models.notes import Message, Note
from ledarna_gdpr import crypto
from ledarna_gdpr.fields import EncryptedTextField


def document_path(document: "Document", filename: str) -> str:
    """A name of our own: the uploaded file's may tell about people."""
    return f"cases/{uuid.uuid4()}"


class DocumentQuerySet(ThroughCaseQuerySet):
    def for_user(self, user: Any) -> Self:
        """A member: what she sent us and what we sent her."""
        visible = super().for_user(user)
        if user.is_staff:
            return visible
        exchanged = Q(is_from_member=True) | Q(message__isnull=False)
        return visible.filter(exchanged, is_privileged=False)


class Document(models.Model):
    """A file of a case: encrypted, outside the web root, under a name that tells nothing.

    It leaves only through a view that checks access and logs the read, as a download.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents", verbose_name=_("case"))
    note = models.ForeignKey(
        Note,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("note"),
    )
    message = models.ForeignKey(
        Message,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("message"),
    )
    file = models.FileField(_("file"), upload_to=document_path)
    name = EncryptedTextField(_("file name"))
    content_type = models.CharField(_("type of file"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    #: Of what was uploaded, not of what is stored.
    sha256 = models.CharField(max_length=64, editable=False)
    is_from_member = models.BooleanField(_("from the member"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    is_privileged = models.BooleanField(
        _("legal strategy"),
        default=False,
        help_text=_("An access answer counts the document and does not contain it."),
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.CheckConstraint(name="document_knows_its_hash", condition=~Q(sha256="")),
            models.CheckConstraint(name="document_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="document_from_the_member_has_no_employee",
                condition=Q(is_from_member=False) | Q(uploaded_by=None, is_privileged=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def content(self) -> bytes:
        """What was uploaded."""
        with self.file.open("rb") as stored:
            return crypto.decrypt(stored.read())
