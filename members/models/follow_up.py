from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.mailings import Reason
from members.models.member import Member, MembershipPeriod


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def for_user(self, user: Any) -> Self:
        """A member's own, and for staff those of the members whom they may see."""
        if user.is_staff and not user.has_perm("members.view_followup"):
            return self.none()
        return self.filter(period__member__in=Member.objects.for_user(user))

    def running(self) -> Self:
        """Not ended, by us, by time or by the person."""
        return self.filter(ended_on=None)


class FollowUp(models.Model):
    """What we write to someone who has left, for one purpose: how often, and until when (P41, P42).

    It belongs to the membership that ended. Whoever returns and leaves again begins a new one.
    """

    class Purpose(models.TextChoices):
        EXIT_SURVEY = "exit_survey", _("why you left")
        WIN_BACK = "win_back", _("whether you want to return")

    class Ended(models.TextChoices):
        """Besides the reasons for which nobody is written to at all."""

        DONE = "done", _("all messages have been sent")
        TIME = "time", _("the time for it is over")

    period = models.ForeignKey(
        MembershipPeriod,
        models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("membership that ended"),
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    maximum = models.PositiveSmallIntegerField(_("at most"))
    sent = models.PositiveSmallIntegerField(_("messages sent"), default=0)
    last_sent_on = models.DateField(_("last sent on"), null=True)
    ended_on = models.DateField(_("ended on"), null=True)
    ended_because = models.CharField(
        _("ended because"), max_length=10, choices=[*Ended.choices, *Reason.choices], blank=True
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact after exit")
        verbose_name_plural = _("contacts after exit")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_follow_up_per_exit_and_purpose", fields=["period", "purpose"]
            ),
            models.CheckConstraint(
                name="follow_up_is_sent_no_more_often_than_its_maximum",
                condition=Q(sent__lte=F("maximum")),
            ),
            models.CheckConstraint(
                name="exit_survey_is_one_message_and_one_reminder",
                condition=~Q(purpose="exit_survey") | Q(maximum__lte=2),
            ),
            models.CheckConstraint(
                name="follow_up_knows_when_it_was_sent",
                condition=Q(sent=0, last_sent_on=None) | Q(sent__gt=0, last_sent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="follow_up_ends_for_a_reason",
                condition=Q(ended_on=None, ended_because="")
                | Q(ended_on__isnull=False) & ~Q(ended_because=""),
            ),
        ]
        indexes = [
            models.Index(
                name="follow_up_running", fields=["purpose", "sent"], condition=Q(ended_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
