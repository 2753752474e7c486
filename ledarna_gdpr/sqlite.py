"""Swedish on SQLite: letters beyond ASCII fold and sort as they do on PostgreSQL.

The embedded default only; a function call for each row is right for a demo, not for a register.
"""

import re
import sqlite3
from functools import cache
from typing import Any

ALPHABET = str.maketrans({"å": "{a", "ä": "{b", "ö": "{c", "é": "e", "ü": "y"})


def swedish_key(text: str) -> str:
    """A sort key by which å, ä and ö come after z."""
    return text.casefold().translate(ALPHABET)


@cache
def _like(pattern: str, escape: str) -> re.Pattern[str]:
    parts, characters = [], iter(pattern)
    for character in characters:
        if character == escape:
            parts.append(re.escape(next(characters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(character, re.escape(character)))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def like(pattern: str | None, value: object, escape: str = "\\") -> bool | None:
    if pattern is None or value is None:
        return None
    return _like(pattern, escape).fullmatch(str(value)) is not None


def collate(left: str, right: str) -> int:
    a, b = swedish_key(left), swedish_key(right)
    return (a > b) - (a < b)


def teach_swedish(sender: object, connection: Any, **kwargs: Any) -> None:
    """Receiver of ``connection_created``."""
    if connection.vendor != "sqlite":
        return
    raw: sqlite3.Connection = connection.connection
    raw.create_function("like", 2, like, deterministic=True)
    raw.create_function("like", 3, like, deterministic=True)
    raw.create_function("lower", 1, lambda s: s and str(s).lower(), deterministic=True)
    raw.create_function("upper", 1, lambda s: s and str(s).upper(), deterministic=True)
    raw.create_collation("sv-x-icu", collate)
