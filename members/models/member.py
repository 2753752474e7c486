import datetime as dt
import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Source
from members import personnummer
from members.history import History
from members.models.person import Person, Protection


class MemberQuerySet(models.QuerySet["Member"]):
    def for_user(self, user: Any) -> Self:
        """The members whom this user may see at all: staff the register, a member herself.

        Restricted persons (Art. 18) are nobody's everyday business, and protected identities
        are only for those who handle them.
        """
        visible = self.filter(restricted_at=None)
        if user.is_staff and user.has_perm("members.view_member"):
            if user.has_perm("members.handle_protected"):
                return visible
            return visible.filter(protection=Protection.NONE)
        return visible.filter(pk=user.member_id) if user.member_id else self.none()

    def current(self) -> Self:
        return self.filter(left_on=None)

    def left(self) -> Self:
        return self.exclude(left_on=None)

    def left_since(self, day: dt.date) -> Self:
        return self.filter(left_on__gte=day)

    def lock(self) -> None:
        """Let nobody else decide about these people until this transaction ends."""
        list(self.order_by("pk").select_for_update(no_key=True).values_list("pk"))

    def next_number(self) -> int:
        """One above the highest member number; the unique constraint settles a race."""
        return (self.aggregate(highest=Max("member_number"))["highest"] or 100_000) + 1

    def refresh_left_on(self) -> int:
        """Bring ``left_on`` in step with the periods. Call it wherever periods change."""
        periods = MembershipPeriod.objects.filter(member=OuterRef("pk"))
        last = periods.order_by().values("member").annotate(last=Max("ended_on")).values("last")
        open_period = Exists(periods.filter(ended_on=None))
        return self.update(
            left_on=models.Case(
                models.When(open_period, then=None),
                default=Subquery(last),
                output_field=models.DateField(),
            )
        )


class Member(Person):
    """A person in the register, also after leaving, until the rules take the row.

    ``provenance`` tells for each field where its value came from and when:
    ``{"phone": ["self_service", "2026-11-23T10:15:00+01:00"]}``.
    """

    PROTECTION = Protection

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member_number = models.PositiveBigIntegerField(_("member number"), unique=True)
    personnummer_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    protection = models.CharField(
        _("protected identity"), max_length=24, choices=Protection, blank=True, db_index=True
    )
    left_on = models.DateField(
        _("left on"),
        null=True,
        editable=False,
        help_text=_("The last period's end; empty while a period is open."),
    )
    provenance = models.JSONField(default=dict, editable=False)
    reduced_at = models.DateTimeField(_("reduced at"), null=True, editable=False)
    restricted_at = models.DateTimeField(_("restricted at"), null=True, editable=False)

    history = History(excluded_fields=["personnummer"])
    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["-pk"]
        permissions = [
            ("import_member", _("Can import the register")),
            ("export_member", _("Can export the register")),
            ("reveal_personnummer", _("Can reveal a personnummer")),
            ("handle_protected", _("Can handle protected identities")),
        ]
        constraints = [
            *Person.Meta.constraints,
            models.CheckConstraint(
                name="member_personnummer_has_its_hash",
                condition=Q(personnummer="") | Q(personnummer_hash__isnull=False),
            ),
            models.UniqueConstraint(
                name="member_email_is_unique",
                fields=["email"],
                condition=~Q(email=""),
                violation_error_message=_("Another member has this e-mail address."),
            ),
        ]
        indexes = [
            models.Index(
                name="member_left_not_reduced",
                fields=["left_on"],
                condition=Q(reduced_at=None),
            ),
            # With the key: what hangs on a member and counts from here is found by this alone.
            models.Index(fields=["left_on", "id"], name="member_left_on_with_key"),
            models.Index(
                name="member_restricted",
                fields=["restricted_at"],
                condition=Q(restricted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def label_with_name(self) -> str:
        """For screens whose reader may see the person. Logs get ``str()``."""
        return f"{self.name} ({self.member_number})"

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NONE

    def set_personnummer(self, digits: str) -> None:
        """Store twelve digits, as ``personnummer.parse`` gives them, or nothing."""
        self.personnummer = digits
        self.personnummer_hash = personnummer.hashed(digits)

    def note_source(self, fields: list[str], source: Source, at: dt.datetime) -> None:
        """Record where the values of these fields came from (Art. 15(1)(g)). Does not save."""
        stamp = [source.value, timezone.localtime(at).isoformat(timespec="seconds")]
        self.provenance = {**self.provenance, **dict.fromkeys(fields, stamp)}


class MembershipPeriodQuerySet(models.QuerySet["MembershipPeriod"]):
    def for_user(self, user: Any) -> Self:
        return self.filter(member__in=Member.objects.for_user(user))


class MembershipPeriod(models.Model):
    """One unbroken membership. Two of the same member never overlap."""

    class ExitReason(models.TextChoices):
        OWN_REQUEST = "own_request", _("own request")
        UNPAID = "unpaid", _("unpaid fees")
        RETIRED = "retired", _("retired")
        OTHER_UNION = "other_union", _("changed union")
        EXCLUDED = "excluded", _("excluded")
        DECEASED = "deceased", _("deceased")
        UNKNOWN = "unknown", _("unknown")

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="periods", verbose_name=_("member")
    )
    started_on = models.DateField(_("started on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True, db_index=True)
    exit_reason = models.CharField(
        _("reason for leaving"), max_length=16, choices=ExitReason, blank=True
    )

    history = History()
    objects = MembershipPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership period")
        verbose_name_plural = _("membership periods")
        ordering = ["-started_on"]
        constraints = [
            models.CheckConstraint(
                name="period_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message=_("A period cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="period_has_a_reason_when_it_has_ended",
                condition=Q(ended_on=None, exit_reason="")
                | Q(ended_on__isnull=False) & ~Q(exit_reason=""),
                violation_error_message=_("Give the reason for leaving with the date, or neither."),
            ),
            models.UniqueConstraint(
                name="one_open_period_per_member",
                fields=["member"],
                condition=Q(ended_on=None),
                violation_error_message=_("The member already has an open period."),
            ),
            models.UniqueConstraint(
                name="one_period_per_member_and_start", fields=["member", "started_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
