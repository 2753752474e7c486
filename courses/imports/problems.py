"""What is wrong with a report: where and why, never the value."""

from dataclasses import dataclass

#: A file that is wrong throughout is told about so many times.
MOST_PROBLEMS = 1000


@dataclass(frozen=True)
class Problem:
    """``column`` is told as the file's own heading; without a row it is the whole file."""

    row: int | None
    column: str
    message: str


class BadReport(Exception):
    """Nothing of the report is taken in. The problems are written for the one who sent it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(len(problems))
        self.problems = problems
