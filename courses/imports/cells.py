"""How a cell of a report becomes a value. Times without a zone are Swedish."""

import datetime as dt
import ipaddress
import re

from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST_NAME = 200
#: Thirty days: longer than any meeting, shorter than any mistake worth having.
LONGEST_STAY = 30 * 24 * 60

MONTHS = {name: n for n, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
)}  # fmt: skip
CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp][Mm]))?"
NUMBERS_FIRST = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}),?\s+{CLOCK}", re.ASCII)
NAME_FIRST = re.compile(rf"([A-Za-z]{{3}})[a-z]* (\d{{1,2}}), (\d{{4}}),?\s+{CLOCK}", re.ASCII)
HOURS = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
#: What is left of å, ä, ö and é when a program took UTF-8 for something else.
GARBLED = re.compile("\ufffd|\u00c3[\u0080-\u00bf\u2013-\u2122]|\u00c2[\u00a0-\u00bf]")
CALLER = re.compile(
    r"\+?[\d*][\d*xX•\s().-]{3,}[\d*xX•]|call[- ]in user[\s_]*\d*|phone user[\s_]*\d*",
    re.IGNORECASE | re.ASCII,
)


class BadCell(ValueError):
    """The message tells what to write; the cell's content is not in it."""


def name(text: str) -> str:
    """A display name, as it was typed."""
    if not text:
        raise BadCell(_("The name is missing. Are the columns of the row displaced?"))
    if len(text) > LONGEST_NAME:
        raise BadCell(_("At most %(n)d characters.") % {"n": LONGEST_NAME})
    if GARBLED.search(text):
        raise BadCell(_("Swedish letters are damaged. Fetch the report anew, as CSV (UTF-8)."))
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise BadCell(_("There are characters here that cannot be shown."))
    return text


def moment(text: str) -> dt.datetime:
    """A point in time, in each of the forms that reports write it in."""
    if not text:
        raise BadCell(_("The time is missing. Does the row break off?"))
    try:
        found = _moment(text)
    except (ValueError, KeyError, OverflowError):
        found = None
    if found is None:
        raise BadCell(_("The time is in no form we know. Write it as ÅÅÅÅ-MM-DD TT:MM:SS."))
    if not 2000 <= found.year <= 2100:
        raise BadCell(_("The date lies too far away. Write it as ÅÅÅÅ-MM-DD."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _moment(text: str) -> dt.datetime | None:
    if match := NUMBERS_FIRST.fullmatch(text):
        month, day, year = (int(part) for part in match.groups()[:3])
    elif match := NAME_FIRST.fullmatch(text):
        month, day, year = MONTHS[match[1].lower()], int(match[2]), int(match[3])
    else:
        return dt.datetime.fromisoformat(text) if len(text) > len("2025-03-22") else None
    return dt.datetime(year, month, day, *_clock(*match.groups()[3:]))


def _clock(hour: str, minute: str, second: str | None, half: str | None) -> tuple[int, int, int]:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    return hours, int(minute), int(second or 0)


def minutes(text: str) -> int:
    """A duration in whole minutes, begun ones counted, as the reports do."""
    if match := HOURS.fullmatch(text):
        hours, minute, second = (int(part) for part in match.groups())
        return _within_reason(hours * 60 + minute + (second > 0))
    whole, _point, fraction = text.replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit()) or (fraction and not fraction.isdigit()):
        raise BadCell(_("Write the duration in minutes, with digits only and not below zero."))
    return _within_reason(int(whole[:9]) + (fraction.strip("0") != ""))


def _within_reason(found: int) -> int:
    if found > LONGEST_STAY:
        raise BadCell(_("Nobody stays that long. Write the duration in minutes."))
    return found


def address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise BadCell(_("This is no IP address.")) from None


def yes(text: str) -> bool:
    answers = {"yes": True, "no": False, "ja": True, "nej": False}
    try:
        return answers[text.casefold()]
    except KeyError:
        raise BadCell(_("Write Yes or No. Are the columns of the row displaced?")) from None


def is_caller(display_name: str) -> bool:
    """Whether the platform wrote a telephone number for want of a name."""
    return CALLER.fullmatch(display_name) is not None


def without_number(display_name: str) -> str:
    """A caller's number down to its last three digits: nobody chose it as a name."""
    digits = re.sub(r"\D", "", display_name)
    return f"•••{digits[-3:]}" if len(digits) > 3 else display_name
