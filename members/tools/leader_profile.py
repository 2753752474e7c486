"""The leader profile: twenty statements, five dimensions, and a scoring that anyone can check."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy.words import Text
from members import rules
from members.models import ToolKey
from members.tools.charts import Bar, bars
from members.tools.registry import Inputs, Result, Saving, Scale, Tool

LOWEST, HIGHEST = 1, 5
ENDS = (_("not at all"), _("entirely"))


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """Three statements that speak for it and one that speaks against it."""

    key: str
    title: Text
    meaning: Text
    question: Text
    for_it: tuple[Text, Text, Text]
    against_it: Text


DIMENSIONS = (
    Dimension(
        key="direction",
        title=_("Direction"),
        meaning=_("You make it clear where you are going and what comes first."),
        question=_("What could you take off the list, so that the goal is easier to see?"),
        for_it=(
            _("Everyone in my team can say what we are to achieve this year."),
            _("I explain why a task matters when I hand it over."),
            _("When everything is urgent I say what comes first."),
        ),
        against_it=_("I find it hard to say no to work that leads us away from the goal."),
    ),
    Dimension(
        key="trust",
        title=_("Trust"),
        meaning=_("People dare to tell you how things are."),
        question=_("When did somebody last tell you that you were wrong, and what did you do?"),
        for_it=(
            _("My team tells me bad news straight away."),
            _("I admit my own mistakes in front of the team."),
            _("I ask before I judge."),
        ),
        against_it=_("I check what I have handed over more often than is needed."),
    ),
    Dimension(
        key="growth",
        title=_("Growth"),
        meaning=_("People learn and grow with you."),
        question=_("Who could take over one of your tasks and grow by it?"),
        for_it=(
            _("I know what each person in my team wants to learn next."),
            _("I give feedback within days, not once a year."),
            _("I hand over tasks to grow by, even when I would be quicker myself."),
        ),
        against_it=_("Talks about development are the first to go when time is short."),
    ),
    Dimension(
        key="delivery",
        title=_("Follow-through"),
        meaning=_("What has been decided gets done."),
        question=_("Which decision is waiting on your desk, and what is it waiting for?"),
        for_it=(
            _("We finish what we have begun before we begin something new."),
            _("After a decision everyone knows who does what, and by when."),
            _("I come back to what we agreed without anyone having to ask."),
        ),
        against_it=_("Hard decisions stay on my desk longer than they should."),
    ),
    Dimension(
        key="renewal",
        title=_("Renewal"),
        meaning=_("You try new ways and learn from what went wrong."),
        question=_("What small trial could you begin this week, and how would you know it worked?"),
        for_it=(
            _("I try new ways of working and say openly that they are trials."),
            _("We talk through what went wrong so that we learn from it."),
            _("I ask my team how I could lead better."),
        ),
        against_it=_("I keep to what used to work even when the conditions have changed."),
    ),
)


@dataclass(frozen=True)
class Statement:
    name: str
    text: Text
    dimension: Dimension
    is_reversed: bool

    def points(self, answer: int) -> int:
        return LOWEST + HIGHEST - answer if self.is_reversed else answer


def _statements() -> tuple[Statement, ...]:
    """Mixed, so that those of one dimension do not stand together."""
    rounds = [[d.for_it[n] for d in DIMENSIONS] for n in range(3)]
    rounds.insert(2, [d.against_it for d in DIMENSIONS])
    return tuple(
        Statement(f"{dimension.key}_{number}", text, dimension, is_reversed=number == 3)
        for number, texts in enumerate(rounds, start=1)
        for dimension, text in zip(DIMENSIONS, texts, strict=True)
    )


STATEMENTS = _statements()


def statements_of(dimension: Dimension) -> list[Statement]:
    return [statement for statement in STATEMENTS if statement.dimension is dimension]


def score(answers: Inputs) -> Result:
    """For each dimension 0 to 100: the points of its statements above the fewest possible, as a
    share of the most possible."""
    return {"scores": {d.key: _share(answers, statements_of(d)) for d in DIMENSIONS}}


def _share(answers: Inputs, statements: list[Statement]) -> int:
    points = sum(statement.points(answers[statement.name]) for statement in statements)
    fewest, most = LOWEST * len(statements), HIGHEST * len(statements)
    return (200 * (points - fewest) // (most - fewest) + 1) // 2  # a half is rounded up


def show(answers: Inputs, result: Result) -> dict[str, Any]:
    scores = result["scores"]
    by_score = sorted(DIMENSIONS, key=lambda dimension: scores[dimension.key])
    is_even = len(set(scores.values())) == 1
    return {
        "chart": bars([Bar(str(d.title), scores[d.key]) for d in DIMENSIONS]),
        "rows": [(dimension, scores[dimension.key]) for dimension in DIMENSIONS],
        "lowest": by_score[0],
        "highest": None if is_even else by_score[-1],
        "answers": [(statement, answers[statement.name]) for statement in STATEMENTS],
    }


def about() -> dict[str, Any]:
    return {
        "dimensions": [(dimension, statements_of(dimension)) for dimension in DIMENSIONS],
    }


TOOL = Tool(
    key=ToolKey.LEADER_PROFILE,
    title=_("Leader profile"),
    purpose=_("To show you how you yourself see your leadership, as a start for reflection."),
    fields=tuple(
        Scale(name=s.name, label=s.text, lowest=LOWEST, highest=HIGHEST, ends=ENDS)
        for s in STATEMENTS
    ),
    saving=Saving.BY_CHOICE,
    retention=(rules.R20, rules.R20_EXIT),
    work_out=score,
    show=show,
    about=about,
)
