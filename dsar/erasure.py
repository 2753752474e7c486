"""Erasure of persons (Art. 17): one outcome for each record, planned, approved, carried out.

``outcomes`` decides, over the declarations alone. The plan counts what it says, and ``erase``
does what it says, so that what was approved is what happens.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from dsar import holds, ledger, letters, periods
from dsar.destroyer import Destroyer, remove_files
from dsar.holds import Held
from dsar.models import JournalEntry, PlanLine, SubjectRequest, SuspendedErasure
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
from ledarna_gdpr.privacy.keys import Keys
from members import mail

Step = JournalEntry.Step


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


def outcomes(subject_ids: Iterable[Any], *, on: dt.date) -> Iterator[Decision]:
    """Every record of these persons, each with exactly one outcome, children before parents.

    Persons under a legal hold are left out: their erasure waits. Take each decision before
    asking for the next; later ones count on the earlier being done or planned.
    """
    held = holds.held(on)
    yield from _outcomes(*_by_agreement(subject_ids, on, held), on, held)


def _outcomes(ended: list[Any], running: list[Any], on: dt.date, held: Held) -> Iterator[Decision]:
    decide = _Deciding(on, held, periods.in_force())
    retained: list[Decision] = []
    for declaration in registry.children_first():
        if isinstance(declaration, SubjectData):
            yield from _persons(declaration, ended, running, retained)
            continue
        if ended:
            for decision in decide.after_the_agreement(declaration, ended):
                if decision.outcome == Outcome.RESTRICTED:
                    retained.append(decision)
                yield decision
        if running:
            yield from decide.during_the_agreement(declaration, running)


def _by_agreement(subject_ids: Iterable[Any], on: dt.date, held: Held) -> tuple[list, list]:
    subject = registry.subject
    people = subject.records_of(subject_ids)
    people = people.exclude(pk__in=held.people) if held.people else people
    ended: list[Any] = []
    running: list[Any] = []
    for key, ended_on in people.order_by("pk").values_list("pk", subject.agreement_ended_on):
        (ended if ended_on is not None and ended_on <= on else running).append(key)
    return ended, running


@dataclass(frozen=True)
class _Deciding:
    """What the decisions of one day have in common."""

    on: dt.date
    held: Held
    in_force: Periods
    #: The decisions on what other records hang on: asked once, and then passed on to each part.
    wholes: dict[tuple[str, bool], list[Decision]] = field(default_factory=dict)

    def after_the_agreement(self, declaration: PersonalData, ids: list[Any]) -> Iterator[Decision]:
        """Nothing but a ground under Art. 17(3) keeps a record any longer."""
        if (known := self.wholes.get((declaration.label, False))) is not None:
            yield from known
            return
        records = declaration.records_of(ids)
        match declaration.on_erasure:
            case With(path=path):
                whole = registry.whole_of(declaration, path)
                yield from _shared(declaration, path, records, self.after_the_agreement(whole, ids))
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
        yield from self._mentions(declaration, ids)

    def during_the_agreement(self, declaration: PersonalData, ids: list[Any]) -> Iterator[Decision]:
        """What the agreement needs stays in use; what it does not goes."""
        if (known := self.wholes.get((declaration.label, True))) is not None:
            yield from known
            return
        records = declaration.records_of(ids)
        match declaration.on_erasure:
            case With(path=path):
                whole = registry.whole_of(declaration, path)
                decisions = self._on_whole(whole, True, self.during_the_agreement(whole, ids))
                yield from _shared(declaration, path, records, decisions)
                return
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

    def _on_whole(
        self, whole: PersonalData, is_running: bool, decide: Iterator[Decision]
    ) -> list[Decision]:
        """The decisions on records that others hang on, by their keys; none for no records."""
        found = self.wholes.get((whole.label, is_running))
        if found is None:
            found = []
            for decision in decide:
                keys = list(decision.records.order_by().values_list("pk", flat=True))
                if keys:
                    found.append(replace(decision, records=whole.records_with(keys)))
            self.wholes[whole.label, is_running] = found
        return found

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

    def _mentions(self, declaration: PersonalData, ids: list[Any]) -> Iterator[Decision]:
        """Other people's records lose the erased person, and stay as they are otherwise."""
        for path, scrub in declaration.mentions.items():
            keys = Keys(ids, follow(declaration.model, path))
            records = declaration.records().filter(**{f"{path}__in": keys})
            free, protected = self._split(declaration, records)
            yield from (replace(decision, mention=path) for decision in protected)
            action = Anonymise(empty=scrub.empty, link=path)
            yield Decision(declaration, free, Outcome.SCRUBBED, action, mention=path)


def _shared(
    declaration: PersonalData, path: str, records: QuerySet[Any], of_whole: Iterable[Decision]
) -> Iterator[Decision]:
    """The outcomes of what records hang on, passed on to them."""
    for decision in of_whole:
        theirs = records.filter(**{f"{path}__in": decision.records.values("pk")})
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


# --- the plan ---------------------------------------------------------------------------------


@transaction.atomic
def plan(request: SubjectRequest, *, on: dt.date) -> list[PlanLine]:
    """Write down what carrying out this request would do on a day, in place of what was planned.

    The lines hold counts, grounds and dates, and nothing of the person.
    """
    in_force = periods.in_force()
    lines: dict[tuple[str, ...], PlanLine] = {}
    for decision in outcomes([request.member_id], on=on):
        if decision.action == Anonymise() or decision.mention:
            continue  # parts of this very file, or somebody else's: nothing to tell her of
        if not (count := decision.records.count()):
            continue
        label, ground = decision.declaration.label, decision.ground or ""
        stays = decision.outcome in (Outcome.RESTRICTED, Outcome.KEPT)
        line = lines.setdefault(
            (label, decision.outcome, decision.rule, ground),
            PlanLine(
                request=request,
                model=label,
                outcome=decision.outcome,
                ground=ground,
                rule=decision.rule,
                until=retained_until(decision, in_force) if stays else None,
                count=0,
            ),
        )
        line.count += count
    before = PlanLine.objects.filter(request=request)
    Destroyer(at=timezone.now()).carry_out(Delete(), registry[PlanLine], before)
    return PlanLine.objects.bulk_create(lines.values())


# --- carrying it out --------------------------------------------------------------------------


def erase(
    subject_ids: Iterable[Any],
    *,
    on: dt.date,
    at: dt.datetime,
    request: SubjectRequest | None = None,
) -> Destroyer:
    """Carry out the outcomes for these persons, in the caller's transaction.

    Gives the destroyer, whose receipts the caller leaves. A hold is either seen here or comes
    too late; what one keeps is noted, so that the erasure is taken up when it has ended.
    What else they had asked for is closed: there is nothing left to answer it with.
    """
    subject_ids = list(subject_ids)
    people = registry.subject.records_of(subject_ids).order_by("pk")
    list(people.select_for_update().values_list("pk"))
    holds.freeze()
    held = holds.held(on)
    ended, running = _by_agreement(subject_ids, on, held)
    others = SubjectRequest.objects.open().filter(member__in=ended)
    others = others.exclude(pk=request.pk) if request else others
    others.update(status=SubjectRequest.Status.REFUSED, closed_at=at)
    destroyer = Destroyer(at=at)
    for decision in _outcomes(ended, running, on, held):
        if decision.is_held and not decision.waits_for:
            _suspend(decision, subject_ids, at)
        if decision.action is not None:
            destroyer.carry_out(
                decision.action,
                decision.declaration,
                decision.records,
                rule=decision.rule,
                outcome=decision.outcome,
            )
    return destroyer


def _suspend(decision: Decision, subject_ids: list[Any], at: dt.datetime) -> None:
    """Note the records that only a hold keeps, and whose erasure it is."""
    declaration = decision.declaration
    path = decision.mention or declaration.subject
    SuspendedErasure.objects.bulk_create(
        (
            SuspendedErasure(
                member_id=person,
                model=declaration.label,
                record=key,
                mention=decision.mention,
                since=at,
            )
            for key, person in decision.records.values_list("pk", path)
            if person in subject_ids
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def resume(*, on: dt.date, at: dt.datetime) -> Destroyer:
    """Erase what waited for a hold that has ended. The caller leaves the receipts."""
    destroyer = Destroyer(at=at)
    holds.freeze()
    held = holds.held(on)
    suspended = registry[SuspendedErasure]
    for label, mention in SuspendedErasure.objects.values_list("model", "mention").distinct():
        declaration = registry.labelled(label)
        waiting = SuspendedErasure.objects.filter(model=label, mention=mention)
        records = declaration.records_with(waiting.values_list("record", flat=True))
        free = list(holds.spare(declaration, records, on=on, by=held).values_list("pk", flat=True))
        chosen = declaration.records_with(free)
        if mention:
            scrub = Anonymise(empty=declaration.mentions[mention].empty, link=mention)
            destroyer.carry_out(scrub, declaration, chosen, outcome=Outcome.SCRUBBED)
        else:
            destroyer.take(declaration, chosen)
        destroyer.carry_out(Delete(), suspended, waiting.filter(record__in=free))
    return destroyer


def execute(request_id: int, *, at: dt.datetime) -> bool:
    """Carry an approved erasure out to the end, from wherever it stopped (law 6).

    Each step commits with its journal entry and is skipped when that is there. Gives whether
    the request is now answered: it is not while a legal hold protects the person.
    """
    request = SubjectRequest.objects.ready_to_erase().filter(pk=request_id).first()
    if request is None:
        return False
    on = timezone.localdate(at)
    if request.member_id in holds.held(on).people:
        return False
    done = set(request.journal.values_list("step", flat=True))
    try:
        for step, carry_out in STEPS.items():
            if step not in done:
                carry_out(request, on, at)
    except _HeldInTheMeantime:
        return False
    return True


class _HeldInTheMeantime(Exception):
    """A hold on the person came between the question and the deed."""


def _write_ledger(request: SubjectRequest, on: dt.date, at: dt.datetime) -> None:
    ledger.append(ledger.Kind.ERASED, ledger.tokens_of([request.member_id]), at=at)
    with transaction.atomic():
        _journal(request, Step.LEDGER)
        SubjectRequest.objects.filter(pk=request.pk).update(status=SubjectRequest.Status.EXECUTING)


@transaction.atomic
def _erase_records(request: SubjectRequest, on: dt.date, at: dt.datetime) -> None:
    _journal(request, Step.RECORDS)
    holds.freeze()
    if request.member_id in holds.held(on).people:
        raise _HeldInTheMeantime
    address = (request.member and request.member.email) or request.contact
    erase([request.member_id], on=on, at=at, request=request).leave_receipts(request=request)
    # Where to send the last word; emptied when it is on its way.
    SubjectRequest.objects.filter(pk=request.pk).update(contact=address)


def _remove_files(request: SubjectRequest, on: dt.date, at: dt.datetime) -> None:
    remove_files()
    _journal(request, Step.FILES)


@transaction.atomic
def _tell(request: SubjectRequest, on: dt.date, at: dt.datetime) -> None:
    _journal(request, Step.NOTICE)
    request.refresh_from_db()
    subject, body = letters.erasure_notice(request)
    if "@" in request.contact:
        mail.queue(request.contact, subject, body, at=at)
    request.contact = ""
    request.status = SubjectRequest.Status.ANSWERED
    request.closed_at = at
    request.save(update_fields=["contact", "status", "closed_at"])


STEPS = {
    Step.LEDGER: _write_ledger,
    Step.RECORDS: _erase_records,
    Step.FILES: _remove_files,
    Step.NOTICE: _tell,
}


def _journal(request: SubjectRequest, step: JournalEntry.Step) -> None:
    """First in its transaction: of two workers at the same step, one fails here and stops."""
    JournalEntry.objects.create(request=request, step=step)
