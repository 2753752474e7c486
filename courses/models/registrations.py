import datetime as dt
import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from courses.models.occasions import Occasion
from ledarna_gdpr.fields import EncryptedTextField
from members.history import History
from members.models import Member
from members.models.member import Protection


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def for_user(self, user: Any) -> Self:
        """Staff see those of the occasions that they see, a member her own."""
        if user.is_staff and user.has_perm("courses.view_registration"):
            visible = self.filter(
                occasion__in=Occasion.objects.for_user(user), member__restricted_at=None
            )
            if user.has_perm("members.handle_protected"):
                return visible
            return visible.filter(member__protection=Protection.NONE)
        return self.filter(member=user.member_id) if user.member_id else self.none()

    def active(self) -> Self:
        """With a place or on the waiting list."""
        return self.exclude(status=Registration.Status.CANCELLED)

    def with_a_place(self) -> Self:
        return self.active().exclude(status=Registration.Status.WAITING)

    def waiting(self) -> Self:
        """The waiting list, first come first."""
        return self.filter(status=Registration.Status.WAITING).order_by("registered_at", "pk")


class Registration(models.Model):
    """A member's place, or wish for one, at an occasion; afterwards, whether she came (P14)."""

    class Status(models.TextChoices):
        REGISTERED = "registered", _("registered")
        WAITING = "waiting", _("on the waiting list")
        CANCELLED = "cancelled", _("cancelled")
        ATTENDED = "attended", _("attended")
        ABSENT = "absent", _("did not come")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="registrations", verbose_name=_("member")
    )
    occasion = models.ForeignKey(
        Occasion, models.PROTECT, related_name="registrations", verbose_name=_("occasion")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.REGISTERED)
    registered_at = models.DateTimeField(_("registered at"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    invoice_reference = models.CharField(_("reference on the invoice"), max_length=40, blank=True)
    notice_version = models.CharField(_("version of the notice"), max_length=20, blank=True)

    history = History()
    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-registered_at"]
        permissions = [
            ("mark_attendance", _("Can mark who attended")),
            ("cancel_registration", _("Can cancel registrations for members")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_active_registration_per_member_and_occasion",
                fields=["member", "occasion"],
                condition=~Q(status="cancelled"),
                violation_error_message=_("The member is registered already."),
            ),
            models.CheckConstraint(
                name="registration_knows_when_it_was_cancelled",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | ~Q(status="cancelled") & Q(cancelled_at=None),
            ),
        ]
        indexes = [
            models.Index(name="registration_queue", fields=["occasion", "status", "registered_at"])
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.status != self.Status.CANCELLED

    @property
    def has_a_place(self) -> bool:
        return self.is_active and self.status != self.Status.WAITING


class SpecialNeedQuerySet(models.QuerySet["SpecialNeed"]):
    def for_user(self, user: Any) -> Self:
        """Those of occasions that the user organises and that have not ended; nobody else's,
        whatever else the user may do. A member sees her own on her registration (P16)."""
        if user.is_staff and user.has_perm("courses.view_specialneed"):
            visible = self.filter(
                registration__in=Registration.objects.for_user(user),
                registration__occasion__organisers=user,
                registration__occasion__ends_at__gt=Now(),
            )
            return visible.distinct()
        return self.filter(registration__member=user.member_id) if user.member_id else self.none()

    def to_meet(self, occasion: Occasion, at: dt.datetime) -> Self:
        """Everyone's at an occasion that is not over, to be counted and not to be shown."""
        if occasion.has_ended(at):
            return self.none()
        here = Registration.objects.with_a_place().filter(occasion=occasion)
        return self.filter(registration__in=here)


class SpecialNeed(models.Model):
    """What a participant needs at one occasion, in her own words; nothing else knows of it.

    It has no history and is never changed: it is taken back and, where wanted, written anew.
    """

    class Kind(models.TextChoices):
        """What the venue counts, because it cannot count words."""

        DIET = "diet", _("food and allergies")
        ACCESS = "access", _("accessibility")
        HEARING_OR_SIGHT = "senses", _("hearing or sight")
        OTHER = "other", _("something else")

    registration = models.OneToOneField(
        Registration,
        models.PROTECT,
        related_name="special_need",
        verbose_name=_("registration"),
    )
    #: Values of ``Kind`` with spaces between; health data like the words beside it.
    kinds = EncryptedTextField(_("what it is about"), blank=True)
    description = EncryptedTextField(_("special needs"), blank=True)
    asked_at = models.DateTimeField(_("told at"))

    objects = SpecialNeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("special need")
        verbose_name_plural = _("special needs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def kind_labels(self) -> list[str]:
        labels = dict(self.Kind.choices)
        return [str(labels[kind]) for kind in self.kinds.split() if kind in labels]
