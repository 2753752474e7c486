from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadLogQuerySet(models.QuerySet["ReadLog"]):
    def for_user(self, user: Any) -> Self:
        if user.is_staff and user.has_perm("members.view_readlog"):
            return self
        return self.filter(subject_id=user.member_id) if user.member_id else self.none()


class ReadLog(models.Model):
    """Who saw whose data, where, why and when; never what (law 8).

    Bare keys instead of foreign keys: the log outlives the account and the person, and then
    leads to nobody.
    """

    at = models.DateTimeField(_("at"), db_index=True)
    actor_id = models.BigIntegerField(_("account"), null=True)
    subject_id = models.BigIntegerField(_("member"), db_index=True)
    view = models.CharField(_("page"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=200)
    #: Reads of protected identities are kept longer (R30).
    is_protected = models.BooleanField(_("protected identity"), default=False)

    objects = ReadLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("read-log row")
        verbose_name_plural = _("read log")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
