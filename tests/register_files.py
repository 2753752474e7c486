"""Register files as a union's old system would export them."""

import csv
from pathlib import Path

from openpyxl import Workbook

from members.demo.numbers import test_numbers

HEADINGS = [
    "Medlemsnummer",
    "Personnummer",
    "Förnamn",
    "Efternamn",
    "E-post",
    "Telefon",
    "Gatuadress",
    "Postnummer",
    "Ort",
    "Land",
    "Arbetsgivare",
    "Befattning",
    "Inträdesdatum",
    "Utträdesdatum",
    "Utträdesorsak",
]
GIVEN = ["Åsa", "Björn", "Gun-Britt", "Örjan", "Maria Elena", "Li", "Zoë", "Mohammed", "Karin"]
FAMILY = ["Öberg", "Ängström", "von Essen", "Åkerlund", "Nilsson Holm", "García", "Wu", "Ek"]
LEAVES_EACH = 50
FIRST_NUMBER = 200_001


def register_rows(count: int) -> list[list[str]]:
    """So many believable members; every 50th has left. Numbers run out at 20,452."""
    numbers = test_numbers()
    rows = []
    for n in range(count):
        digits = numbers[n] if n < len(numbers) else ""
        has_left = n % LEAVES_EACH == LEAVES_EACH - 1
        rows.append(
            [
                str(FIRST_NUMBER + n),
                f"{digits[:8]}-{digits[8:]}" if digits else "",
                GIVEN[n % len(GIVEN)],
                FAMILY[n % len(FAMILY)],
                f"medlem{n}@example.org",
                f"070-174 06 {5 + n % 95:02}",
                f"Storgatan {n % 90 + 1}",
                f"{100 + n % 880} {n % 90 + 10}",
                "Linköping",
                "Sverige",
                "Ångström & Söner AB",
                "Driftschef",
                "2015-02-01",
                "2026-03-31" if has_left else "",
                "own_request" if has_left else "",
            ]
        )
    return rows


def write_register(
    path: Path,
    rows: list[list[str]],
    *,
    encoding: str = "utf-8-sig",
    delimiter: str = ";",
    headings: list[str] = HEADINGS,
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([headings, *rows])
    return path


def write_register_xlsx(
    path: Path, rows: list[list[object]], *, headings: list[str] = HEADINGS
) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [headings, *rows]:
        sheet.append(row)
    book.save(path)
    return path
