"""What a closed survey shows: sums, and nothing from which a small group could be told (P28).

A cell of fewer people than the smallest group is hidden, and so many of its neighbours with it
that neither a total nor a mean gives it back. A cell of nobody is shown: it holds nobody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.models import Question, Result, Survey

LABEL, WIDTH, ROW = 230, 640, 30
#: Longer labels are cut in the chart; the table has them whole.
LETTERS = 30


@dataclass(frozen=True)
class Cell:
    """How many gave an answer; None where that is hidden."""

    label: str
    count: int | None
    share: int | None
    y: int

    @property
    def short(self) -> str:
        return self.label if len(self.label) <= LETTERS else f"{self.label[: LETTERS - 1]}…"

    @property
    def width(self) -> int:
        return (self.share or 0) * (WIDTH - LABEL - 90) // 100

    @property
    def text_x(self) -> int:
        return LABEL + self.width + 8

    @property
    def text_y(self) -> int:
        return self.y + 17


@dataclass(frozen=True)
class Shown:
    """What is shown of one question."""

    question: Question
    cells: list[Cell]
    mean: float | None
    texts: list[str]

    @property
    def height(self) -> int:
        return len(self.cells) * ROW

    @property
    def label_x(self) -> int:
        return LABEL - 10

    axis_x, chart_width = LABEL, WIDTH


def of(survey: Survey, user: Any) -> list[Shown]:
    """The results that a user may see, question by question; none while the survey is open, or
    where fewer than the smallest group answered."""
    if not survey.is_closed or (survey.answered or 0) < survey.minimum_group:
        return []
    found = Result.objects.for_user(user).filter(question__survey=survey)
    rows = found.select_related("question").order_by("question__position", "question__pk")
    return [_shown(row, survey.answered or 0, survey.minimum_group) for row in rows]


def _shown(result: Result, answered: int, smallest: int) -> Shown:
    question = result.question
    if question.kind == Question.Kind.TEXT or not result.counts:
        texts = json.loads(result.texts) if result.texts else []
        return Shown(question, [], None, texts)
    counts = {choice: result.counts.get(choice, 0) for choice in question.choices}
    if question.kind == Question.Kind.MULTIPLE:
        visible = each_by_itself(counts, answered, smallest)
    else:
        counts[_("no answer")] = answered - sum(counts.values())
        visible = parts_of_a_whole(counts, smallest)
        if question.is_required and visible[_("no answer")] == 0:
            del visible[_("no answer")]
    cells = [
        Cell(
            label=label,
            count=count,
            share=None if count is None else round(100 * count / answered),
            y=i * ROW,
        )
        for i, (label, count) in enumerate(visible.items())
    ]
    return Shown(question, cells, _mean(question, visible), [])


def parts_of_a_whole(counts: Mapping[str, int], smallest: int) -> dict[str, int | None]:
    """The counts of answers of which each person gave one, the small ones hidden.

    The total is known, so the hidden ones are known together. They are always joined by the
    smallest of the others, and by all that equal it: whoever knows the method and tries every
    table that would be shown alike is left with several numbers for each.
    """
    hidden = {count for count in counts.values() if 0 < count < smallest}
    if not hidden:
        return dict(counts)
    others = [count for count in counts.values() if count >= smallest]
    if not others:
        return dict.fromkeys(counts)  # which of them are empty would tell, too
    hidden.add(min(others))
    return {label: None if count in hidden else count for label, count in counts.items()}


def each_by_itself(
    counts: Mapping[str, int], answered: int, smallest: int
) -> dict[str, int | None]:
    """The counts of answers that each person may give or not: a small number who gave one is
    hidden, and so is a small number who did not."""
    return {
        label: None if 0 < count < smallest or 0 < answered - count < smallest else count
        for label, count in counts.items()
    }


def _mean(question: Question, visible: Mapping[str, int | None]) -> float | None:
    """Only where nothing is hidden: a mean and a total give two hidden grades back."""
    if question.kind != Question.Kind.SCALE or None in visible.values():
        return None
    grades = {int(label): visible[label] or 0 for label in question.choices}
    given = sum(grades.values())
    return sum(grade * count for grade, count in grades.items()) / given if given else None
