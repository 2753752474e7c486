"""Who answers for the data: the controller, its officer, and who watches over them."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import checks
from django.db.models import Q
from django.utils.translation import gettext as _

from dsar.models import DataProtectionOfficer
from ledarna_gdpr.privacy import LegalBasis, Purpose


def identity() -> dict[str, str]:
    """Name, organisation number, address and telephone (Art. 13(1)(a)), for every output alike."""
    return dict(settings.CONTROLLER)


def officer(on: dt.date) -> str:
    """The name of the data protection officer on a day, or empty where none is registered."""
    in_office = DataProtectionOfficer.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on
    )
    return in_office.values_list("name", flat=True).first() or ""


def authority() -> dict[str, str]:
    """The supervisory authority that a person may complain to (Art. 77)."""
    return {
        "name": "Integritetsskyddsmyndigheten (IMY)",
        "address": "Box 8114, 104 20 Stockholm",
        "website": "https://www.imy.se",
        "email": "imy@imy.se",
        "telephone": "08-657 61 00",
    }


def rights(purpose: Purpose) -> list[str]:
    """The rights that can be used against a purpose (Art. 15(1)(e)-(f))."""
    found = [_("access"), _("rectification"), _("erasure"), _("restriction")]
    if purpose.is_portable:
        found.append(_("data portability"))
    if LegalBasis.LEGITIMATE_INTERESTS in purpose.basis:
        found.append(_("objection"))
    if LegalBasis.CONSENT in purpose.basis:
        found.append(_("withdrawal of consent"))
    found.append(_("complaint to the supervisory authority"))
    return found


def is_organisation_number(number: str) -> bool:
    """Ten digits, the third at least 2, with a right check digit (mod 10)."""
    digits = number.replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 10) or digits[2] < "2":
        return False
    doubled = (int(d) * (2 - index % 2) for index, d in enumerate(digits))
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def check_controller(app_configs: object = None, **kwargs: Any) -> list[checks.CheckMessage]:
    if is_organisation_number(settings.CONTROLLER["organisation_number"]):
        return []
    return [
        checks.Error(
            "CONTROLLER_NUMBER is no Swedish organisation number.",
            hint="Ten digits as NNNNNN-NNNN; the last is a check digit.",
            id="dsar.E001",
        )
    ]
