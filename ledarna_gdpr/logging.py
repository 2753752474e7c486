"""Logs carry ids and counts. The mask is the net below, not the plan."""

import logging
import re

#: Personnummer, e-mail addresses and telephone numbers, in the forms they are written in.
PERSONAL = re.compile(
    r"\b(?:19|20)?\d{6}[-+ ]?\d{4}\b|[\w.+-]+@[\w-]+\.[\w.-]+|\+46[\d\s-]{6,}\d|\b07\d[\d\s-]{6,}\d"
)
MASK = "•••"


class MaskPersonalData(logging.Filter):
    """Replaces what looks like personal data in a message and its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = PERSONAL.sub(MASK, record.getMessage())
        record.args = None
        return True


class LineFormatter(logging.Formatter):
    """One line for each record. Of an error: its type and where it was raised, not its text,
    since the texts of database and validation errors quote the values."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: tuple) -> str:
        kind, _, trace = ei
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return f"{getattr(kind, '__name__', kind)} at " + " > ".join(places[-6:])
