import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.platforms import Platform
from ledarna_gdpr.fields import EncryptedTextField
from members.history import History


class OccasionQuerySet(models.QuerySet["Occasion"]):
    def for_user(self, user: Any) -> Self:
        """Staff see what they organise, or everything where that is their work; members what has
        been published."""
        if user.is_staff and user.has_perm("courses.view_occasion"):
            if user.has_perm("courses.see_every_occasion"):
                return self
            return self.filter(organisers=user)
        return self.published() if user.is_authenticated and user.member_id else self.none()

    def published(self) -> Self:
        return self.exclude(published_at=None)

    def to_come(self, at: dt.datetime) -> Self:
        return self.filter(ends_at__gt=at)

    def with_counts(self) -> Self:
        """With ``taken`` places and the number of people ``waiting``."""
        here = Q(registrations__status__in=["registered", "attended", "absent"])
        return self.annotate(
            taken=Count("registrations", filter=here),
            waiting=Count("registrations", filter=Q(registrations__status="waiting")),
        )


class Occasion(models.Model):
    """A course, webinar or meeting at one time, for which members register."""

    class Kind(models.TextChoices):
        COURSE = "course", _("course")
        LIVE_COURSE = "live_course", _("live course")
        WEBINAR = "webinar", _("webinar")
        DIGITAL_MEETING = "digital_meeting", _("digital meeting")
        MEETING = "meeting", _("meeting")

    #: What is sent over the web. Nothing else may be held on a platform (P48).
    BROADCAST = (Kind.LIVE_COURSE, Kind.WEBINAR, Kind.DIGITAL_MEETING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    organisers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="organised_occasions",
        blank=True,
        limit_choices_to={"is_staff": True, "is_active": True},
        verbose_name=_("organisers"),
        help_text=_("Only they see the participants' special needs."),
    )
    starts_at = models.DateTimeField(_("start of the occasion"), db_index=True)
    ends_at = models.DateTimeField(_("end of the occasion"), db_index=True)
    places = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty where everyone has a place."),
    )
    price = models.DecimalField(
        _("price in SEK"),
        max_digits=9,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    platform = models.ForeignKey(
        Platform,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="occasions",
        verbose_name=_("platform"),
    )
    join_link = EncryptedTextField(_("address to join by"), blank=True)
    venue = models.CharField(_("place"), max_length=200, blank=True)
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(
        _("registration closes"), null=True, blank=True, help_text=_("Empty: when it starts.")
    )
    is_voting_meeting = models.BooleanField(
        _("there is voting"), default=False, help_text=_("A voting roll is made for it.")
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)

    history = History(excluded_fields=["join_link"])
    objects = OccasionQuerySet.as_manager()

    class Meta:
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        ordering = ["-starts_at"]
        permissions = [
            ("see_every_occasion", _("Can see occasions that others organise")),
            ("publish_occasion", _("Can publish occasions")),
        ]
        constraints = [
            models.CheckConstraint(
                name="occasion_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("It cannot end before it has started."),
            ),
            models.CheckConstraint(
                name="occasion_on_a_platform_is_broadcast",
                condition=Q(platform=None)
                | Q(kind__in=["live_course", "webinar", "digital_meeting"]),
                violation_error_message=_(
                    "Only what is sent over the web may be held on a platform. Choose a webinar, "
                    "a live course or a digital meeting, or no platform."
                ),
            ),
            models.CheckConstraint(
                name="occasion_that_is_broadcast_has_a_platform_when_published",
                condition=Q(published_at=None)
                | Q(platform__isnull=False)
                | Q(kind__in=["course", "meeting"]),
            ),
            models.CheckConstraint(
                name="occasion_registration_closes_after_it_opens",
                condition=Q(registration_opens_at=None)
                | Q(registration_closes_at=None)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                violation_error_message=_("Registration cannot close before it opens."),
            ),
            models.CheckConstraint(
                name="occasion_has_at_least_one_place",
                condition=Q(places=None) | Q(places__gt=0),
                violation_error_message=_("Give at least one place, or leave it empty."),
            ),
            models.CheckConstraint(
                name="occasion_costs_nothing_or_something",
                condition=Q(price__gte=0),
                violation_error_message=_("The price cannot be less than zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def closes_at(self) -> dt.datetime:
        return self.registration_closes_at or self.starts_at

    def is_open(self, at: dt.datetime) -> bool:
        """Whether members can register now."""
        has_opened = self.registration_opens_at is None or self.registration_opens_at <= at
        return self.published_at is not None and has_opened and at < self.closes_at

    def has_ended(self, at: dt.datetime) -> bool:
        return self.ends_at <= at
