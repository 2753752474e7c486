"""A file's rows, whatever program saved it."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from members.imports.columns import COLUMNS, by_heading

LARGEST = 50 * 1024 * 1024
LARGEST_UNPACKED = 500 * 1024 * 1024
XLSX = b"PK\x03\x04"
DELIMITERS = ";,\t"

Row = tuple[int, dict[str, Any]]


class BadFile(Exception):
    """Nothing of the file can be used. The message is written for the one who sent it."""


@dataclass
class RegisterFile:
    """The rows of a file. Row 1 is the headings'; a row without content is passed over."""

    content: bytes
    columns: dict[int, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Raises ``BadFile``."""
        if not self.content.strip():
            raise BadFile(_("The file is empty."))
        if len(self.content) > LARGEST:
            raise BadFile(_("The file is too large. Split it: at most 50 MB at a time."))
        self._understand(next(self._cells(), []))

    def __iter__(self) -> Iterator[Row]:
        """Numbered rows as ``{column: cell}``, empty cells left out. Raises ``BadFile``."""
        rows = self._cells()
        next(rows)
        width = max(self.columns) + 1
        for number, cells in enumerate(rows, start=2):
            if len(cells) > width and any(str(c or "").strip() for c in cells[self.width :]):
                yield number, {"": _("The row has more cells than there are headings.")}
                continue
            found = {
                name: cells[index]
                for index, name in self.columns.items()
                if index < len(cells)
                and cells[index] not in (None, "")
                and str(cells[index]).strip()
            }
            if found:
                yield number, found

    def _understand(self, headings: list[Any]) -> None:
        self.width = len(headings)
        for index, heading in enumerate(headings):
            name = by_heading(heading)
            if name is None:
                if text := " ".join(str(heading or "").split()):
                    self.ignored.append(text[:80])
            elif name in self.columns.values():
                raise BadFile(
                    _("The heading %(name)s stands twice. Keep one of the columns.")
                    % {"name": COLUMNS[name].column_name}
                )
            else:
                self.columns[index] = name
                self.headings[name] = " ".join(str(heading).split())
        if not {"member_number", "personnummer"} & set(self.columns.values()):
            raise BadFile(
                _("The first row must hold the headings, with at least %(headings)s.")
                % {"headings": "Medlemsnummer, Förnamn, Efternamn"}
            )

    def _cells(self) -> Iterator[list[Any]]:
        if self.content.startswith(XLSX):
            return xlsx_rows(self.content)
        first_line = io.BytesIO(self.content).readline().decode("latin-1")
        return csv_rows(self.content, max(DELIMITERS, key=first_line.count))


def csv_rows(content: bytes, delimiter: str) -> Iterator[list[Any]]:
    """The rows of a text file. Raises ``BadFile`` where it breaks off."""
    # Streamed: the whole text would take four bytes of memory for each character.
    with io.TextIOWrapper(io.BytesIO(content), encoding=encoding_of(content), newline="") as text:
        try:
            yield from csv.reader(text, delimiter=delimiter, strict=True)
        except csv.Error:
            raise BadFile(
                _("The file is damaged: a quotation mark is missing. Save it again as CSV.")
            ) from None


def xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    """The rows of a workbook's first sheet. Raises ``BadFile``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise BadFile(_("The file unpacks to far too much. Save it as CSV."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may claim sixteen thousand columns that it lacks
        for row in sheet.iter_rows(values_only=True):
            yield list(row)
    except BadFile:
        raise
    except Exception:  # a damaged workbook breaks the library in dozens of ways
        raise BadFile(_("The file is no workbook that can be read. Save it as XLSX.")) from None


def encoding_of(content: bytes) -> str:
    """UTF-8, with or without its mark, or else Windows-1252. Raises ``BadFile``."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise BadFile(_("The file is not in a form we can read. Save it as CSV (UTF-8) or XLSX."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise BadFile(_("The file is not in a form we can read. Save it as CSV (UTF-8) or XLSX."))
