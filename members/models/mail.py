from django.db import models
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.fields import EncryptedTextField
from members.models.choices import UnsubscribeLink
from members.models.member import Member


class OutgoingMail(models.Model):
    """A mail that waits to be delivered. The row goes when it has been."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        DELIVERED = "delivered", _("delivered")
        WITHDRAWN = "withdrawn", _("not sent: no longer wanted")
        UNSURE = "unsure", _("perhaps delivered")

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="mail", verbose_name=_("member")
    )
    to = EncryptedTextField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = EncryptedTextField(_("text"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(_("created at"), db_index=True)
    #: In what its receiver may say no to: the way to do so. Sent only if she has not.
    link = models.ForeignKey(
        UnsubscribeLink, models.PROTECT, null=True, related_name="+", verbose_name=_("link")
    )
    claimed_at = models.DateTimeField(_("claimed at"), null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                name="mail_to_deliver",
                fields=["status", "created_at"],
                condition=~models.Q(status__in=["delivered", "withdrawn"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
