"""Where the lines of the tools' charts go. Whole numbers: they are written into SVG as they are.

A chart is never the only carrier: each stands before a table with the same numbers, and each
number is written beside what it measures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: As wide as the narrowest telephone, so that the text keeps its size there.
WIDTH = 320
ROW = 46
LINE = 14


@dataclass(frozen=True)
class Bar:
    label: str
    score: int


@dataclass(frozen=True)
class DrawnBar:
    label: str
    score: int
    text_y: int
    y: int
    length: int


@dataclass(frozen=True)
class BarChart:
    width: int
    height: int
    thickness: int
    bars: list[DrawnBar]


def bars(shown: Sequence[Bar]) -> BarChart:
    """Shares of a hundred, one under the other."""
    drawn = [
        DrawnBar(
            bar.label,
            bar.score,
            text_y=n * ROW + LINE,
            y=n * ROW + LINE + 7,
            length=bar.score * WIDTH // 100,
        )
        for n, bar in enumerate(shown)
    ]
    return BarChart(WIDTH, len(shown) * ROW, 12, drawn)


@dataclass(frozen=True)
class Spread:
    """A middle half and its middle."""

    label: str
    lower: int
    median: int
    upper: int


@dataclass(frozen=True)
class DrawnSpread:
    spread: Spread
    text_y: int
    y: int
    start: int
    middle: int
    length: int


@dataclass(frozen=True)
class SpreadChart:
    width: int
    height: int
    thickness: int
    spreads: list[DrawnSpread]
    lowest: int
    highest: int
    own: int | None
    own_at: int | None


def spreads(shown: Sequence[Spread], *, own: int | None) -> SpreadChart:
    """Middle halves on one scale, with a line through them where ``own`` is."""
    numbers = [n for s in shown for n in (s.lower, s.upper)] + ([own] if own else [])
    lowest, highest = min(numbers) // 5000 * 5000, -(-max(numbers) // 5000) * 5000
    span = max(highest - lowest, 1)

    def at(amount: int) -> int:
        return (amount - lowest) * WIDTH // span

    drawn = [
        DrawnSpread(
            spread,
            text_y=n * ROW + LINE,
            y=n * ROW + LINE + 7,
            start=at(spread.lower),
            middle=at(spread.median),
            length=max(at(spread.upper) - at(spread.lower), 2),
        )
        for n, spread in enumerate(shown)
    ]
    height = len(shown) * ROW
    return SpreadChart(
        WIDTH, height, 16, drawn, lowest, highest, own, at(own) if own is not None else None
    )
