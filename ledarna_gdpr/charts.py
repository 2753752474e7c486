"""Bars for inline SVG, each with the row of the table that stands behind it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ledarna_gdpr.days_left import in_words, state, tag

#: As many bars as one takes in at a glance; the rest are in the list.
BARS = 12
LABEL, DAY, ROW, WIDTH = 170, 10, 28, 640
#: How wide the one bar is that several counts share.
SHARED = 600


@dataclass(frozen=True)
class Bar:
    """How many days something has left, or is late by."""

    row: Any
    label: str
    days_left: int
    y: int

    @property
    def state(self) -> str:
        return state(self.days_left)

    @property
    def words(self) -> str:
        return in_words(self.days_left)

    @property
    def tag(self) -> str:
        return tag(self.days_left)

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


def parts(counts: Iterable[tuple[str, Any, int]]) -> dict[str, Any]:
    """What ``admin/members/_parts.html`` draws and tabulates: counts as parts of one bar, each with
    the name of its colour and its label."""
    counts = list(counts)
    total = sum(count for _name, _label, count in counts) or 1
    bars, x = [], 0
    for name, label, count in counts:
        width = round(SHARED * count / total)
        bars.append({"name": name, "label": label, "count": count, "x": x, "width": width})
        x += width
    return {"bars": bars, "width": SHARED}
