"""Bars for inline SVG, each with the row of the table that stands behind it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

#: As many bars as one takes in at a glance; the rest are in the list.
BARS = 12
SOON = 7
LABEL, DAY, ROW, WIDTH = 170, 10, 28, 640


@dataclass(frozen=True)
class Bar:
    """How many days something has left, or is late by."""

    row: Any
    label: str
    days_left: int
    y: int

    @property
    def state(self) -> str:
        if self.days_left < 0:
            return "late"
        return "soon" if self.days_left <= SOON else "calm"

    @property
    def x(self) -> int:
        return LABEL

    @property
    def width(self) -> int:
        return max(3, min(abs(self.days_left) * DAY, WIDTH - LABEL - 90))

    @property
    def text_x(self) -> int:
        return self.x + self.width + 8

    @property
    def text_y(self) -> int:
        return self.y + 16


def days_left(
    rows: Iterable[Any], *, label: Callable[[Any], str], days: Callable[[Any], int]
) -> dict[str, Any]:
    """What ``admin/panels/_days_left.html`` draws and tabulates."""
    bars = [Bar(row, label(row), days(row), n * ROW) for n, row in enumerate(rows)]
    return {
        "bars": bars,
        "height": len(bars) * ROW,
        "label_x": LABEL - 12,
        "axis_x": LABEL,
        "width": WIDTH,
    }
