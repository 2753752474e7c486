from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.member import Member


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """An account: a member's on Mina sidor, or an employee's in the admin, never both. An employee
    who is a member has two.

    A member's account comes into being when she first logs in, not before.
    """

    username = first_name = last_name = None  # type: ignore[assignment]
    email = models.EmailField(  # type: ignore[assignment]
        _("e-mail"),
        unique=True,
        null=True,
        blank=True,
        help_text=_("Staff only: a member logs in with the register's address."),
    )
    name = models.CharField(_("name"), max_length=120, blank=True, help_text=_("Staff only."))
    member = models.OneToOneField(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="user",
        verbose_name=_("member"),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                name="account_is_either_a_members_or_staffs",
                condition=Q(is_staff=True, member=None) | Q(is_staff=False, member__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_full_name(self) -> str:
        return self.name or str(self)

    def get_short_name(self) -> str:
        return self.get_full_name()


class Session(AbstractBaseSession):
    """A session that knows whose it is, so that it can end with its person. What is in it, only
    the store in ``members.sessions`` can read."""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        pass


class LoginRecordQuerySet(models.QuerySet["LoginRecord"]):
    def for_user(self, user: Any) -> Self:
        """Staff see everyone's whom they may see at all; a member her own."""
        if user.is_staff and user.has_perm("members.view_loginrecord"):
            visible = Member.objects.for_user(user)
            return self.filter(Q(user__member=None) | Q(user__member__in=visible))
        return self.filter(user=user.pk)


#: What the ways in are called; a provider of log-in by OpenID Connect keeps its own name.
WAYS_IN = {
    "code": _("code by e-mail"),
    "password": _("password"),
    "password_reset": _("new password"),
    "second factor": _("second factor"),
    "totp": _("code of an app"),
    "recovery_codes": _("recovery code"),
    "webauthn": _("passkey"),
}


class LoginRecord(models.Model):
    """A log-in, succeeded or failed. Of a failed one: that it happened, not what was typed."""

    user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="logins", verbose_name=_("account")
    )
    at = models.DateTimeField(_("at"), db_index=True)
    method = models.CharField(_("method"), max_length=40)
    ip_address = models.GenericIPAddressField(_("IP address"), null=True)
    succeeded = models.BooleanField(_("succeeded"))

    objects = LoginRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        ordering = ["-at"]
        indexes = [
            models.Index(
                name="login_with_address",
                fields=["at"],
                condition=Q(ip_address__isnull=False),
            ),
            models.Index(name="login_failed", fields=["at"], condition=Q(succeeded=False)),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def method_in_words(self) -> str:
        """``password + code of an app``."""
        return " + ".join(str(WAYS_IN.get(step, step)) for step in self.method.split("+"))
