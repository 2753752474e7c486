from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.occasions import Occasion
from ledarna_gdpr.fields import EncryptedTextField
from members.models import Member
from members.models.imports import BackgroundImport
from members.models.member import Protection


class ColumnMapping(models.Model):
    """What the columns of some platform's reports are called, for those that are not Zoom's."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    name_heading = models.CharField(_("display name"), max_length=80)
    joined_heading = models.CharField(_("came in"), max_length=80, blank=True)
    left_heading = models.CharField(_("went out"), max_length=80, blank=True)
    minutes_heading = models.CharField(_("minutes"), max_length=80, blank=True)
    address_heading = models.CharField(_("IP address"), max_length=80, blank=True)
    email_heading = models.CharField(
        _("e-mail"),
        max_length=80,
        blank=True,
        help_text=_("Only to suggest who a participant is; it is not stored."),
    )

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="mapping_names_both_times_or_neither",
                condition=Q(joined_heading="", left_heading="")
                | ~Q(joined_heading="") & ~Q(left_heading=""),
                violation_error_message=_("Give both when people came in and when they went out."),
            ),
            models.CheckConstraint(
                name="mapping_tells_how_long",
                condition=~Q(joined_heading="") | ~Q(minutes_heading=""),
                violation_error_message=_("Give the columns with the times, or with the minutes."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfAnOccasion(models.QuerySet[Any]):
    """Rows that whoever sees the occasion sees."""

    def for_user(self, user: Any) -> Self:
        return self.filter(occasion__in=Occasion.objects.for_user(user))


class AttendanceImport(BackgroundImport):
    """A platform's report on one occasion."""

    occasion = models.ForeignKey(
        Occasion, models.PROTECT, related_name="imports", verbose_name=_("occasion")
    )
    mapping = models.ForeignKey(
        ColumnMapping,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("column mapping"),
    )
    #: Digits; picks one meeting out of a report on several.
    meeting = models.CharField(_("the meeting's ID"), max_length=20, blank=True)
    kind = models.CharField(_("kind of report"), max_length=16, blank=True)
    participants = models.PositiveIntegerField(_("participants"), default=0)
    callers = models.PositiveIntegerField(_("by telephone"), default=0)
    no_shows = models.PositiveIntegerField(_("did not come"), default=0)
    waiting = models.PositiveIntegerField(_("rows about the waiting room"), default=0)
    suggested = models.PositiveIntegerField(_("suggested matches"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    #: Headings of the columns that were dropped at the door.
    dropped = models.JSONField(default=list)
    #: ``[row, heading, message]``; where and why, never a value.
    problems = models.JSONField(default=list)
    #: A poll's answers, counted: ``[[question, [[answer, count], ...]], ...]``.
    answers = models.JSONField(default=list)

    objects = OfAnOccasion.as_manager()

    class Meta(BackgroundImport.Meta):
        verbose_name = _("import of a report")
        verbose_name_plural = _("imports of reports")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def for_user(self, user: Any) -> Self:
        """Staff see those of the occasions that they see; a member those matched to her.

        Whoever is matched to a protected identity is only for those who handle them (law 11).
        """
        if user.is_staff and user.has_perm("courses.view_attendance"):
            visible = self.filter(occasion__in=Occasion.objects.for_user(user))
            hidden = Q(member__restricted_at__isnull=False)
            if not user.has_perm("members.handle_protected"):
                hidden |= Q(member__isnull=False) & ~Q(member__protection=Protection.NONE)
            return visible.exclude(hidden)
        return self.filter(member=user.member_id) if user.member_id else self.none()

    def matched(self) -> Self:
        return self.exclude(member=None)

    def suggested(self) -> Self:
        """Those for whom somebody has been suggested and nobody has decided."""
        return self.filter(member=None).exclude(suggested=None)


class Attendance(models.Model):
    """Somebody in a digital meeting: the name that she chose, when, and from which address (P18).

    Nobody knows who it was until a person says so: ``suggested`` is a guess, ``member`` a match
    that somebody has confirmed.
    """

    occasion = models.ForeignKey(
        Occasion, models.PROTECT, related_name="attendances", verbose_name=_("occasion")
    )
    report = models.ForeignKey(
        AttendanceImport, models.SET_NULL, null=True, related_name="+", editable=False
    )
    display_name = EncryptedTextField(_("display name"))
    joined_at = models.DateTimeField(_("came in"), null=True)
    left_at = models.DateTimeField(_("went out"), null=True)
    minutes = models.PositiveIntegerField(_("minutes"))
    ip_address = models.GenericIPAddressField(_("IP address"), null=True)
    is_phone = models.BooleanField(_("by telephone"), default=False)
    #: Name and time under a key, so that the same report twice changes nothing.
    key = models.CharField(max_length=64, editable=False)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="attendances", verbose_name=_("member")
    )
    suggested = models.ForeignKey(
        Member, models.SET_NULL, null=True, related_name="+", verbose_name=_("suggested member")
    )
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("matched by"),
    )
    matched_at = models.DateTimeField(_("matched at"), null=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["joined_at", "pk"]
        permissions = [("import_attendance", _("Can import attendance reports"))]
        indexes = [
            # The sweep asks each night for addresses that are too old, and finds few (R17).
            models.Index(
                fields=["occasion"],
                name="attendance_with_address",
                condition=Q(ip_address__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_attendance_per_occasion_name_and_time", fields=["occasion", "key"]
            ),
            models.CheckConstraint(
                name="attendance_has_both_times_or_neither",
                condition=Q(joined_at=None, left_at=None) | Q(left_at__gte=F("joined_at")),
            ),
            models.CheckConstraint(
                name="attendance_is_matched_at_a_time_or_not_at_all",
                condition=Q(member=None, matched_at=None)
                | Q(member__isnull=False, matched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="attendance_that_is_matched_needs_no_suggestion",
                condition=Q(member=None) | Q(suggested=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
