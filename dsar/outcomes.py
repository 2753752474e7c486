"""What becomes of each record when its person is erased: exactly one outcome (Art. 17, law 5).

Decided over the declarations alone. Nothing is changed here: a plan counts what this says, and an
erasure does what it says, so that what was approved is what happens.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from dsar import holds, periods
from dsar.holds import Held
from dsar.periods import Periods
from ledarna_gdpr.privacy import (
    Anonymise,
    Delete,
    Empty,
    Ground,
    Outcome,
    PersonalData,
    Retain,
    SubjectData,
    With,
    registry,
)
from ledarna_gdpr.privacy.actions import Action
from ledarna_gdpr.privacy.declarations import follow


@dataclass(frozen=True)
class Decision:
    """What becomes of some records of one model."""

    declaration: PersonalData
    records: QuerySet[Any]
    outcome: Outcome
    action: Action | None = None
    ground: Ground | None = None
    rule: str = ""
    #: Retained records that refer to these or that these hang on: they stay as long.
    waits_for: tuple["Decision", ...] = ()
    #: Whether it is a legal hold that keeps them: they go when it has ended.
    is_held: bool = False
    #: The link by which another's records mention the person; empty for her own.
    mention: str = ""


def of_people(subject_ids: Iterable[Any], *, on: dt.date) -> Iterator[Decision]:
    """Every record of these persons, each with exactly one outcome, children before parents.

    Persons under a legal hold are left out: their erasure waits. Take each decision before
    asking for the next; later ones count on the earlier being done or planned.
    """
    held = holds.held(on)
    yield from decide(*by_agreement(subject_ids, on, held), on, held)


def decide(ended: list[Any], running: list[Any], on: dt.date, held: Held) -> Iterator[Decision]:
    """The same for persons of whom it is known whose agreement has ended, by their keys."""
    in_force = periods.in_force()
    of_ended = _AfterTheAgreement(ended, on, held, in_force)
    of_running = _DuringTheAgreement(running, on, held, in_force)
    retained: list[Decision] = []
    for declaration in registry.children_first():
        if isinstance(declaration, SubjectData):
            yield from _persons(declaration, ended, running, retained)
            continue
        if ended:
            for decision in of_ended.decisions_on(declaration):
                if decision.outcome == Outcome.RESTRICTED:
                    retained.append(decision)
                yield decision
        if running:
            yield from of_running.decisions_on(declaration)


def by_agreement(subject_ids: Iterable[Any], on: dt.date, held: Held) -> tuple[list, list]:
    """The keys of those whose agreement has ended on a day, and of those whose agreement runs."""
    subject = registry.subject
    people = subject.records_of(subject_ids)
    people = people.exclude(pk__in=held.people) if held.people else people
    ended: list[Any] = []
    running: list[Any] = []
    for key, ended_on in people.order_by("pk").values_list("pk", subject.agreement_ended_on):
        (ended if ended_on is not None and ended_on <= on else running).append(key)
    return ended, running


@dataclass(frozen=True)
class _Deciding(ABC):
    """The decisions of one day on the records of persons, by their keys."""

    ids: list[Any]
    on: dt.date
    held: Held
    in_force: Periods
    #: The decisions on what other records hang on, with the keys that each is about: asked once,
    #: and then passed on to each part.
    wholes: dict[str, list[tuple[Decision, list[Any]]]] = field(default_factory=dict)

    def decisions_on(self, declaration: PersonalData) -> Iterable[Decision]:
        """What becomes of these persons' records of a model."""
        if declaration.label in self.wholes:
            return [decision for decision, _keys in self.wholes[declaration.label]]
        if isinstance(declaration.on_erasure, With):
            return self._shared(declaration, declaration.on_erasure.path)
        return self._own(declaration)

    @abstractmethod
    def _own(self, declaration: PersonalData) -> Iterator[Decision]:
        """What the agreement, running or ended, says of records that hang on no others."""

    def _shared(self, declaration: PersonalData, path: str) -> Iterator[Decision]:
        """The outcomes of what records hang on, passed on to them."""
        for decision, keys in self._on_whole(registry.whole_of(declaration, path)):
            theirs = declaration.records().filter(**{f"{path}__among": keys})
            match decision.outcome:
                case Outcome.ERASED:
                    yield Decision(declaration, theirs, Outcome.ERASED, Delete())
                case Outcome.ANONYMISED:
                    yield Decision(declaration, theirs, Outcome.ANONYMISED, Anonymise())
                case Outcome.RESTRICTED | Outcome.KEPT:
                    yield replace(
                        decision,
                        declaration=declaration,
                        records=theirs,
                        action=None,
                        waits_for=(decision,),
                    )

    def _on_whole(self, whole: PersonalData) -> list[tuple[Decision, list[Any]]]:
        """The decisions on records that others hang on, and their keys; none for no records."""
        if whole.label not in self.wholes:
            found = []
            for decision in self.decisions_on(whole):
                keys = list(decision.records.order_by().values_list("pk", flat=True))
                if keys:
                    decision = replace(decision, records=whole.records_with(keys))
                    found.append((decision, keys))
            self.wholes[whole.label] = found
        return self.wholes[whole.label]

    def _split(
        self,
        declaration: PersonalData,
        records: QuerySet[Any],
        outcome: Outcome = Outcome.RESTRICTED,
    ) -> tuple[QuerySet[Any], list[Decision]]:
        """The records that no hold protects, and what becomes of the others."""
        protected = self.held.among(declaration)
        if protected is None:
            return records, []
        ground = Ground.LEGAL_CLAIMS
        # In keys: what goes before it would else change what it is found by.
        keys = list(records.filter(protected).values_list("pk", flat=True))
        decision = Decision(
            declaration, declaration.records_with(keys), outcome, ground=ground, is_held=True
        )
        return records.exclude(pk__in=keys), [decision] if keys else []


class _AfterTheAgreement(_Deciding):
    """Nothing but a ground under Art. 17(3) keeps a record any longer."""

    def decisions_on(self, declaration: PersonalData) -> Iterable[Decision]:
        if not declaration.mentions:
            return super().decisions_on(declaration)
        return chain(super().decisions_on(declaration), self._mentions(declaration))

    def _own(self, declaration: PersonalData) -> Iterator[Decision]:
        records = declaration.records_of(self.ids)
        match declaration.on_erasure:
            case Retain(ground=ground, only=only):
                due = due_filter(declaration, self.on, self.in_force)
                goes = due if only is None else due | ~only
                rules = ", ".join(anchor.rule.code for anchor in declaration.anchors)
                free, protected = self._split(declaration, records.filter(goes))
                yield from protected
                yield Decision(declaration, free, Outcome.ERASED, Delete())
                kept = records.exclude(goes)
                yield Decision(declaration, kept, Outcome.RESTRICTED, ground=ground, rule=rules)
            case Anonymise() as action:
                yield Decision(declaration, records, Outcome.ANONYMISED, action)
            case Delete() as action:
                free, protected = self._split(declaration, records)
                yield from protected
                yield Decision(declaration, free, Outcome.ERASED, action)

    def _mentions(self, declaration: PersonalData) -> Iterator[Decision]:
        """Other people's records lose the erased person, and stay as they are otherwise."""
        for path, scrub in declaration.mentions.items():
            records = declaration.records().filter(**{f"{path}__among": self.ids})
            free, protected = self._split(declaration, records)
            yield from (replace(decision, mention=path) for decision in protected)
            action = Anonymise(empty=scrub.empty, link=path)
            yield Decision(declaration, free, Outcome.SCRUBBED, action, mention=path)


class _DuringTheAgreement(_Deciding):
    """What the agreement needs stays in use; what it does not goes."""

    def _own(self, declaration: PersonalData) -> Iterator[Decision]:
        records = declaration.records_of(self.ids)
        match declaration.on_erasure:
            case Retain(ground=ground, only=only):
                kept = records if only is None else records.filter(only)
                yield Decision(declaration, kept, Outcome.KEPT, ground=ground)
                if only is None:
                    return
                records = records.exclude(only)
            case Anonymise() if not declaration.purpose.rests_on_contract:
                ground = Ground.LEGAL_OBLIGATION
                yield Decision(declaration, records, Outcome.KEPT, ground=ground)
                return
        if declaration.purpose.rests_on_contract:
            needed = Q() if declaration.needed is None else declaration.needed
            kept = records.filter(needed)
            yield Decision(declaration, kept, Outcome.KEPT, ground=Ground.NEEDED)
            if declaration.needed is None:
                return
            records = records.exclude(needed)
        free, protected = self._split(declaration, records, Outcome.KEPT)
        yield from protected
        yield Decision(declaration, free, Outcome.ERASED, Delete())


def _persons(
    declaration: SubjectData, ended: list[Any], running: list[Any], retained: list[Decision]
) -> Iterator[Decision]:
    """The person herself goes last, and waits while retained records refer to her."""
    if ended:
        people = declaration.records_of(ended)
        protectors = registry.protectors_of(declaration)
        waits, waited_for = Q(pk__in=[]), []
        for decision in retained:
            for other, key in protectors:
                if other is decision.declaration:
                    waits |= Q(Exists(decision.records.filter(**{key: OuterRef("pk")})))
                    waited_for.append(decision)
        if waited_for:
            markers = (*declaration.stub.markers, declaration.restricted_at)
            stub = replace(declaration.stub, markers=markers)
            # Asked once: every statement about these people would else ask it again.
            waiting = set(people.filter(waits).values_list("pk", flat=True))
            yield Decision(
                declaration,
                declaration.records_of(waiting),
                Outcome.RESTRICTED,
                stub,
                waited_for[0].ground,
                waits_for=tuple(waited_for),
            )
            ended = [key for key in ended if key not in waiting]
        yield Decision(declaration, declaration.records_of(ended), Outcome.ERASED, Delete())
    if running:
        optional = Empty(fields=declaration.optional) if declaration.optional else None
        people = declaration.records_of(running)
        yield Decision(declaration, people, Outcome.KEPT, optional, Ground.NEEDED)


def due_filter(declaration: PersonalData, on: dt.date, in_force: Periods) -> Q:
    """The records that some rule would take on a day, whatever else is asked."""
    due = Q(pk__in=[])
    for anchor in declaration.anchors:
        field = follow(declaration.model, anchor.path)
        due |= anchor.is_due(on, periods.of(anchor.rule, in_force), field)
    return due


def retained_until(decision: Decision, in_force: Periods) -> dt.date | None:
    """The day on which the last of these records may go, or None where no date is known."""
    if decision.waits_for:
        days = (retained_until(other, in_force) for other in decision.waits_for)
        return max((day for day in days if day is not None), default=None)
    if decision.is_held:
        return None  # a hold can be renewed or released; when it ends is not known
    dates = []
    for anchor in decision.declaration.anchors:
        records = decision.records if anchor.only is None else decision.records.filter(anchor.only)
        latest = records.aggregate(latest=Max(anchor.path))["latest"]
        if latest is not None:
            day = timezone.localdate(latest) if isinstance(latest, dt.datetime) else latest
            dates.append(anchor.due_on(day, periods.of(anchor.rule, in_force)))
    return max(dates, default=None)
