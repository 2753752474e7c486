"""What a member reads about her own data, over the declarations alone: per purpose, and what an
erasure would do."""

import datetime as dt
from dataclasses import dataclass, field

from dsar import controller, outcomes, periods
from dsar.outcomes import Decision
from dsar.periods import Periods
from ledarna_gdpr.privacy import Outcome, PersonalData, Purpose, registry
from ledarna_gdpr.privacy.words import Text


@dataclass(frozen=True)
class Line:
    """So many records of a kind, and when they go."""

    title: str
    count: int
    until: dt.date | None
    rules: list[str]
    categories: list[Text]


@dataclass(frozen=True)
class Section:
    purpose: Purpose
    rights: list[str]
    lines: list[Line] = field(default_factory=list)


def of_person(subject_id: int) -> list[Section]:
    """What is held of a person, purpose by purpose, with rule and day (Art. 15(1)(a)–(d)).

    As many queries however many records she has.
    """
    in_force = periods.in_force()
    sections = {
        purpose: Section(purpose, controller.rights(purpose)) for purpose in registry.purposes
    }
    for declaration in registry.children_first()[::-1]:
        line = _line(declaration, subject_id, in_force)
        if line.count:
            sections[declaration.purpose].lines.append(line)
    return [section for section in sections.values() if section.lines]


def _line(declaration: PersonalData, subject_id: int, in_force: Periods) -> Line:
    records = declaration.records_of([subject_id])
    count = records.count()
    decision = Decision(declaration, records, Outcome.KEPT)
    return Line(
        title=declaration.title,
        count=count,
        until=outcomes.retained_until(decision, in_force) if count else None,
        rules=[
            f"{periods.in_words(anchor, declaration, in_force)} – {anchor.rule.reason}"
            for anchor in declaration.anchors
        ],
        categories=[category.label for category in dict.fromkeys(declaration.fields.values())],
    )


@dataclass(frozen=True)
class Consequence:
    """What an erasure today would do to so many records."""

    title: str
    count: int
    outcome: Outcome
    ground: Text
    until: dt.date | None

    @property
    def goes(self) -> bool:
        return self.outcome in (Outcome.ERASED, Outcome.ANONYMISED)


def of_erasure(subject_id: int, *, on: dt.date) -> list[Consequence]:
    """What would become of each kind of record, as the plan that an officer approves says it."""
    in_force = periods.in_force()
    consequences = []
    for decision in outcomes.of_people([subject_id], on=on):
        if decision.mention or not (count := decision.records.count()):
            continue
        stays = decision.outcome in (Outcome.RESTRICTED, Outcome.KEPT)
        consequences.append(
            Consequence(
                title=decision.declaration.title,
                count=count,
                outcome=decision.outcome,
                ground=decision.ground.label if decision.ground else "",
                until=outcomes.retained_until(decision, in_force) if stays else None,
            )
        )
    return consequences
