"""Logs carry ids and counts. The mask is the net below, not the plan."""

import copy
import logging
import re
from typing import Any

#: Personnummer, e-mail addresses and telephone numbers, in the forms they are written in.
PERSONAL = re.compile(
    r"\b(?:19|20)?\d{6}[-+ ]?\d{4}\b|[\w.+-]+@[\w-]+\.[\w.-]+|\+46[\d\s-]{6,}\d|\b07\d[\d\s-]{6,}\d"
    r"|(?<![-\w])0\d{1,3}-\d[\d ]{4,}\d\b"
)
MASK = "•••"


class MaskPersonalData(logging.Filter):
    """Replaces what looks like personal data in a message and its arguments, and an error among
    the arguments by its type."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.args = without_error_texts(record.args)
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):  # a slip in a log line stops no work
            message = str(record.msg)
        record.msg = PERSONAL.sub(MASK, message)
        record.args = None
        return True


def without_error_texts(args: Any) -> Any:
    if isinstance(args, dict):
        # Celery reports a failed task with the error's text under this name.
        return args | {"exc": "error"} if "exc" in args else args
    if isinstance(args, tuple):
        return tuple(type(arg).__name__ if isinstance(arg, Exception) else arg for arg in args)
    return args


class LineFormatter(logging.Formatter):
    """One line for each record. Of an error: its type and where it was raised, not its text,
    since the texts of database and validation errors quote the values."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        own = copy.copy(record)
        own.exc_text = None  # what another handler made of the error has its text in it
        return super().format(own)

    def formatException(self, ei: Any) -> str:
        kind, _, trace = ei
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return f"{getattr(kind, '__name__', kind)} at " + " > ".join(places[-6:])
