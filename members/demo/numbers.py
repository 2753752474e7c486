"""Personnummer for demos and tests: Skatteverket's published test numbers, which no one has."""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("test_personnummer.csv")


@cache
def test_numbers() -> tuple[str, ...]:
    """All of them, twelve digits each, in the order of the published list."""
    with FILE.open(newline="") as file:
        return tuple(row["personnummer"] for row in csv.DictReader(file))
