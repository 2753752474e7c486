"""The vocabulary of the General Data Protection Regulation, as far as declarations need it."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

#: The European Economic Area, ISO 3166: within it, data move without Chapter V.
EEA = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
     "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip


class LegalBasis(TextChoices):
    """Art. 6(1): why processing is lawful."""

    CONSENT = "6.1.a", _("your consent (Art. 6(1)(a))")
    CONTRACT = "6.1.b", _("the agreement with you (Art. 6(1)(b))")
    LEGAL_OBLIGATION = "6.1.c", _("a legal obligation (Art. 6(1)(c))")
    VITAL_INTERESTS = "6.1.d", _("vital interests (Art. 6(1)(d))")
    PUBLIC_TASK = "6.1.e", _("a task in the public interest (Art. 6(1)(e))")
    LEGITIMATE_INTERESTS = "6.1.f", _("legitimate interests (Art. 6(1)(f))")


class Condition(TextChoices):
    """Art. 9(2): why special categories may be processed."""

    EXPLICIT_CONSENT = "9.2.a", _("your explicit consent (Art. 9(2)(a))")
    EMPLOYMENT_LAW = "9.2.b", _("employment and social security law (Art. 9(2)(b))")
    NOT_FOR_PROFIT_BODY = "9.2.d", _("a not-for-profit body's own members (Art. 9(2)(d))")
    MADE_PUBLIC = "9.2.e", _("made public by you (Art. 9(2)(e))")
    LEGAL_CLAIMS = "9.2.f", _("legal claims (Art. 9(2)(f))")


class Category(TextChoices):
    """Art. 15(1)(b) and 30(1)(c): what kind of data a field holds."""

    IDENTITY = "identity", _("name and identity")
    NATIONAL_ID = "national_id", _("national identity number")
    CONTACT = "contact", _("contact details")
    EMPLOYMENT = "employment", _("employment")
    MEMBERSHIP = "membership", _("trade union membership")
    FINANCIAL = "financial", _("fees and payments")
    HEALTH = "health", _("health")
    PROTECTION = "protection", _("protected identity")
    COMMUNICATION = "communication", _("correspondence")
    CASE = "case", _("what you tell us in a case")
    OPINION = "opinion", _("opinions and answers")
    CREDENTIALS = "credentials", _("log-in details")
    ACTIVITY = "activity", _("activity and log records")
    PROCESSING = "processing", _("how your data were handled")


class Source(TextChoices):
    """Art. 15(1)(g): where data came from."""

    APPLICATION = "application", _("your application")
    SELF_SERVICE = "self_service", _("yourself, on My pages")
    STAFF = "staff", _("our staff")
    IMPORT = "import", _("an imported register")
    SUBJECT = "subject", _("yourself")
    SYSTEM = "system", _("our system")
    PLATFORM = "platform", _("the meeting platform's report")


class Ground(TextChoices):
    """Why a request for erasure leaves a record standing."""

    NEEDED = "17.1.a", _("still needed for the agreement; Art. 17(1)(a) is not met")
    LEGAL_OBLIGATION = "17.3.b", _("a legal obligation, Art. 17(3)(b)")
    LEGAL_CLAIMS = "17.3.e", _("legal claims, Art. 17(3)(e)")


class MaskingGround(TextChoices):
    """Why a passage of a text is masked in the answer to its person."""

    OTHER_PERSON = "15.4", _("another person's data, Art. 15(4)")
    PRIVILEGED = "privileged", _("legal strategy in a dispute, Art. 15(4)")


class Outcome(TextChoices):
    """What becomes of a record when its person is erased: exactly one of these."""

    ERASED = "erased", _("erased")
    ANONYMISED = "anonymised", _("anonymised")
    RESTRICTED = "restricted", _("restricted until its date, then erased")
    SCRUBBED = "scrubbed", _("another's record: your part of it emptied")
    KEPT = "kept", _("kept in use")


@dataclass(frozen=True)
class Consent:
    """A consent that records rest on: its key, and what it is limited to.

    ``scope`` is the lookup path from a record to the key of that, a survey for instance; empty
    where the consent covers all records of the person.
    """

    key: str
    scope: str = ""


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """A processing activity, as the notice and the Art. 30 register name it.

    ``heading`` is the anchor of the notice's section that tells of it; a purpose without one
    is undeclared to the public and cannot be published.
    """

    key: str
    title: Text
    description: Text
    basis: tuple[LegalBasis, ...]
    condition: tuple[Condition, ...]
    heading: str = ""

    @property
    def is_portable(self) -> bool:
        """Art. 20(1)(a): only what rests on consent or contract can be moved."""
        return bool({LegalBasis.CONSENT, LegalBasis.CONTRACT} & set(self.basis))

    @property
    def rests_on_contract(self) -> bool:
        return LegalBasis.CONTRACT in self.basis
