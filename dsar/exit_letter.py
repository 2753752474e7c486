"""The letter to someone who leaves: what stays, why, and until when (P3, Art. 13(2)(a), 21(4)).

It is made from the declarations each time it is read, so that it cannot say what is no longer so.
Before the exit it tells what would hold if the membership ended on a day.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dsar import controller, holds, periods
from dsar.periods import Periods
from ledarna_gdpr.privacy import (
    Anonymise,
    Delete,
    Empty,
    LegalBasis,
    PersonalData,
    Reduce,
    registry,
)
from ledarna_gdpr.privacy.anchors import Anchor, With
from ledarna_gdpr.privacy.declarations import follow
from ledarna_gdpr.privacy.words import Text
from members import follow_up, rules
from members.models import Member


@dataclass(frozen=True, order=True)
class End:
    """The day on which a record goes, and the rule's reason for keeping it so long."""

    on: dt.date
    why: Text = field(compare=False)


#: The end of each record, by key; None where nothing tells.
Ends = dict[Any, End | None]


@dataclass(frozen=True)
class Stays:
    """So many records of a kind, why they stay, and when the last of them goes."""

    title: str
    count: int
    until: dt.date | None
    why: list[Text]
    #: What the processing rests on when the agreement does not carry it any more.
    basis: list[Text]


@dataclass(frozen=True)
class _Leaving:
    """One person's exit on a day, seen through the declarations."""

    subject_id: int
    left_on: dt.date
    in_force: Periods
    #: What has been worked out: whole records before what hangs on them.
    ends: dict[PersonalData, Ends]

    def lines(self) -> Iterator[Stays]:
        for declaration in registry.children_first()[::-1]:
            found = self.ends[declaration] = self._ends(declaration)
            yield from self._milder(declaration, len(found))
            if found:
                known = [end for end in found.values() if end is not None]
                yield Stays(
                    title=capfirst(declaration.title),
                    count=len(found),
                    until=max(known).on if len(known) == len(found) else None,
                    why=list(dict.fromkeys(end.why for end in known)) or _reasons(declaration),
                    basis=_surviving(declaration),
                )

    def _ends(self, declaration: PersonalData) -> Ends:
        """The first rule that is due decides, or what the record hangs on."""
        records = declaration.records_of([self.subject_id])
        found: Ends = dict.fromkeys(records.values_list("pk", flat=True))
        if not found:
            return found
        for anchor in declaration.anchors:
            if isinstance(anchor.action, Delete):
                for key, end in self._due(declaration, anchor):
                    found[key] = _earlier(found[key], end)
        for step in declaration.companions:
            for key, whole in records.values_list("pk", step.path):
                found[key] = _earlier(found[key], self._goes_with(declaration, step, whole))
        return found

    def _due(self, declaration: PersonalData, anchor: Anchor) -> Iterator[tuple[Any, End]]:
        records = declaration.records_of([self.subject_id])
        if anchor.only is not None:
            records = records.filter(anchor.only)
        period = periods.of(anchor.rule, self.in_force)
        for key, start in records.values_list("pk", anchor.path):
            if _is_exit(declaration, anchor):
                start = self.left_on
            if start is not None:
                day = timezone.localdate(start) if isinstance(start, dt.datetime) else start
                yield key, End(anchor.due_on(day, period), anchor.rule.reason)

    def _goes_with(self, declaration: PersonalData, step: With, whole: Any) -> End | None:
        """When the record goes that these hang on, or when its rule takes them before it."""
        parent = registry.whole_of(declaration, step.path)
        if step.rule is None:
            return self.ends[parent].get(whole)
        anchors = [anchor for anchor in parent.anchors if anchor.rule == step.rule]
        return min((end for a in anchors for _key, end in self._due(parent, a)), default=None)

    def _milder(self, declaration: PersonalData, count: int) -> Iterator[Stays]:
        """What is emptied before the record goes."""
        for anchor in declaration.anchors:
            names = _emptied(declaration, anchor) if count else []
            due = [end for _key, end in self._due(declaration, anchor)] if names else []
            if due:
                yield Stays(
                    title=_("%(records)s: %(fields)s")
                    % {"records": capfirst(declaration.title), "fields": ", ".join(names)},
                    count=len(due),
                    until=max(due).on,
                    why=[anchor.rule.reason],
                    basis=_surviving(declaration),
                )


def context(member: Member, *, on: dt.date) -> dict[str, Any]:
    """What the letter is made of, on a day. A membership that runs is told as if it ended then."""
    left_on = member.left_on or on
    leaving = _Leaving(member.pk, left_on, periods.in_force(), {})
    return {
        "has_left": member.left_on is not None,
        "left_on": left_on,
        "written_on": on,
        "stays": list(leaving.lines()),
        "is_held": member.pk in holds.held(on).people,
        "plans": [
            (plan, len(plan.steps), periods.of(plan.rule, leaving.in_force).after(left_on))
            for plan in follow_up.plans(on)
        ],
        "controller": controller.identity(),
        "officer": controller.officer(on),
        "authority": controller.authority(),
    }


def _earlier(one: End | None, other: End | None) -> End | None:
    return min((end for end in (one, other) if end is not None), default=None)


def _is_exit(declaration: PersonalData, anchor: Anchor) -> bool:
    """Whether a rule counts from the end of the agreement."""
    subject = registry.subject
    field = follow(declaration.model, anchor.path)
    return field is follow(subject.model, subject.agreement_ended_on)


def _emptied(declaration: PersonalData, anchor: Anchor) -> list[str]:
    match anchor.action:
        case Reduce(keep=keep):
            names = set(declaration.provided) - set(keep)
        case Empty(fields=fields) | Anonymise(empty=fields):
            names = set(fields)
        case _:
            names = set()
    return [
        str(field.verbose_name)
        for field in declaration.model._meta.concrete_fields
        if field.name in names
    ]


def _reasons(declaration: PersonalData) -> list[Text]:
    """Why records are kept whose day is not known; what hangs on others shares their reasons."""
    found = [
        anchor.rule.reason
        for anchor in declaration.anchors
        if isinstance(anchor.action, Delete) and anchor.rule != rules.ERASED
    ]
    for step in declaration.companions:
        if step.rule is not None:
            found.append(step.rule.reason)
        elif not found:
            found += _reasons(registry.whole_of(declaration, step.path))
    return list(dict.fromkeys(found))


def _surviving(declaration: PersonalData) -> list[Text]:
    """The legal bases but for the agreement, which has ended."""
    return [
        LegalBasis(basis).label
        for basis in declaration.purpose.basis
        if basis != LegalBasis.CONTRACT
    ]
