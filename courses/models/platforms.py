import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Period
from ledarna_gdpr.privacy.words import EEA
from members.history import History

#: How long a look at the certificate or the policy is good for.
FRESH = Period(years=1)


class PlatformQuerySet(models.QuerySet["Platform"]):
    def in_use(self) -> Self:
        """Those that some published occasion is, or was, held on."""
        return self.filter(occasions__published_at__isnull=False).distinct()

    def stale(self, on: dt.date) -> Self:
        """Those whose certificate or policy was last looked at over a year ago, or never."""
        latest = FRESH.latest_start(on)
        old_policy = Q(policy_checked_on=None) | Q(policy_checked_on__lte=latest)
        old_certificate = Q(certificate_checked_on=None) | Q(certificate_checked_on__lte=latest)
        return self.filter(old_policy | ~Q(country__in=EEA) & old_certificate)


class Platform(models.Model):
    """A company that broadcasts our meetings, and what it then learns (P20–P25, P47–P49).

    A draft may lack anything. Nothing is published on it until ``platforms.lacks`` is content.
    """

    class Mechanism(models.TextChoices):
        """Chapter V of the GDPR: on what ground data leave the EEA."""

        EEA = "eea", _("none needed within the EEA")
        ADEQUACY = "adequacy", _("adequacy decision (Art. 45)")
        DPF = "dpf", _("EU-US Data Privacy Framework (Art. 45)")
        CLAUSES = "scc", _("standard contractual clauses (Art. 46)")

    class Player(models.TextChoices):
        """How a participant comes in."""

        NONE = "none", _("by a link")
        ZOOM = "zoom", _("Zoom")
        VIMEO = "vimeo", _("Vimeo")

    name = models.CharField(_("name"), max_length=60, unique=True)
    company = models.CharField(
        _("company"), max_length=160, blank=True, help_text=_("The company's full legal name.")
    )
    country = models.CharField(_("country"), max_length=2, blank=True, help_text="ISO 3166")
    shares = models.CharField(
        _("what is shared"),
        max_length=200,
        blank=True,
        help_text=_("In words that complete “shared with the company is”."),
    )
    mechanism = models.CharField(
        _("ground for the transfer"), max_length=12, choices=Mechanism, blank=True
    )
    certificate_checked_on = models.DateField(
        _("ground last checked on"),
        null=True,
        blank=True,
        help_text=_("When somebody last saw that the certificate or the clauses are in force."),
    )
    policy_url = models.URLField(_("the company's privacy policy"), blank=True)
    policy_checked_on = models.DateField(_("policy last checked on"), null=True, blank=True)
    player = models.CharField(
        _("how participants come in"), max_length=8, choices=Player, default=Player.NONE
    )
    #: The officer's consent to a transfer out of the EEA (P47). A changed ground takes it back.
    approved_on = models.DateField(_("approved on"), null=True, blank=True, editable=False)

    history = History()
    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ["name"]
        permissions = [("approve_platform", _("Can approve transfers out of the EEA"))]
        constraints = [
            models.CheckConstraint(
                name="platform_country_is_two_letters",
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                violation_error_message=_("Enter the country as two letters, SE for Sweden."),
            ),
            models.CheckConstraint(
                name="platform_outside_the_eea_is_not_said_to_be_within",
                condition=Q(country="") | Q(country__in=sorted(EEA)) | ~Q(mechanism="eea"),
                violation_error_message=_(
                    "The country lies outside the EEA: the transfer needs a ground."
                ),
            ),
            models.CheckConstraint(
                name="platform_policy_is_read_over_https",
                condition=Q(policy_url="") | Q(policy_url__startswith="https://"),
                violation_error_message=_("The address of the policy begins with https://."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_within_eea(self) -> bool:
        return self.country in EEA
