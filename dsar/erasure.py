"""Erasure of persons (Art. 17): one outcome for each record, planned, approved, carried out.

``outcomes`` decides, over the declarations alone. The plan counts what it says, and ``erase``
does what it says, so that what was approved is what happens.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from dsar import holds, ledger, letters, periods
from dsar.destroyer import Destroyer, remove_files
from dsar.models import JournalEntry, PlanLine, SubjectRequest
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
    registry,
)
from ledarna_gdpr.privacy.actions import Action
from ledarna_gdpr.privacy.declarations import follow
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
    #: Retained records that refer to these, which therefore stay as long.
    waits_for: tuple["Decision", ...] = ()


def outcomes(subject_ids: Iterable[Any], *, on: dt.date) -> Iterator[Decision]:
    """Every record of these persons, each with exactly one outcome, children before parents.

    Persons under a legal hold are left out: their erasure waits. Take each decision before
    asking for the next; later ones count on the earlier being done or planned.
    """
    in_force = periods.in_force()
    ended, running = _by_agreement(subject_ids, on)
    retained: list[Decision] = []
    for declaration in registry.children_first():
        if isinstance(declaration, SubjectData):
            yield from _persons(declaration, ended, running, retained)
            continue
        if ended:
            for decision in _after_the_agreement(declaration, ended, on, in_force):
                if decision.outcome == Outcome.RESTRICTED:
                    retained.append(decision)
                yield decision
        if running:
            yield _during_the_agreement(declaration, running)


def _by_agreement(subject_ids: Iterable[Any], on: dt.date) -> tuple[list[Any], list[Any]]:
    subject = registry.subject
    people = holds.spare(subject, subject.records_of(subject_ids), on=on)
    has_ended = Q(**{f"{subject.agreement_ended_on}__lte": on})
    ended = list(people.filter(has_ended).order_by("pk").values_list("pk", flat=True))
    running = list(people.exclude(has_ended).order_by("pk").values_list("pk", flat=True))
    return ended, running


def _after_the_agreement(
    declaration: PersonalData, ids: list[Any], on: dt.date, in_force: Periods
) -> Iterator[Decision]:
    records = declaration.records_of(ids)
    match declaration.on_erasure:
        case Retain(ground=ground):
            due = due_filter(declaration, on, in_force)
            rules = ", ".join(anchor.rule.code for anchor in declaration.anchors)
            yield Decision(declaration, records.filter(due), Outcome.ERASED, Delete())
            yield Decision(
                declaration, records.exclude(due), Outcome.RESTRICTED, ground=ground, rule=rules
            )
        case Anonymise() as action:
            yield Decision(declaration, records, Outcome.ANONYMISED, action)
        case Delete() as action:
            yield Decision(declaration, records, Outcome.ERASED, action)


def _during_the_agreement(declaration: PersonalData, ids: list[Any]) -> Decision:
    records = declaration.records_of(ids)
    if isinstance(declaration.on_erasure, Retain):
        ground = declaration.on_erasure.ground
        return Decision(declaration, records, Outcome.KEPT, ground=ground)
    if declaration.purpose.rests_on_contract:
        return Decision(declaration, records, Outcome.KEPT, ground=Ground.NEEDED)
    if isinstance(declaration.on_erasure, Anonymise):
        return Decision(declaration, records, Outcome.KEPT, ground=Ground.LEGAL_OBLIGATION)
    return Decision(declaration, records, Outcome.ERASED, Delete())


def _persons(
    declaration: SubjectData, ended: list[Any], running: list[Any], retained: list[Decision]
) -> Iterator[Decision]:
    """The person herself goes last, and waits while retained records refer to her."""
    if ended:
        people = declaration.records_of(ended)
        keys = {other.model: name for other, name in registry.protectors_of(declaration)}
        waits, waited_for = Q(pk__in=[]), []
        for decision in retained:
            if key := keys.get(decision.declaration.model):
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
    lines = []
    for decision in outcomes([request.member_id], on=on):
        if decision.action == Anonymise() or not (count := decision.records.count()):
            continue  # the former are parts of this very file, which hold nothing of the person
        stays = decision.outcome in (Outcome.RESTRICTED, Outcome.KEPT)
        lines.append(
            PlanLine(
                request=request,
                model=decision.declaration.label,
                outcome=decision.outcome,
                ground=decision.ground or "",
                rule=decision.rule,
                until=retained_until(decision, in_force) if stays else None,
                count=count,
            )
        )
    before = PlanLine.objects.filter(request=request)
    Destroyer(at=timezone.now()).carry_out(Delete(), registry[PlanLine], before)
    return PlanLine.objects.bulk_create(lines)


# --- carrying it out --------------------------------------------------------------------------


def erase(
    subject_ids: Iterable[Any],
    *,
    on: dt.date,
    at: dt.datetime,
    request: SubjectRequest | None = None,
) -> Destroyer:
    """Carry out the outcomes for these persons, in the caller's transaction.

    Gives the destroyer, whose receipts the caller leaves. The persons' rows are locked first,
    so that a hold is either seen here or comes too late.
    What else they had asked for is closed: there is nothing left to answer it with.
    """
    subject_ids = list(subject_ids)
    people = registry.subject.records_of(subject_ids).order_by("pk")
    list(people.select_for_update().values_list("pk"))
    ended, _ = _by_agreement(subject_ids, on)
    others = SubjectRequest.objects.open().filter(member__in=ended)
    others = others.exclude(pk=request.pk) if request else others
    others.update(status=SubjectRequest.Status.REFUSED, closed_at=at)
    destroyer = Destroyer(at=at)
    for decision in outcomes(subject_ids, on=on):
        if decision.action is not None:
            destroyer.carry_out(
                decision.action,
                decision.declaration,
                decision.records,
                rule=decision.rule,
                outcome=decision.outcome,
            )
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
    if request.member_id in holds.held(on):
        return False
    done = set(request.journal.values_list("step", flat=True))
    for step, carry_out in STEPS.items():
        if step not in done:
            carry_out(request, on, at)
    return True


def _write_ledger(request: SubjectRequest, on: dt.date, at: dt.datetime) -> None:
    ledger.append(ledger.Kind.ERASED, ledger.tokens_of([request.member_id]), at=at)
    with transaction.atomic():
        _journal(request, Step.LEDGER)
        SubjectRequest.objects.filter(pk=request.pk).update(status=SubjectRequest.Status.EXECUTING)


@transaction.atomic
def _erase_records(request: SubjectRequest, on: dt.date, at: dt.datetime) -> None:
    _journal(request, Step.RECORDS)
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
