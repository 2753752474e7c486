"""Which cells of a table may be shown, so that no small group can be worked out from them.

The cells form a tree: everybody; each role; each role in a sector; each of those in a county.
That tree is all that is ever answered, and a cell is shown only where its parent is.

Why it holds. Take from each shown cell the shown cells right below it: what is left are the
*remainders*, and everybody is in exactly one of them. A shown cell is a union of remainders;
so is whatever can be put together from shown cells by adding and taking away, since everybody in
a remainder is in the same shown cells. ``protect`` shows no cell and leaves no remainder of fewer
people than the threshold, unless of none. Hence no combination of answers is about fewer.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Role, role and sector, or role, sector and county. Everybody is the empty path.
Path = tuple[str, ...]
EVERYBODY: Path = ()
#: Salaries are told in hundreds, so that a quartile is nobody's own salary to the krona.
ROUNDED_TO = 100


@dataclass(frozen=True)
class Cell:
    count: int
    lower: int
    median: int
    upper: int


def tabulate(salaries: Iterable[tuple[Path, int]]) -> dict[Path, Cell]:
    """Every cell of the tree, small ones included. Not to be shown: see ``protect``."""
    found: dict[Path, list[int]] = defaultdict(list)
    for path, salary in salaries:
        for depth in range(len(path) + 1):
            found[path[:depth]].append(salary)
    return {path: _summed_up(amounts) for path, amounts in found.items()}


def protect(cells: Mapping[Path, Cell], smallest: int) -> dict[Path, Cell]:
    """The cells that may be shown, given that all of them may be shown together.

    Cells of fewer than ``smallest`` people are left out, and then the smallest of their siblings,
    until those left out are together as many: their sum could be had from their parent.
    """
    children: dict[Path, list[Path]] = defaultdict(list)
    for path in cells:
        if path:
            children[path[:-1]].append(path)
    shown: dict[Path, Cell] = {}
    waiting = [EVERYBODY] if EVERYBODY in cells and cells[EVERYBODY].count >= smallest else []
    while waiting:
        path = waiting.pop()
        shown[path] = cells[path]
        waiting += _showable(cells, path, children[path], smallest)
    return shown


def _showable(
    cells: Mapping[Path, Cell], parent: Path, children: list[Path], smallest: int
) -> list[Path]:
    kept = [path for path in children if cells[path].count >= smallest]
    kept.sort(key=lambda path: (-cells[path].count, path))
    remainder = cells[parent].count - sum(cells[path].count for path in kept)
    while 0 < remainder < smallest and kept:
        remainder += cells[kept.pop()].count
    return kept


def _summed_up(amounts: list[int]) -> Cell:
    if len(amounts) == 1:
        lower = median = upper = float(amounts[0])
    else:
        lower, median, upper = statistics.quantiles(amounts, n=4, method="inclusive")
    return Cell(len(amounts), *(_rounded(amount) for amount in (lower, median, upper)))


def _rounded(amount: float) -> int:
    return round(amount / ROUNDED_TO) * ROUNDED_TO
