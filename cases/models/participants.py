from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, StaffOnlyQuerySet, ThroughCaseQuerySet
from ledarna_gdpr.fields import EncryptedTextField
from ledarna_gdpr.privacy import Condition, LegalBasis
from ledarna_gdpr.privacy.words import EEA
from members.models import Member


class Role(models.TextChoices):
    EMPLOYER = "employer", _("employer")
    MANAGER = "manager", _("manager")
    HR = "hr", _("HR")
    COLLEAGUE = "colleague", _("colleague")
    WITNESS = "witness", _("witness")
    DOCTOR = "doctor", _("doctor")
    COUNSEL = "counsel", _("counsel")
    AUTHORITY = "authority", _("authority or court")
    EMPLOYERS_ORGANISATION = "organisation", _("employers' organisation")


class Participant(models.Model):
    """Somebody else in the case. Notes write ``@number`` instead of the name, so that a note can
    be given to the member without giving her another person's data."""

    ROLE = Role

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="participants", verbose_name=_("case")
    )
    number = models.PositiveSmallIntegerField(_("participant's number"))
    role = models.CharField(_("role in the case"), max_length=12, choices=Role)
    name = EncryptedTextField(_("name"), blank=True)
    organisation = EncryptedTextField(_("organisation"), blank=True)
    contact = EncryptedTextField(_("contact details"), blank=True)
    #: Where the other person is a member of ours too: the case is not hers for that.
    member = models.ForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("is the member"),
    )

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="one_participant_per_case_and_number", fields=["case", "number"]
            ),
            models.CheckConstraint(
                name="participants_are_counted_from_one", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def label_with_name(self) -> str:
        """For screens whose reader may see the case. Logs get ``str()``."""
        name = self.name or self.organisation or str(self)
        return f"{name} ({self.get_role_display()})"


class CaseDisclosure(models.Model):
    """What left the house to protect the member's rights, to whom and why (P37).

    ``recipient_name`` is empty until it has left: a protected identity waits for a second person.
    """

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="disclosures", verbose_name=_("case")
    )
    participant = models.ForeignKey(
        Participant,
        models.SET_NULL,
        null=True,
        related_name="disclosures",
        verbose_name=_("recipient"),
    )
    recipient_name = EncryptedTextField(_("recipient"), blank=True)
    country = models.CharField(_("country"), max_length=2, default="SE")
    safeguard = models.CharField(_("safeguard of the transfer"), max_length=200, blank=True)
    #: In words; and the documents among it, by key.
    data = EncryptedTextField(_("what was disclosed"))
    documents = models.JSONField(_("documents"), default=list)
    necessity = EncryptedTextField(_("why it is necessary"))
    basis = models.CharField(
        _("legal basis"), max_length=5, choices=LegalBasis, default=LegalBasis.CONTRACT
    )
    condition = models.CharField(
        _("condition, Art. 9"), max_length=5, choices=Condition, default=Condition.LEGAL_CLAIMS
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    requested_at = models.DateTimeField(_("prepared at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    disclosed_at = models.DateTimeField(_("disclosed at"), null=True)

    objects = ThroughCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-requested_at"]
        permissions = [
            ("approve_casedisclosure", _("Can approve disclosures of protected identities")),
        ]
        constraints = [
            models.CheckConstraint(
                name="disclosure_outside_the_eea_has_a_safeguard",
                condition=Q(country__in=sorted(EEA)) | ~Q(safeguard=""),
                violation_error_message=_("Name the safeguard of the transfer (Chapter V)."),
            ),
            models.CheckConstraint(
                name="disclosure_names_its_recipient_when_it_has_left",
                condition=Q(disclosed_at=None, recipient_name="")
                | Q(disclosed_at__isnull=False) & ~Q(recipient_name=""),
            ),
            models.CheckConstraint(
                name="disclosure_is_approved_by_another",
                condition=Q(approved_by=None)
                | Q(requested_by=None)
                | ~Q(approved_by=F("requested_by")),
                violation_error_message=_("Someone else must approve the disclosure."),
            ),
            models.CheckConstraint(
                name="disclosure_has_basis_and_condition",
                condition=Q(basis__in=LegalBasis.values, condition__in=Condition.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
