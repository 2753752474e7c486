from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.occasions import Occasion


class OccasionMessageQuerySet(models.QuerySet["OccasionMessage"]):
    def for_user(self, user: Any) -> Self:
        return self.filter(occasion__in=Occasion.objects.for_user(user))


class OccasionMessage(models.Model):
    """The same words to everyone who has a place at an occasion.

    The row is the work as well: a worker goes through the registrations by key and writes down
    how far it came, so that one that dies is continued and nobody gets the message twice.
    """

    occasion = models.ForeignKey(
        Occasion, models.PROTECT, related_name="messages", verbose_name=_("occasion")
    )
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    created_at = models.DateTimeField(_("created at"))
    finished_at = models.DateTimeField(_("sent at"), null=True)
    heartbeat_at = models.DateTimeField()
    #: The key of the last registration that was written to.
    reached = models.PositiveBigIntegerField(default=0)
    recipients = models.PositiveIntegerField(_("recipients"), default=0)
    queued = models.PositiveIntegerField(_("written to"), default=0)
    #: Participants whom no mail reaches, for the organiser to telephone.
    without_address = models.PositiveIntegerField(_("without an e-mail address"), default=0)

    objects = OccasionMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to participants")
        verbose_name_plural = _("messages to participants")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                name="message_under_way",
                fields=["heartbeat_at"],
                condition=Q(finished_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
