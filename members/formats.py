"""How people write telephone numbers, addresses and countries, and how the register stores them.

Each function takes text and gives its stored form, empty for empty. Forms, the application and
the register import all go through here.
"""

import csv
import re
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SWEDEN = "SE"
CALLING_CODE = "46"
COUNTRIES = Path(__file__).with_name("countries.csv")

INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
#: Area code and number without the 0 in front: 8 123 456 is the shortest.
SWEDISH_NUMBER = re.compile(r"[1-9]\d{6,8}", re.ASCII)
SWEDISH_POSTAL_CODE = re.compile(r"[1-9]\d{4}", re.ASCII)
#: What nearly every address looks like; the validator, ten times slower, sees only the others.
PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.ASCII
)
FOREIGN_POSTAL_CODE = re.compile(r"[A-Z0-9][A-Z0-9 -]{1,14}[A-Z0-9]", re.ASCII)


class BadFormat(ValueError):
    """The message is translated and shown as it is. The text itself is never in it."""


def normalise_phone(text: str) -> str:
    """E.164, ``+46701740605``. A number without country is Swedish, also where a spreadsheet has
    eaten the 0 in front. Raises ``BadFormat``."""
    number = re.sub(r"\(0\)|[\s().\-–/]", "", text)
    if not number:
        return ""
    number = re.sub(r"^00", "+", number)
    if not number.startswith("+"):
        is_abroad = number.startswith(CALLING_CODE) and len(number) > len("701740605")
        number = f"+{number}" if is_abroad else f"+{CALLING_CODE}{number}"
    if number.startswith(f"+{CALLING_CODE}"):
        national = number.removeprefix(f"+{CALLING_CODE}").removeprefix("0")
        number = f"+{CALLING_CODE}{national}"
        is_right = SWEDISH_NUMBER.fullmatch(national)
    else:
        is_right = INTERNATIONAL.fullmatch(number)
    if not is_right:
        raise BadFormat(
            _(
                "Enter the telephone number with area code, such as 070-174 06 05, "
                "or as +46701740605."
            )
        )
    return number


def normalise_postal_code(code: str, country: str = SWEDEN) -> str:
    """``10222``; a foreign one in capitals with single spaces. Raises ``BadFormat``."""
    code = " ".join(code.upper().split())
    if not code:
        return ""
    if country != SWEDEN:
        if not FOREIGN_POSTAL_CODE.fullmatch(code):
            raise BadFormat(_("Enter the postal code with letters and digits, at most 16."))
        return code
    code = re.sub(r"^SE?-", "", code).replace(" ", "")
    if not SWEDISH_POSTAL_CODE.fullmatch(code):
        raise BadFormat(_("Enter the postal code with five digits, such as 102 22."))
    return code


def normalise_country(text: str) -> str:
    """Two letters of ISO 3166 for a code or a Swedish or English name; empty is Sweden.

    Raises ``BadFormat``.
    """
    name = " ".join(text.split()).casefold()
    if not name:
        return SWEDEN
    try:
        return _countries()[name]
    except KeyError:
        raise BadFormat(_("Enter the country by its name or as two letters, such as SE.")) from None


def normalise_email(text: str) -> str:
    """Lower case and trimmed. Raises ``BadFormat``."""
    address = text.strip().lower()
    if not address:
        return ""
    if len(address) < 64 and PLAIN_EMAIL.fullmatch(address):
        return address
    try:
        validate_email(address)
    except ValidationError:
        raise BadFormat(_("Enter an e-mail address, such as anna@example.org.")) from None
    if len(address) > 254:
        raise BadFormat(_("The e-mail address is too long."))
    return address


def country_name(code: str) -> str:
    """The country in the reader's language; the code itself where it is unknown."""
    column = "swedish" if (get_language() or "").startswith("sv") else "english"
    return next((row[column] for row in _rows() if row["alpha_2"] == code), code)


@cache
def _countries() -> dict[str, str]:
    """Every code and name, in small letters, to its two letters."""
    return {name.casefold(): row["alpha_2"] for row in _rows() for name in row.values()}


@cache
def _rows() -> list[dict[str, str]]:
    with COUNTRIES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))
