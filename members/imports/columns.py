"""What a register file may hold: headings, and how each cell becomes a value."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from members import formats, personnummer
from members.models import MembershipPeriod
from members.models.person import Protection

#: How spreadsheets write a long number that they took for an amount.
SCIENTIFIC = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")
EATEN_DECIMALS = re.compile(r"(\d+)[.,]0+")
TRUE_DATES = (dt.datetime, dt.date)


class BadCell(ValueError):
    """The message tells what to write; the cell's content is not in it."""


def as_text(value: Any) -> str:
    """A cell as text, also where a spreadsheet made a number of it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if text.isdigit():
        return text
    if SCIENTIFIC.fullmatch(text):
        raise BadCell(_("The spreadsheet has shortened the number. Format the column as text."))
    return whole.group(1) if (whole := EATEN_DECIMALS.fullmatch(text)) else text


class Text(widgets.CharWidget):
    def __init__(self, max_length: int) -> None:
        super().__init__()
        self.max_length = max_length

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = " ".join(str(value).split())
        if len(text) > self.max_length:
            raise BadCell(_("At most %(n)d characters.") % {"n": self.max_length})
        if not text.isprintable():
            raise BadCell(_("There are characters here that cannot be shown."))
        return text


class Number(widgets.IntegerWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        text = as_text(value)
        if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 10**15:
            raise BadCell(_("Write the member number with digits only."))
        return int(text)


class Personnummer(widgets.CharWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = as_text(value)
        candidates = [text]
        if text.isdigit() and len(text) < 10:
            candidates = [text.zfill(10)]  # zeros that a spreadsheet has eaten
        for candidate in candidates:
            try:
                return personnummer.parse(candidate)
            except personnummer.NotAPersonnummer:
                continue
        raise BadCell(_("This is no personnummer. Write it as ÅÅÅÅMMDD-NNNN."))


class Formatted(widgets.CharWidget):
    """A value with a form of its own; see ``members.formats``."""

    def __init__(self, normalise: Any) -> None:
        super().__init__()
        self.normalise = normalise

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return self.normalise(as_text(value))


class Day(widgets.DateWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date:
        if isinstance(value, dt.datetime):
            return value.date()
        try:
            day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value).strip())
        except ValueError:
            raise BadCell(_("Write the date as ÅÅÅÅ-MM-DD.")) from None
        if not 1900 <= day.year <= 2100:
            raise BadCell(_("The date lies too far away. Write it as ÅÅÅÅ-MM-DD."))
        return day


class Choice(widgets.CharWidget):
    """One of a field's choices, by its key or its name."""

    def __init__(self, choices: Any, **synonyms: str) -> None:
        super().__init__()
        self.choices, self.synonyms = choices, synonyms

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = " ".join(str(value).split()).casefold()
        for choice in self.choices:
            if text in (choice.value, str(choice.label).casefold()):
                return choice.value
        if text in self.synonyms:
            return self.synonyms[text]
        names = ", ".join(str(choice.label) for choice in self.choices)
        raise BadCell(_("Write one of: %(names)s.") % {"names": names})


#: A bare "yes" is the marking: the form that most have, handled as carefully as the others.
PROTECTED = Choice(Protection, nej=Protection.NONE.value, ja=Protection.CONFIDENTIAL.value)


def column(attribute: str, heading: str, widget: widgets.Widget) -> fields.Field:
    return fields.Field(attribute=attribute, column_name=heading, widget=widget)


class MemberResource(resources.Resource):
    """The columns of a register file, each under its chief heading."""

    member_number = column("member_number", "Medlemsnummer", Number())
    personnummer = column("personnummer", "Personnummer", Personnummer())
    given_names = column("given_names", "Förnamn", Text(120))
    family_name = column("family_name", "Efternamn", Text(120))
    preferred_name = column("preferred_name", "Tilltalsnamn", Text(60))
    email = column("email", "E-post", Formatted(formats.normalise_email))
    phone = column("phone", "Telefon", Formatted(formats.normalise_phone))
    care_of = column("care_of", "C/o", Text(120))
    street_address = column("street_address", "Adress", Text(120))
    postal_code = column("postal_code", "Postnummer", Formatted(str))
    city = column("city", "Postort", Text(80))
    country = column("country", "Land", Formatted(formats.normalise_country))
    employer = column("employer", "Arbetsgivare", Text(160))
    job_title = column("job_title", "Befattning", Text(120))
    protection = column("protection", "Skyddad identitet", PROTECTED)
    started_on = column("started_on", "Inträdesdatum", Day())
    ended_on = column("ended_on", "Utträdesdatum", Day())
    exit_reason = column("exit_reason", "Utträdesorsak", Choice(MembershipPeriod.ExitReason))


COLUMNS: dict[str, fields.Field] = MemberResource().fields
PERIOD = ("started_on", "ended_on", "exit_reason")

#: Other headings in use, beside each column's own.
SYNONYMS = {
    "medlemsnr": "member_number",
    "person- eller samordningsnummer": "personnummer",
    "samordningsnummer": "personnummer",
    "personnr": "personnummer",
    "epost": "email",
    "e-postadress": "email",
    "epostadress": "email",
    "mobil": "phone",
    "mobiltelefon": "phone",
    "telefonnummer": "phone",
    "c/o-adress": "care_of",
    "co": "care_of",
    "gatuadress": "street_address",
    "utdelningsadress": "street_address",
    "postnr": "postal_code",
    "ort": "city",
    "landskod": "country",
    "företagsnamn": "employer",
    "företag": "employer",
    "roll": "job_title",
    "titel": "job_title",
    "medlem från": "started_on",
    "giltig från": "started_on",
    "medlem till": "ended_on",
    "giltig till": "ended_on",
    "skydd": "protection",
}


def by_heading(text: Any) -> str | None:
    """The column that a heading names, or None for one that is not known."""
    key = " ".join(str(text or "").split()).casefold()
    for name, field in COLUMNS.items():
        if key == field.column_name.casefold():
            return name
    return SYNONYMS.get(key)
