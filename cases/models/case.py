import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import kinds
from cases.kinds import Facts, Kind
from cases.models.teams import Team, TeamMembership
from ledarna_gdpr.fields import EncryptedTextField
from ledarna_gdpr.privacy import Rule, registry
from members.history import History
from members.models import Member
from members.models.person import Protection


class Status(models.TextChoices):
    NEW = "new", _("not yet taken")
    OPEN = "open", _("in progress")
    WAITING = "waiting", _("waiting for an answer")
    CLOSED = "closed", _("case closed")


class RestrictionGround(models.TextChoices):
    """Art. 18(1), and an erasure that has been granted and has to wait."""

    ACCURACY = "18.1.a", _("you contest that the data are accurate, Art. 18(1)(a)")
    UNLAWFUL = "18.1.b", _("you prefer restriction to erasure, Art. 18(1)(b)")
    CLAIMS = "18.1.c", _("you need the data for legal claims, Art. 18(1)(c)")
    OBJECTION = "18.1.d", _("your objection is being weighed, Art. 18(1)(d)")
    ERASURE = "erasure", _("erased when its date comes, Art. 17")


#: What the person asked for, under which nothing may be destroyed either.
ART_18 = [ground for ground in RestrictionGround if ground != RestrictionGround.ERASURE]


class CaseQuerySet(models.QuerySet["Case"]):
    def for_user(self, user: Any) -> Self:
        """The cases that this user may know of; for her there are no others (law 11).

        Staff: a kind that her roles handle, and either hers, her unit's or granted to her, never
        restricted, a protected identity only for those who handle them. Beyond that, what she
        has broken the glass for, while it lasts. Nobody is above this: an administrator has
        every role, and still needs to have the case. A member: her own.
        """
        if not user.is_active:
            return self.none()
        if user.is_staff:
            return self._for_staff(user, at=timezone.now())
        if not user.member_id:
            return self.none()
        return self.unrestricted().filter(member=user.member_id)

    def _for_staff(self, user: Any, *, at: dt.datetime) -> Self:
        teams = TeamMembership.objects.filter(user=user.pk).values("team")
        granted = Grant.objects.running(at).filter(user=user.pk).values("case")
        broken = EmergencyAccess.objects.running(at).filter(user=user.pk).values("case")
        needs_to_know = Q(handler=user.pk) | Q(team__in=teams) | Q(pk__in=granted)
        everyday = Q(kind__in=kinds.handled_by(user)) & needs_to_know & NOT_RESTRICTED
        behind_glass = Q(pk__in=broken)
        if not user.has_perm("cases.read_restricted"):
            behind_glass &= NOT_RESTRICTED
        return self.unprotected_for(user).filter(everyday | behind_glass)

    def within_reach(self, user: Any) -> Self:
        """The cases with which an employee has anything to do, by keys that indexes know.

        It adds nothing to ``for_user``, which decides; it spares it a large table. Three queries.
        """
        now = timezone.now()
        let_in: set[int] = set()
        for way in (Grant, EmergencyAccess):
            rows = way.objects.running(now).filter(user=user.pk)
            let_in.update(rows.values_list("case", flat=True))
        teams = [*TeamMembership.objects.filter(user=user.pk).values_list("team", flat=True)]
        return self.filter(Q(handler=user.pk) | Q(team__in=teams) | Q(pk__in=let_in))

    def behind_glass(self, user: Any) -> Self:
        """The cases for which this user may break the glass, whosever they are.

        A protected identity stays unknown to those who do not handle them, also then.
        """
        if not (user.is_active and user.is_staff and user.has_perm("cases.break_glass")):
            return self.none()
        reachable = self.unprotected_for(user)
        if user.has_perm("cases.read_restricted"):
            return reachable
        return reachable.unrestricted()

    def unprotected_for(self, user: Any) -> Self:
        """Protected identities are for those who handle them."""
        if user.has_perm("members.handle_protected"):
            return self
        return self.filter(member__protection=Protection.NONE)

    def restricted_of(self, member: Member) -> Self:
        """What is told to the member alone: that it is restricted, why and until when."""
        return self.filter(member=member).exclude(restricted_at=None)

    def unrestricted(self) -> Self:
        return self.filter(NOT_RESTRICTED)

    def running(self) -> Self:
        """Not closed. The condition is the partial indexes' own."""
        return self.filter(~Q(status=Status.CLOSED))

    def overdue(self, *, on: dt.date) -> Self:
        return self.running().filter(due_on__lt=on)

    def unassigned(self) -> Self:
        return self.running().filter(handler=None)


#: Nor of a former member whose erasure has been granted. What still runs is finished first: whoever
#: asked to be forgotten in the middle of a dispute has not asked to lose it.
NOT_RESTRICTED = Q(restricted_at=None) & (Q(member__restricted_at=None) | ~Q(status=Status.CLOSED))


class Case(models.Model):
    """What a member asks of the union, in one trail from the first question to the end (P8)."""

    KIND = Kind
    STATUS = Status

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.NEW)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="cases", verbose_name=_("member")
    )
    subject = EncryptedTextField(_("subject"))
    is_opened_by_member = models.BooleanField(_("opened by the member"), default=False)
    concerns_health = models.BooleanField(_("concerns health"), default=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="cases", verbose_name=_("unit"))
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="handled_cases",
        verbose_name=_("handler"),
    )
    opened_at = models.DateTimeField(_("opened at"))
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    closed_at = models.DateTimeField(_("case closed at"), null=True, editable=False)
    #: Judgment, settlement or latest decision: what R7 to R9 count from.
    concluded_on = models.DateField(_("concluded on"), null=True, editable=False)
    last_contact_at = models.DateTimeField(_("last contact at"))
    #: Somebody has looked at the case since its time came, and found nothing to keep it for (R7).
    erasure_reviewed_at = models.DateTimeField(_("reviewed at"), null=True, editable=False)
    restricted_at = models.DateTimeField(_("restricted at"), null=True, editable=False)
    restriction_ground = models.CharField(
        _("ground of restriction"), max_length=8, choices=RestrictionGround, blank=True
    )
    restricted_until = models.DateField(_("restricted until"), null=True, blank=True)
    notice_version = models.CharField(_("version of the notice"), max_length=20, blank=True)

    history = History(excluded_fields=["subject", "concerns_health"])
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-pk"]
        permissions = [
            ("handle_support", _("Can handle advice, negotiation and litigation")),
            ("handle_social_insurance", _("Can handle injury, benefit and sick-pay cases")),
            ("handle_coaching", _("Can handle coaching cases")),
            ("handle_service", _("Can handle service cases")),
            ("lead_team", _("Can assign cases and follow up in the unit")),
            ("break_glass", _("Can open a case in an emergency")),
            ("read_restricted", _("Can read restricted cases in an emergency")),
            ("restrict_case", _("Can restrict cases and lift restrictions")),
            ("review_case", _("Can review cases before they are erased")),
        ]
        constraints = [
            models.CheckConstraint(name="case_kind_is_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="case_status_is_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="case_tells_of_health_only_where_its_kind_may",
                condition=Q(concerns_health=False) | Q(kind__in=kinds.HEALTH),
                violation_error_message=_("A case of this kind holds nothing about health."),
            ),
            models.CheckConstraint(
                name="case_is_closed_with_its_time",
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | ~Q(status=Status.CLOSED) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="case_closes_after_it_opens",
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                violation_error_message=_("A case cannot close before it opens."),
            ),
            models.CheckConstraint(
                name="case_is_closed_with_the_date_its_clock_counts_from",
                condition=~Q(status=Status.CLOSED, kind__in=kinds.CONCLUDED)
                | Q(concluded_on__isnull=False),
                violation_error_message=_("Give the date that the case was concluded."),
            ),
            models.CheckConstraint(
                name="case_concludes_when_it_closes",
                condition=Q(concluded_on=None) | Q(status=Status.CLOSED, kind__in=kinds.CONCLUDED),
            ),
            models.CheckConstraint(
                name="case_is_reviewed_when_closed",
                condition=Q(erasure_reviewed_at=None) | Q(status=Status.CLOSED),
            ),
            models.CheckConstraint(
                name="case_is_restricted_on_a_ground",
                condition=Q(restricted_at=None, restriction_ground="", restricted_until=None)
                | Q(restricted_at__isnull=False) & ~Q(restriction_ground=""),
                violation_error_message=_("Give the ground of the restriction."),
            ),
            models.CheckConstraint(
                name="case_whose_erasure_waits_has_its_date",
                condition=~Q(restriction_ground=RestrictionGround.ERASURE)
                | Q(restricted_until__isnull=False),
                violation_error_message=_("Give the day until which the case is restricted."),
            ),
        ]
        indexes = [
            models.Index(name="case_inbox", fields=["team", "status", "due_on"]),
            models.Index(name="case_own_work", fields=["handler", "status", "due_on"]),
            models.Index(
                name="case_running", fields=["due_on"], condition=~Q(status=Status.CLOSED)
            ),
            models.Index(
                name="case_without_handler",
                fields=["team", "opened_at"],
                condition=~Q(status=Status.CLOSED) & Q(handler=None),
            ),
            models.Index(name="case_closed", fields=["closed_at", "kind"]),
            models.Index(name="case_concluded", fields=["concluded_on", "kind"]),
            models.Index(name="case_last_contact", fields=["last_contact_at", "kind"]),
            models.Index(
                name="case_restricted",
                fields=["restricted_until"],
                condition=Q(restricted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def facts(self) -> Facts:
        return kinds.KINDS[Kind(self.kind)]

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def is_restricted(self) -> bool:
        return self.restricted_at is not None

    @property
    def rule(self) -> Rule:
        """The retention rule that its kind follows."""
        return self.facts.rule

    @property
    def counts_from(self) -> dt.date | None:
        """The day that its clock counts from, or None while that is not known."""
        value = getattr(self, self.facts.clock)
        return timezone.localdate(value) if isinstance(value, dt.datetime) else value

    @property
    def erased_earliest(self) -> dt.date | None:
        """The first day on which the case may go: computed, so that it cannot go stale."""
        day = self.counts_from
        return day and registry.period_of(self.rule).after(day)


class ThroughCaseQuerySet(models.QuerySet[Any]):
    """What hangs on a case is seen by those who see the case."""

    def for_user(self, user: Any) -> Self:
        return self.filter(case__in=Case.objects.for_user(user))


class StaffOnlyQuerySet(ThroughCaseQuerySet):
    """The house's own side of a case. The member reads it in an answer to a request."""

    def for_user(self, user: Any) -> Self:
        return super().for_user(user) if user.is_staff else self.none()


class CaseEvent(models.Model):
    """A line of the trail: what was done with the case, never what it is about (P8)."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        TAKEN = "taken", _("taken")
        ASSIGNED = "assigned", _("assigned")
        HANDED_OVER = "handed_over", _("handed over")
        WAITING = "waiting", _("set to wait")
        ESCALATED = "escalated", _("escalated")
        CLOSED = "closed", _("case closed")
        REOPENED = "reopened", _("reopened")
        GRANTED = "granted", _("access granted")
        GLASS_BROKEN = "glass_broken", _("opened in an emergency")
        RESTRICTED = "restricted", _("restricted")
        LIFT_ANNOUNCED = "lift_announced", _("member told of the end of the restriction")
        LIFTED = "lifted", _("restriction lifted")
        REVIEWED = "reviewed", _("reviewed before erasure")
        DISCLOSED = "disclosed", _("disclosed")

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name=_("case"))
    kind = models.CharField(_("event"), max_length=16, choices=Kind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, related_name="+", verbose_name=_("to unit")
    )
    old_kind = models.CharField(_("from kind"), max_length=24, choices=kinds.Kind, blank=True)
    new_kind = models.CharField(_("to kind"), max_length=24, choices=kinds.Kind, blank=True)
    old_rule = models.CharField(_("from rule"), max_length=8, choices=kinds.RULES, blank=True)
    new_rule = models.CharField(_("to rule"), max_length=8, choices=kinds.RULES, blank=True)
    reason = EncryptedTextField(_("reason"), blank=True)

    objects = ThroughCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="event_tells_of_kinds_and_rules_when_it_escalates",
                condition=Q(kind="escalated")
                & ~Q(old_kind="")
                & ~Q(new_kind="")
                & ~Q(old_rule="")
                & ~Q(new_rule="")
                | ~Q(kind="escalated") & Q(old_kind="", new_kind="", old_rule="", new_rule=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Occurrence(models.Model):
    """A dated fact from which limitation runs (``cases.limitation``)."""

    class Kind(models.TextChoices):
        EVENT = "event", _("what the dispute is about happened")
        KNOWLEDGE = "knowledge", _("we learned of it")
        DISMISSAL = "dismissal", _("dismissal or notice received")
        EMPLOYMENT_ENDED = "employment_ended", _("the employment ended")
        NEGOTIATION_ENDED = "negotiation_ended", _("the negotiation ended")
        INJURY = "injury", _("the injury happened")
        DECISION = "decision", _("an authority or insurer decided")
        CLAIMED = "claimed", _("the claim was notified or negotiation called for")
        SUED = "sued", _("suit was filed")
        REPORTED = "reported", _("reported to the insurer")

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="occurrences", verbose_name=_("case")
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=Kind)
    on = models.DateField(_("on the day"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = ThroughCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("dated fact")
        verbose_name_plural = _("dated facts")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_occurrence_per_case_kind_and_day",
                fields=["case", "kind", "on"],
                violation_error_message=_("That date is already recorded."),
            ),
        ]
        indexes = [models.Index(name="occurrence_by_day", fields=["kind", "on"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class AccessQuerySet(models.QuerySet[Any]):
    def running(self, at: dt.datetime) -> Self:
        return self.filter(until__gt=at)

    def for_user(self, user: Any) -> Self:
        """Who was let in: for those who see the case."""
        if not user.is_staff:
            return self.none()
        return self.filter(case__in=Case.objects.for_user(user))


class Grant(models.Model):
    """An employee outside the unit who needs to know, until a day."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="grants", verbose_name=_("case"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="case_grants",
        verbose_name=_("employee"),
    )
    reason = EncryptedTextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted at"))
    until = models.DateTimeField(_("until"))

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("granted access")
        verbose_name_plural = _("granted accesses")
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(until__gt=F("granted_at")),
                violation_error_message=_("Access must end after it begins."),
            ),
        ]
        indexes = [models.Index(name="grant_of_user", fields=["user", "until", "case"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class EmergencyAccessQuerySet(AccessQuerySet):
    def for_user(self, user: Any) -> Self:
        """Those who follow up see them all, a team lead her unit's, anyone her own."""
        if not (user.is_active and user.is_staff):
            return self.none()
        visible = self.filter(case__in=Case.objects.unprotected_for(user))
        if user.has_perm("cases.follow_up_emergencyaccess"):
            return visible
        led = TeamMembership.objects.leads().filter(user=user.pk).values("team")
        return visible.filter(Q(user=user.pk) | Q(case__team__in=led))

    def waiting(self) -> Self:
        """Not yet followed up."""
        return self.filter(followed_up_at=None)


class EmergencyAccess(models.Model):
    """The glass was broken: a reason, an hour, and somebody who follows it up."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="emergencies", verbose_name=_("case")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="emergencies",
        verbose_name=_("employee"),
    )
    reason = EncryptedTextField(_("reason"))
    at = models.DateTimeField(_("at"))
    until = models.DateTimeField(_("until"))
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("followed up by"),
    )
    followed_up_at = models.DateTimeField(_("followed up at"), null=True)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ["-at"]
        permissions = [
            ("follow_up_emergencyaccess", _("Can follow up emergency access everywhere")),
        ]
        constraints = [
            models.CheckConstraint(
                name="emergency_lasts_at_most_an_hour",
                condition=Q(until__gt=F("at"), until__lte=F("at") + dt.timedelta(hours=1)),
            ),
            models.CheckConstraint(
                name="emergency_is_followed_up_by_another",
                condition=Q(followed_up_by=None) | Q(user=None) | ~Q(followed_up_by=F("user")),
                violation_error_message=_("Someone else must follow it up."),
            ),
        ]
        indexes = [
            models.Index(name="emergency_of_user", fields=["user", "until", "case"]),
            models.Index(name="emergency_waiting", fields=["at"], condition=Q(followed_up_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
