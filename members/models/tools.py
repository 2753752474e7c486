"""What members have chosen to keep of the digital tools, and the table behind one of them."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.fields import EncryptedJSONField
from members.models.member import Member


class ToolKey(models.TextChoices):
    """The tools by their names in addresses. ``members.tools`` says what each one does."""

    LEADER_PROFILE = "ledarprofil", _("leader profile")
    SALARIES = "lonestatistik", _("salary statistics")


class ToolResultQuerySet(models.QuerySet["ToolResult"]):
    def for_user(self, user: Any) -> Self:
        """The member's own. Nobody else's, whatever role or permission she has (P28)."""
        return self.filter(member=user.member_id) if user.member_id else self.none()


class ToolResult(models.Model):
    """A result that its member asked us to keep. What she did not ask us to keep has no row."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="tool_results", verbose_name=_("member")
    )
    tool = models.CharField(_("tool"), max_length=20, choices=ToolKey)
    inputs = EncryptedJSONField(_("your answers"))
    result = EncryptedJSONField(_("result"))
    saved_at = models.DateTimeField(_("saved at"))
    last_opened_at = models.DateTimeField(_("last opened"), db_index=True)

    objects = ToolResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved tool result")
        verbose_name_plural = _("saved tool results")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="tool_result_is_of_a_known_tool", condition=Q(tool__in=ToolKey.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class SalaryTable(models.Model):
    """A published edition of the salary statistics: cells of at least so many people each.

    The salaries that it was computed from are not kept anywhere.
    """

    edition = models.CharField(_("edition"), max_length=40, unique=True)
    published_at = models.DateTimeField(_("published at"))
    #: ``[[role, sector, county], count, lower quartile, median, upper quartile]`` for each cell;
    #: a cell higher up names fewer of the three.
    cells = models.JSONField(_("cells"))

    class Meta:
        verbose_name = _("salary table")
        verbose_name_plural = _("salary tables")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.edition}"
