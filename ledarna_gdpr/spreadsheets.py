"""Tables for spreadsheets: Swedish ones open semicolons, with a mark for UTF-8."""

import csv
import io
from collections.abc import Iterable
from typing import Any

#: What a spreadsheet would run as a formula when it opens a file.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    # Some are set to leave out the spaces before.
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def table(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as a file to be opened in a spreadsheet, the headings first."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
