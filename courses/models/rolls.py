from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.occasions import Occasion
from members.history import History
from members.models import Member
from members.models.member import Protection


class RollIsLocked(Exception):
    """The message is written for the one who tried, and is shown as it is."""

    def __init__(self) -> None:
        super().__init__(_("The voting roll is locked. A change makes a new version of it."))


class VotingRollQuerySet(models.QuerySet["VotingRoll"]):
    def for_user(self, user: Any) -> Self:
        return self.filter(occasion__in=Occasion.objects.for_user(user))

    def open(self) -> Self:
        return self.filter(locked_at=None)

    def latest_version(self, occasion: Occasion) -> "VotingRoll | None":
        return self.filter(occasion=occasion).order_by("-version").first()


class VotingRoll(models.Model):
    """Who may vote at a meeting, as the register stood at one moment (P19).

    Once locked it stays as it is, also for who goes past the models: the database refuses. What has
    to be changed makes a new version.
    """

    class Scope(models.TextChoices):
        REGISTERED = "registered", _("members who have registered")
        REGISTER = "register", _("all members")

    occasion = models.ForeignKey(
        Occasion, models.PROTECT, related_name="rolls", verbose_name=_("occasion")
    )
    version = models.PositiveIntegerField(_("version"))
    scope = models.CharField(_("who"), max_length=12, choices=Scope, default=Scope.REGISTERED)
    cut_off_at = models.DateTimeField(_("as of"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    locked_at = models.DateTimeField(_("locked at"), null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("locked by"),
    )
    minutes_approved_on = models.DateField(
        _("minutes approved on"),
        null=True,
        db_index=True,
        help_text=_("From this day the time runs after which the roll is erased."),
    )

    history = History()
    objects = VotingRollQuerySet.as_manager()

    class Meta:
        verbose_name = _("voting roll")
        verbose_name_plural = _("voting rolls")
        ordering = ["-made_at", "-pk"]
        permissions = [
            ("lock_votingroll", _("Can lock voting rolls")),
            ("print_votingroll", _("Can print voting rolls")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_roll_per_occasion_and_version", fields=["occasion", "version"]
            ),
            models.UniqueConstraint(
                name="one_open_roll_per_occasion",
                fields=["occasion"],
                condition=Q(locked_at=None),
                violation_error_message=_("There is an open voting roll already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None


class RollEntryQuerySet(models.QuerySet["RollEntry"]):
    def for_user(self, user: Any) -> Self:
        """A protected identity is on nobody's list but theirs who handle it by hand."""
        visible = self.filter(
            roll__in=VotingRoll.objects.for_user(user), member__restricted_at=None
        )
        if user.has_perm("members.handle_protected"):
            return visible
        return visible.filter(member__protection=Protection.NONE)

    def printable(self) -> Self:
        """What may be put on paper, whoever prints it: as things stand now, not at the cut-off."""
        return self.filter(member__protection=Protection.NONE, member__restricted_at=None)

    def update(self, **kwargs: Any) -> int:
        """Raises ``RollIsLocked``."""
        if self.filter(roll__locked_at__isnull=False).exists():
            raise RollIsLocked
        return super().update(**kwargs)


class RollEntry(models.Model):
    """One who may vote: name and mandate, and nothing more."""

    roll = models.ForeignKey(
        VotingRoll, models.PROTECT, related_name="entries", verbose_name=_("voting roll")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="roll_entries", verbose_name=_("member")
    )
    number = models.PositiveIntegerField(_("no."))
    #: As in the register at the cut-off. Empty for a protected identity.
    name = models.CharField(_("name"), max_length=241, blank=True)
    mandate = models.CharField(
        _("delegate for"),
        max_length=120,
        blank=True,
        help_text=_("A club or section. Empty for a vote of one's own."),
    )
    votes = models.PositiveIntegerField(
        _("votes"), default=1, validators=[MaxValueValidator(100_000)]
    )
    substitute_for = models.CharField(_("substitute for"), max_length=120, blank=True)

    history = History()
    objects = RollEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("name on a voting roll")
        verbose_name_plural = _("names on voting rolls")
        ordering = ["roll", "number"]
        constraints = [
            models.UniqueConstraint(
                name="one_entry_per_roll_and_member", fields=["roll", "member"]
            ),
            models.UniqueConstraint(
                name="one_entry_per_roll_and_number", fields=["roll", "number"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ``RollIsLocked``."""
        if VotingRoll.objects.filter(pk=self.roll_id, locked_at__isnull=False).exists():
            raise RollIsLocked
        super().save(*args, **kwargs)
