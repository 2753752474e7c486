"""An occasion as a calendar file (RFC 5545). It tells what, when and where, and not who."""

import datetime as dt

from courses.models import Occasion

LONGEST = 75


def render(occasion: Occasion, *, address: str, at: dt.datetime) -> bytes:
    """``address`` is the occasion's page; the address to join by stays there."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ledarna//Mina sidor//SV",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{occasion.public_id}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(occasion.starts_at)}",
        f"DTEND:{_utc(occasion.ends_at)}",
        f"SUMMARY:{_text(occasion.title)}",
    ]
    if place := occasion.venue or (occasion.platform.name if occasion.platform else ""):
        lines.append(f"LOCATION:{_text(place)}")
    lines += [f"URL:{address}", "END:VEVENT", "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value (3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        value = value.replace(plain, escaped)
    return "\\n".join(value.splitlines())


def _folded(line: str) -> bytes:
    """No line is longer than 75 octets, and none is broken within a letter (3.1)."""
    parts: list[bytes] = []
    rest = line
    while True:
        room = LONGEST - bool(parts)  # a continued line begins with a space
        part = rest.encode()[:room].decode(errors="ignore")
        parts.append(part.encode())
        rest = rest[len(part) :]
        if not rest:
            return b"\r\n ".join(parts) + b"\r\n"
