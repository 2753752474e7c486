import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsar.models.requests import SubjectRequest
from ledarna_gdpr.privacy import MaskingGround
from members.models import Member


def package_path(package: "AccessPackage", filename: str) -> str:
    return f"packages/{uuid.uuid4()}"


class AccessPackage(models.Model):
    """The answer to a request for access: encrypted on disk, fetched once by the person
    herself while logged in, gone after 30 days (R28)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.OneToOneField(
        SubjectRequest, models.PROTECT, related_name="package", verbose_name=_("request")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="packages", verbose_name=_("member")
    )
    file = models.FileField(upload_to=package_path)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("made at"), db_index=True)
    fetched_at = models.DateTimeField(_("fetched at"), null=True)

    class Meta:
        verbose_name = _("access package")
        verbose_name_plural = _("access packages")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(name="package_knows_its_hash", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Masking(models.Model):
    """Passages that an answer masked, and on what ground (Art. 15(4)); never what they said."""

    request = models.ForeignKey(
        SubjectRequest, models.PROTECT, related_name="maskings", verbose_name=_("request")
    )
    model = models.CharField(_("records"), max_length=80)
    record = models.BigIntegerField(_("record"))
    field = models.CharField(_("field"), max_length=80)
    ground = models.CharField(_("ground"), max_length=12, choices=MaskingGround)
    count = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("masking")
        verbose_name_plural = _("maskings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_masking_per_field_and_ground",
                fields=["request", "model", "record", "field", "ground"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
