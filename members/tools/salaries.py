"""Salary statistics: quartiles from a published table, never from anybody's data (P28)."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path as FilePath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledarna_gdpr.privacy.words import Text
from members import rules
from members.imports.reading import DELIMITERS, BadFile, encoding_of
from members.models import SalaryTable, ToolKey
from members.tools.cells import Cell, Path, protect, tabulate
from members.tools.charts import Spread, spreads
from members.tools.registry import Choice, Inputs, Number, Result, Saving, Tool

#: Shown until the organisation imports its own.
SYNTHETIC_FILE = FilePath(__file__).with_name("synthetic_salaries.csv")
SYNTHETIC = "synthetic"
COLUMNS = ("ssyk", "sektor", "lan", "manadslon")
LOWEST, HIGHEST = 15_000, 500_000

#: SSYK 2012, managers, to three digits.
ROLES: dict[str, Text] = {
    "112": gettext_lazy("Managing director"),
    "121": gettext_lazy("Finance manager"),
    "122": gettext_lazy("Personnel manager"),
    "123": gettext_lazy("Administration and planning manager"),
    "124": gettext_lazy("Communications manager"),
    "125": gettext_lazy("Sales and marketing manager"),
    "131": gettext_lazy("IT manager"),
    "132": gettext_lazy("Purchasing, logistics and transport manager"),
    "133": gettext_lazy("Research and development manager"),
    "134": gettext_lazy("Architecture and engineering manager"),
    "135": gettext_lazy("Property manager"),
    "136": gettext_lazy("Construction manager"),
    "137": gettext_lazy("Manufacturing manager"),
    "141": gettext_lazy("School manager"),
    "142": gettext_lazy("Preschool manager"),
    "151": gettext_lazy("Health care manager"),
    "153": gettext_lazy("Elderly care manager"),
    "161": gettext_lazy("Bank and insurance manager"),
    "173": gettext_lazy("Retail manager"),
}
SECTORS: dict[str, Text] = {
    "private": gettext_lazy("private sector"),
    "municipal": gettext_lazy("municipality"),
    "regional": gettext_lazy("region"),
    "state": gettext_lazy("the state"),
}
#: Names are names: the official list of counties, by its codes.
COUNTIES = {
    "01": "Stockholm",
    "03": "Uppsala",
    "04": "Södermanland",
    "05": "Östergötland",
    "06": "Jönköping",
    "07": "Kronoberg",
    "08": "Kalmar",
    "09": "Gotland",
    "10": "Blekinge",
    "12": "Skåne",
    "13": "Halland",
    "14": "Västra Götaland",
    "17": "Värmland",
    "18": "Örebro",
    "19": "Västmanland",
    "20": "Dalarna",
    "21": "Gävleborg",
    "22": "Västernorrland",
    "23": "Jämtland",
    "24": "Västerbotten",
    "25": "Norrbotten",
}


class CannotPublish(Exception):
    """The message is written for whoever imports and is shown as it is."""


# --- the table ----------------------------------------------------------------------------------


def read(content: bytes) -> Iterator[tuple[Path, int]]:
    """The rows of a file. Lines that begin with # say something of the file.

    Raises ``BadFile``, with the number of the row and no value from it.
    """
    text = content.decode(encoding_of(content))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    delimiter = max(DELIMITERS, key=(lines or [""])[0].count)
    rows = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    if set(rows.fieldnames or ()) != set(COLUMNS):
        raise BadFile(
            _("The first row must hold these headings and no others: %(headings)s.")
            % {"headings": ", ".join(COLUMNS)}
        )
    for number, row in enumerate(rows, start=1):
        role, sector, county, salary = (str(row[name] or "").strip() for name in COLUMNS)
        if not (role in ROLES and sector in SECTORS and county in COUNTIES):
            raise BadFile(
                _("Row %(row)d: the role, sector or county is not in our lists.") % {"row": number}
            )
        if not salary.isdecimal() or not LOWEST <= int(salary) <= HIGHEST:
            raise BadFile(
                _("Row %(row)d: the salary must be from %(low)d to %(high)d kronor a month.")
                % {"row": number, "low": LOWEST, "high": HIGHEST}
            )
        yield (role, sector, county), int(salary)


def publish(content: bytes, *, edition: str, at: dt.datetime) -> SalaryTable:
    """Make a file's cells the table that is shown from now on. Its salaries are not kept.

    Raises ``BadFile`` or ``CannotPublish``, and then nothing has changed.
    """
    if edition == SYNTHETIC or SalaryTable.objects.filter(edition=edition).exists():
        raise CannotPublish(_("There is an edition with that name. Choose another."))
    cells = protect(tabulate(read(content)), settings.SMALLEST_CELL)
    if not cells:
        raise CannotPublish(
            _("The file holds fewer than %(n)d salaries; nothing of it can be shown.")
            % {"n": settings.SMALLEST_CELL}
        )
    stored = [
        [[*path], cell.count, cell.lower, cell.median, cell.upper]
        for path, cell in sorted(cells.items())
    ]
    return SalaryTable.objects.create(edition=edition, published_at=at, cells=stored)


def table() -> tuple[str, dict[Path, Cell]]:
    """The edition that is shown, and its cells.

    A threshold that was raised after publication holds for what has been published, too.
    """
    smallest = settings.SMALLEST_CELL
    latest = SalaryTable.objects.values_list("pk", "edition").first()
    if latest is None:
        return SYNTHETIC, protect(_synthetic(), smallest)
    key, edition = latest
    return edition, protect(_stored(key), smallest)


@cache
def _synthetic() -> dict[Path, Cell]:
    return tabulate(read(SYNTHETIC_FILE.read_bytes()))


@lru_cache(maxsize=2)
def _stored(key: int) -> dict[Path, Cell]:
    cells = SalaryTable.objects.values_list("cells", flat=True).get(pk=key)
    return {tuple(path): Cell(*numbers) for path, *numbers in cells}


# --- the tool -----------------------------------------------------------------------------------


def look_up(answers: Inputs) -> Result:
    """The cells from everybody down to the member's own, as far as they are shown."""
    edition, cells = table()
    whole = (answers["role"], answers["sector"], answers["county"])
    shown = [cells.get(whole[:depth]) for depth in range(len(whole) + 1)]
    return {
        "edition": edition,
        "cells": [
            [cell.count, cell.lower, cell.median, cell.upper] if cell else None for cell in shown
        ],
    }


def show(answers: Inputs, result: Result) -> dict[str, Any]:
    names = [
        _("All managers"),
        str(ROLES[answers["role"]]),
        str(SECTORS[answers["sector"]]),
        COUNTIES[answers["county"]],
    ]
    labels = [names[0], *(", ".join(names[1 : depth + 1]) for depth in range(1, len(names)))]
    cells = [Cell(*numbers) if numbers else None for numbers in result["cells"]]
    found = [(label, cell) for label, cell in zip(labels, cells, strict=True) if cell]
    own = answers["salary"]
    shown = [Spread(label, cell.lower, cell.median, cell.upper) for label, cell in found]
    return {
        "chart": spreads(shown, own=own) if shown else None,
        "rows": list(zip(labels, cells, strict=True)),
        "is_synthetic": result["edition"] == SYNTHETIC,
        "edition": result["edition"],
        "smallest": settings.SMALLEST_CELL,
        "own": own,
        "place": _place(own, found[-1]) if own and found else None,
    }


def _place(own: int, narrowest: tuple[str, Cell]) -> dict[str, Any]:
    """Where a salary stands among the narrowest group that is shown."""
    label, cell = narrowest
    if own < cell.lower:
        words = _("below the middle half")
    elif own > cell.upper:
        words = _("above the middle half")
    else:
        words = _("within the middle half")
    return {"label": label, "words": words, "difference": own - cell.median}


def about() -> dict[str, Any]:
    edition, _cells = table()
    return {
        "is_synthetic": edition == SYNTHETIC,
        "edition": edition,
        "smallest": settings.SMALLEST_CELL,
    }


TOOL = Tool(
    key=ToolKey.SALARIES,
    title=gettext_lazy("Salary statistics"),
    purpose=gettext_lazy("To show you what managers in roles like yours earn."),
    fields=(
        Choice(
            name="role",
            label=gettext_lazy("Your role"),
            choices=tuple(ROLES.items()),
        ),
        Choice(
            name="sector",
            label=gettext_lazy("Sector"),
            choices=tuple(SECTORS.items()),
        ),
        Choice(name="county", label=gettext_lazy("County"), choices=tuple(COUNTIES.items())),
        Number(
            name="salary",
            label=gettext_lazy("Your salary in kronor a month"),
            help_text=gettext_lazy("Only if you want to see where it stands among the others."),
            lowest=LOWEST,
            highest=HIGHEST,
        ),
    ),
    saving=Saving.BY_CHOICE,
    retention=(rules.R20, rules.R20_EXIT),
    work_out=look_up,
    show=show,
    about=about,
)
