"""Swedish identity numbers: read, hashed, masked.

Personnummer and samordningsnummer are one kind of value here: twelve digits. Organisation
numbers and interim numbers are refused.
"""

import re

from personnummer import personnummer as library

from ledarna_gdpr.crypto import keyed_hash

WRITTEN = re.compile(r"(\d{2})?\d{6}[-+]?\d{4}", re.ASCII)


class NotAPersonnummer(ValueError):
    """The text is no valid number. The text itself is not in the message."""


def parse(text: str) -> str:
    """The twelve digits of a personnummer or samordningsnummer, however it is written.

    Raises ``NotAPersonnummer``.
    """
    text = text.strip()
    if not WRITTEN.fullmatch(text):
        raise NotAPersonnummer
    try:
        return library.parse(text, {"allow_interim_number": False}).format(long_format=True)
    except library.PersonnummerException:
        raise NotAPersonnummer from None


def hashed(digits: str) -> str | None:
    """The keyed hash that finds a number, or None for none."""
    return keyed_hash(digits, of="personnummer") if digits else None


def mask(digits: str) -> str:
    return f"{digits[:8]}-••••" if digits else ""


def written(digits: str) -> str:
    """``YYYYMMDD-NNNN``, as people write it."""
    return f"{digits[:8]}-{digits[8:]}" if digits else ""
