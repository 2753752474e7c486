"""Codes by mail: whoever returns one reads the mailbox. Sending asks nobody whose it is."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.utils.translation import gettext as _

from members import mail

SESSION_KEY = "pending_code"
LIFETIME = dt.timedelta(minutes=15)
ATTEMPTS = 3
DIGITS = 8


class Purpose(StrEnum):
    LOGIN = "login"
    #: Of someone logged in: that it is still she.
    PROOF = "proof"
    #: Of someone logged in: that a new address is hers.
    ADDRESS = "address"


@dataclass
class Pending:
    """What the session, which is encrypted, knows of a code on its way."""

    address: str
    code: str
    purpose: str
    next_url: str
    expires_at: float
    attempts_left: int = ATTEMPTS


def send(
    request: HttpRequest, address: str, *, purpose: Purpose, next_url: str = "", at: dt.datetime
) -> None:
    """Queue a code to the address and remember it in the session. The same work for any address."""
    code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
    half = DIGITS // 2
    request.session[SESSION_KEY] = asdict(
        Pending(address, code, purpose, next_url, (at + LIFETIME).timestamp())
    )
    text = _(
        "Your code is %(code)s\n\n"
        "Enter it on the page where you asked for it, within %(minutes)d minutes. Give it to "
        "nobody, not to us either.\n\n"
        "Did you not ask for a code? Then someone has entered your address by mistake, and you "
        "need do nothing."
    ) % {"code": f"{code[:half]} {code[half:]}", "minutes": LIFETIME.total_seconds() // 60}
    mail.queue(address, _("Your code"), text, at=at)


def pending(request: HttpRequest, *, at: dt.datetime) -> Pending | None:
    """The code that this session waits for, if it still counts."""
    stored = request.session.get(SESSION_KEY)
    if not stored:
        return None
    waiting = Pending(**stored)
    if at.timestamp() >= waiting.expires_at or waiting.attempts_left < 1:
        forget(request)
        return None
    return waiting


def accept(request: HttpRequest, typed: str, *, at: dt.datetime) -> Pending | None:
    """Take the typed code. A right one is used up and gives what it proves; a wrong one costs an
    attempt."""
    waiting = pending(request, at=at)
    if waiting is None:
        return None
    digits = "".join(filter(str.isdigit, typed))
    if secrets.compare_digest(digits.encode(), waiting.code.encode()):
        forget(request)
        return waiting
    waiting.attempts_left -= 1
    request.session[SESSION_KEY] = asdict(waiting)
    return None


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
