import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsar import deadlines
from ledarna_gdpr.fields import EncryptedTextField
from members.models import Member


class SubjectRequestQuerySet(models.QuerySet["SubjectRequest"]):
    def for_user(self, user: Any) -> Self:
        """Those who answer requests see all but protected identities' unless they handle these;
        a member sees her own."""
        if user.is_staff and user.has_perm("dsar.view_subjectrequest"):
            if user.has_perm("members.handle_protected"):
                return self
            return self.filter(Q(member=None) | Q(member__protection=""))
        return self.filter(member=user.member_id) if user.member_id else self.none()

    def open(self) -> Self:
        return self.exclude(status__in=SubjectRequest.Status.closed())

    def overdue(self, on: dt.date) -> Self:
        """Open ones whose planned day has passed."""
        yesterday = on - dt.timedelta(days=1)
        late = Q(
            extended_at=None, received_at__date__lte=deadlines.ANSWER.latest_start(yesterday)
        ) | Q(
            extended_at__isnull=False,
            received_at__date__lte=deadlines.EXTENDED.latest_start(yesterday),
        )
        return self.open().filter(late)

    def ready_to_erase(self) -> Self:
        """Approved erasures that have not been carried out to the end."""
        return self.filter(
            kind=SubjectRequest.Kind.ERASURE,
            status__in=[SubjectRequest.Status.APPROVED, SubjectRequest.Status.EXECUTING],
        )

    def ready_to_answer(self) -> Self:
        """Approved requests for data whose package has not been made."""
        return self.filter(
            kind__in=[SubjectRequest.Kind.ACCESS, SubjectRequest.Kind.PORTABILITY],
            status=SubjectRequest.Status.APPROVED,
        )


class SubjectRequest(models.Model):
    """Someone exercises a right (Art. 15–21), through whatever channel.

    The clock starts at ``received_at``. The file outlives the person without naming her (R27):
    on erasure the link and everything she wrote are emptied.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", _("access to my data (Art. 15)")
        PORTABILITY = "portability", _("my data in a machine-readable form (Art. 20)")
        RECTIFICATION = "rectification", _("correction (Art. 16)")
        ERASURE = "erasure", _("erasure (Art. 17)")
        OBJECTION = "objection", _("objection (Art. 21)")

    class Channel(models.TextChoices):
        MY_PAGES = "my_pages", _("My pages")
        FORM = "form", _("contact form")
        PHONE = "phone", _("telephone")
        EMAIL = "email", _("e-mail")
        LETTER = "letter", _("letter")

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        APPROVED = "approved", _("approved")
        EXECUTING = "executing", _("being carried out")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused")

        @classmethod
        def closed(cls) -> "list[SubjectRequest.Status]":
            return [cls.ANSWERED, cls.REFUSED]

    class Identification(models.TextChoices):
        NONE = "", _("not identified yet")
        LOGGED_IN = "logged_in", _("logged in on My pages")
        CALL_BACK = "call_back", _("called back on the registered number")
        BANKID_BY_PHONE = "bankid_phone", _("BankID by telephone")
        LETTER = "letter_home", _("code by letter to the registered address")
        IN_PERSON = "in_person", _("identity document shown in person")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what is asked for"), max_length=16, choices=Kind)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.RECEIVED, editable=False
    )
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("member"),
    )
    name = EncryptedTextField(_("name"), blank=True)
    contact = EncryptedTextField(_("e-mail or telephone"), blank=True)
    message = EncryptedTextField(_("message"), blank=True)
    received_at = models.DateTimeField(_("received at"), db_index=True)
    identification = models.CharField(
        _("identified by"), max_length=16, choices=Identification, blank=True
    )
    extension_reason = models.TextField(_("reason for extension"), blank=True)
    extended_at = models.DateTimeField(_("extended at"), null=True, editable=False)
    decision_reason = models.TextField(_("reason for the decision"), blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, db_index=True, editable=False)
    notice_version = models.CharField(_("notice version"), max_length=20, editable=False)
    #: SHA-256 of the package that was handed out.
    package_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_request_per_member_and_kind",
                fields=["member", "kind"],
                condition=Q(status__in=["received", "approved", "executing"]),
                violation_error_message=_("There is already an open request of this kind."),
            ),
            models.CheckConstraint(
                name="request_closed_at_with_status",
                condition=Q(status__in=["answered", "refused"], closed_at__isnull=False)
                | Q(status__in=["received", "approved", "executing"], closed_at=None),
            ),
            models.CheckConstraint(
                name="request_extended_with_reason",
                condition=Q(extended_at=None) | ~Q(extension_reason=""),
                violation_error_message=_("An extension needs its reason (Art. 12(3))."),
            ),
            models.CheckConstraint(
                name="request_decided_by_someone_identified",
                condition=Q(status__in=["received", "refused"]) | ~Q(identification=""),
                violation_error_message=_("Identify the person before you approve (Art. 12(6))."),
            ),
        ]
        permissions = [("decide_subjectrequest", _("Can decide requests"))]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def received_on(self) -> dt.date:
        return timezone.localdate(self.received_at)

    @property
    def due_on(self) -> dt.date:
        """The day to plan for: one month from receipt, three when extended (Art. 12(3))."""
        return deadlines.planned(self.received_on, extended=self.extended_at is not None)

    @property
    def last_day(self) -> dt.date:
        """The last lawful day: ``due_on``, moved past weekends and public holidays."""
        return deadlines.lawful(self.received_on, extended=self.extended_at is not None)

    @property
    def is_open(self) -> bool:
        return self.status not in self.Status.closed()

    @property
    def is_withdrawn(self) -> bool:
        """Closed by the person herself: nobody decided, and there is nothing to tell her."""
        return self.status == self.Status.REFUSED and self.decided_at is None

    @property
    def state(self) -> str:
        """The status in words."""
        return str(_("taken back") if self.is_withdrawn else self.get_status_display())

    def days_left(self, on: dt.date) -> int:
        return (self.due_on - on).days
