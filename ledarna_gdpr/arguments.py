"""What commands take, with an error that says what to write instead."""

import datetime as dt
from argparse import ArgumentTypeError

from django.utils.translation import gettext as _


def day(text: str) -> dt.date:
    """A day written as 2026-11-25. Raises ``ArgumentTypeError``."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("write a day as year-month-day, 2026-11-25")) from None


def number(text: str) -> int:
    """A whole number. Raises ``ArgumentTypeError``."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(_("write a whole number, in figures")) from None
