"""What a member and an applicant have in common: who they are and how to reach them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.fields import EncryptedTextField
from members import personnummer

E164 = r"^\+[1-9][0-9]{6,14}$"


class Protection(models.TextChoices):
    """The three forms of protected identity (skyddade personuppgifter)."""

    NONE = "", _("none")
    CONFIDENTIAL = "confidential", _("confidentiality marking")
    PROTECTED_REGISTRATION = "protected_registration", _("protected population registration")
    FICTITIOUS = "fictitious", _("fictitious personal data")


class Person(models.Model):
    """A name may be single, multiple or foreign; a personnummer may be missing."""

    given_names = models.CharField(_("given names"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    preferred_name = models.CharField(_("name of address"), max_length=60, blank=True)
    #: 12 digits. Set with ``set_personnummer``, which keeps the hash in step.
    personnummer = EncryptedTextField(_("personnummer"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("telephone"), max_length=16, blank=True, help_text=_("International form, +46701740605.")
    )
    care_of = models.CharField(_("c/o"), max_length=120, blank=True)
    street_address = models.CharField(_("address or post box"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="SE", help_text="ISO 3166")
    employer = models.CharField(_("employer"), max_length=160, blank=True)
    job_title = models.CharField(_("role"), max_length=120, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_has_a_name",
                condition=~Q(given_names="") | ~Q(family_name=""),
                violation_error_message=_("Enter at least one name."),
            ),
            models.CheckConstraint(
                name="%(class)s_phone_is_international",
                condition=Q(phone="") | Q(phone__regex=E164),
                violation_error_message=_("Enter the telephone number as +46701740605."),
            ),
            models.CheckConstraint(
                name="%(class)s_email_is_lower_case",
                condition=Q(email=Lower("email")),
            ),
            models.CheckConstraint(
                name="%(class)s_country_is_two_letters",
                condition=Q(country__regex=r"^[A-Z]{2}$"),
                violation_error_message=_("Enter the country as two letters, SE for Sweden."),
            ),
        ]

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def personnummer_masked(self) -> str:
        """``YYYYMMDD-••••``, or empty."""
        return personnummer.mask(self.personnummer)

    @property
    def postal_line(self) -> str:
        """``102 22 Stockholm``; a foreign postal code is left as it is."""
        code = self.postal_code
        if self.country == "SE" and len(code) == 5:
            code = f"{code[:3]} {code[3:]}"
        return f"{code} {self.city}".strip()
