"""What people do not want to have from us, and by which way (Art. 21(2)-(3))."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.consents import How
from members.models.member import Member


class Topic(models.TextChoices):
    """What a member chooses to have or not. Necessary notices are not among them."""

    NEWSLETTER = "newsletter", _("newsletters")
    INVITATIONS = "invitations", _("invitations to courses and meetings")
    OFFERS = "offers", _("member offers")
    SURVEYS = "surveys", _("surveys and evaluations")
    AFTER_EXIT = "after_exit", _("contact after you have left")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    LETTER = "letter", _("letter")


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def for_user(self, user: Any) -> Self:
        """A member's own, and for staff those of the members whom they may see."""
        if user.is_staff and not user.has_perm("members.view_objection"):
            return self.none()
        return self.filter(member__in=Member.objects.for_user(user))

    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(lifted_at=None)


class Objection(models.Model):
    """A no to one topic by one way. It stands until its person takes it back herself."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="objections", verbose_name=_("member")
    )
    topic = models.CharField(_("what"), max_length=12, choices=Topic)
    channel = models.CharField(_("by which way"), max_length=6, choices=Channel)
    made_at = models.DateTimeField(_("made at"))
    how = models.CharField(_("how"), max_length=10, choices=How)
    lifted_at = models.DateTimeField(_("taken back at"), null=True)
    lifted_how = models.CharField(_("taken back how"), max_length=10, choices=How, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection to mailings")
        verbose_name_plural = _("objections to mailings")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_standing_objection_per_member_topic_and_channel",
                fields=["member", "topic", "channel"],
                condition=Q(lifted_at=None),
            ),
            models.CheckConstraint(
                name="objection_lifted_when_and_how_together",
                condition=Q(lifted_at=None, lifted_how="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_how=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Suppression(models.Model):
    """A no that outlives its person's erasure (Art. 21(3), R23): a keyed hash and nothing else.

    It leads to nobody; whoever has the address or the number recognises the person in it. The
    hash is emptied when the person takes the no back.
    """

    hash = models.CharField(max_length=64)
    topic = models.CharField(_("what"), max_length=12, choices=Topic)
    channel = models.CharField(_("by which way"), max_length=6, choices=Channel)
    since = models.DateTimeField(_("since"))
    reviewed_at = models.DateTimeField(
        _("reviewed at"),
        db_index=True,
        help_text=_("When it was last decided that the no still has to be kept (R23)."),
    )

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-pk"]
        permissions = [("review_suppression", _("Can review suppressed addresses"))]
        constraints = [
            models.UniqueConstraint(
                name="one_suppression_per_hash_topic_and_channel",
                fields=["hash", "topic", "channel"],
                condition=~Q(hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class UnsubscribeLinkQuerySet(models.QuerySet["UnsubscribeLink"]):
    def for_user(self, user: Any) -> Self:
        """Nobody's but the member's own: the address works for whoever holds it."""
        return self.filter(member=user.member_id) if user.member_id else self.none()


class UnsubscribeLink(models.Model):
    """The random address that stands in each message, and says no for its member without log-in."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="unsubscribe_links", verbose_name=_("member")
    )
    topic = models.CharField(_("what"), max_length=12, choices=Topic)
    channel = models.CharField(_("by which way"), max_length=6, choices=Channel)

    objects = UnsubscribeLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsubscribe link")
        verbose_name_plural = _("unsubscribe links")
        constraints = [
            models.UniqueConstraint(
                name="one_unsubscribe_link_per_member_topic_and_channel",
                fields=["member", "topic", "channel"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
