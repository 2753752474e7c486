from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.kinds import Kind


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: Any) -> Self:
        return self.filter(memberships__user=user.pk)

    def taking(self, kind: str) -> list["Team"]:
        """The units in use that take a kind, the oldest first: they are few."""
        return [team for team in self.filter(is_active=True).order_by("pk") if kind in team.kinds]


class Team(models.Model):
    """A unit that takes cases of some kinds. Members see its name, not the handler's."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    #: Values of ``Kind``.
    kinds = models.JSONField(_("kinds of case"), default=list)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_labels(self) -> list[str]:
        return [str(Kind(kind).label) for kind in self.kinds]


class TeamMembershipQuerySet(models.QuerySet["TeamMembership"]):
    def for_user(self, user: Any) -> Self:
        """Staff see the units' people; a member never does."""
        allowed = user.is_active and user.is_staff and user.has_perm("cases.view_teammembership")
        return self if allowed else self.none()

    def leads(self) -> Self:
        return self.filter(is_lead=True, user__is_active=True)


class TeamMembership(models.Model):
    """An employee's place in a unit. The lead is told when the glass is broken."""

    team = models.ForeignKey(
        Team, models.PROTECT, related_name="memberships", verbose_name=_("unit")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="team_memberships",
        verbose_name=_("account"),
    )
    is_lead = models.BooleanField(_("team lead"), default=False)

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a unit")
        verbose_name_plural = _("places in units")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_place_per_user_and_team",
                fields=["user", "team"],
                violation_error_message=_("The employee is already in the unit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
