"""Mailings to many: what, to whom, decided by whom, and how far they have come."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.mail import OutgoingMail
from members.models.member import Member

#: More recipients than this take two people (law 12).
ALONE = 100


class Reason(models.TextChoices):
    """Why somebody falls away. Each person for the first that holds."""

    RESTRICTED = "restricted", _("processing is restricted")
    PROTECTED = "protected", _("protected identity, handled by hand")
    LEFT = "left", _("no longer a member")
    RETURNED = "returned", _("is a member")
    DECEASED = "deceased", _("deceased")
    NO_ADDRESS = "no_address", _("no address")
    BOUNCED = "bounced", _("mail to the address comes back")
    OBJECTED = "objected", _("has said no")
    NO_CONSENT = "no_consent", _("has not said yes")
    SUPPRESSED = "suppressed", _("said no before an earlier erasure")
    STOPPED = "stopped", _("the mailing was stopped")


class MailingQuerySet(models.QuerySet["Mailing"]):
    def for_user(self, user: Any) -> Self:
        """Staff who work with mailings; they hold texts and counts, no member's data."""
        if user.is_staff and user.has_perm("members.view_mailing"):
            return self
        return self.none()


class Mailing(models.Model):
    """One text to many, for one published purpose (P45).

    The list is laid down when somebody asks for it to be sent; each person on it is looked at
    again when her own mail goes.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("waiting for a second person")
        SENDING = "sending", _("being sent")
        DONE = "done", _("sent")
        STOPPED = "stopped", _("stopped")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("all members")
        NEW = "new", _("members who joined in the last twelve months")

    #: The key of the purpose; see ``members.mailings.purposes``.
    purpose = models.CharField(_("purpose"), max_length=20)
    audience = models.CharField(
        _("audience"), max_length=10, choices=Audience, default=Audience.EVERYONE
    )
    region = models.CharField(
        _("postal codes that begin with"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[1-9][0-9]?$", _("One or two digits, such as 41."))],
        help_text=_("One or two digits, such as 41 for Gothenburg. Empty for the whole country."),
    )
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("written at"), db_index=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    #: How many the list held when it was laid down.
    listed = models.PositiveIntegerField(_("on the list"), default=0)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-pk"]
        permissions = [
            ("send_mailing", _("Can send mailings")),
            ("approve_mailing", _("Can approve mailings")),
        ]
        constraints = [
            models.CheckConstraint(
                name="mailing_to_many_is_approved",
                condition=Q(status__in=["draft", "waiting", "stopped"])
                | Q(listed__lte=ALONE)
                | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mailing_is_approved_by_another",
                condition=Q(approved_by=None) | Q(sent_by=None) | ~Q(approved_by=F("sent_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class MailingRecipientQuerySet(models.QuerySet["MailingRecipient"]):
    def for_user(self, user: Any) -> Self:
        """A member's own. Staff see counts: who reads the newsletter is not their business."""
        return self.filter(member=user.member_id) if user.member_id else self.none()

    def waiting(self) -> Self:
        return self.filter(status=MailingRecipient.Status.WAITING)

    def sent(self) -> None:
        """Their mails have been handed over."""
        self.update(status=MailingRecipient.Status.SENT)

    def left_unsure(self) -> None:
        """Their mails may have been handed over, and do not go again."""
        self.update(status=MailingRecipient.Status.UNSURE)

    def fell_away(self, reason: str) -> None:
        self.update(status=MailingRecipient.Status.FELL_AWAY, reason=reason)


class MailingRecipient(models.Model):
    """A member on a mailing's list, and what became of her mail."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        QUEUED = "queued", _("on its way")
        SENT = "sent", _("sent")
        FELL_AWAY = "fell_away", _("not sent")
        UNSURE = "unsure", _("perhaps sent")

    mailing = models.ForeignKey(
        Mailing, models.PROTECT, related_name="recipients", verbose_name=_("mailing")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="mailings", verbose_name=_("member")
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    reason = models.CharField(_("why not"), max_length=10, choices=Reason, blank=True)
    mail = models.OneToOneField(
        OutgoingMail, models.SET_NULL, null=True, related_name="recipient", verbose_name=_("mail")
    )

    objects = MailingRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient of a mailing")
        verbose_name_plural = _("recipients of mailings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_mail_per_mailing_and_member", fields=["mailing", "member"]
            ),
            models.CheckConstraint(
                name="recipient_falls_away_for_a_reason",
                condition=Q(status="fell_away") & ~Q(reason="")
                | ~Q(status="fell_away") & Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(
                name="recipient_waiting", fields=["mailing", "id"], condition=Q(status="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class BounceQuerySet(models.QuerySet["Bounce"]):
    def for_user(self, user: Any) -> Self:
        if user.is_staff and not user.has_perm("members.view_bounce"):
            return self.none()
        return self.filter(member__in=Member.objects.for_user(user))


class Bounce(models.Model):
    """An address to which mail came back for good. It stops mailings until the member has
    another."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="bounces", verbose_name=_("member")
    )
    address = models.EmailField(_("e-mail"))
    at = models.DateTimeField(_("at"), db_index=True)

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("address that does not answer")
        verbose_name_plural = _("addresses that do not answer")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_bounce_per_member_and_address", fields=["member", "address"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
