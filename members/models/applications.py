import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members import personnummer
from members.history import History
from members.models.member import Member
from members.models.person import Person


class ApplicationQuerySet(models.QuerySet["Application"]):
    def for_user(self, user: Any) -> Self:
        """Staff see all but those of members whom they may not see; a member her own."""
        if user.is_staff and user.has_perm("members.view_application"):
            return self.filter(Q(member=None) | Q(member__in=Member.objects.for_user(user)))
        return self.filter(member=user.member_id) if user.member_id else self.none()

    def waiting(self) -> Self:
        """Confirmed by the applicant and not yet decided."""
        return self.filter(status=Application.Status.SUBMITTED)


class Application(Person):
    """An application for membership, before and after the decision (P5).

    It is started when the form is sent, and submitted when the address has been confirmed.
    """

    class Status(models.TextChoices):
        STARTED = "started", _("address not confirmed")
        SUBMITTED = "submitted", _("waiting for a decision")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    personnummer_hash = models.CharField(max_length=64, null=True, db_index=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.STARTED, editable=False
    )
    #: The version of the privacy notice that the form showed (Art. 13).
    notice_version = models.CharField(_("notice version"), max_length=20, editable=False)
    last_activity_at = models.DateTimeField(_("last activity"), db_index=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="applications",
        verbose_name=_("member"),
    )

    history = History(excluded_fields=["personnummer"])
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-last_activity_at"]
        constraints = [
            *Person.Meta.constraints,
            models.CheckConstraint(
                name="application_accepted_means_member",
                condition=Q(member=None) | Q(status="accepted"),
            ),
            models.CheckConstraint(
                name="application_decided_when_closed",
                condition=Q(status__in=["started", "submitted"], decided_at=None)
                | Q(status__in=["accepted", "declined"], decided_at__isnull=False),
            ),
        ]
        permissions = [("decide_application", _("Can accept or decline applications"))]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def set_personnummer(self, digits: str) -> None:
        self.personnummer = digits
        self.personnummer_hash = personnummer.hashed(digits)
