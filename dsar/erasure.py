"""Erasure of persons (Art. 17): planned, approved, carried out, and taken up after a hold."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from dsar import holds, ledger, letters, outcomes, periods
from dsar.destroyer import Destroyer, remove_files
from dsar.models import JournalEntry, PlanLine, SubjectRequest, SuspendedErasure
from dsar.outcomes import Decision
from ledarna_gdpr.privacy import Anonymise, Delete, Outcome, registry
from members import mail

Step = JournalEntry.Step


# --- the plan ---------------------------------------------------------------------------------


@transaction.atomic
def plan(request: SubjectRequest, *, on: dt.date) -> list[PlanLine]:
    """Write down what carrying out this request would do on a day, in place of what was planned.

    The lines hold counts, grounds and dates, and nothing of the person.
    """
    in_force = periods.in_force()
    lines: dict[tuple[str, ...], PlanLine] = {}
    for decision in outcomes.of_people([request.member_id], on=on):
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
                until=outcomes.retained_until(decision, in_force) if stays else None,
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
    ended, running = outcomes.by_agreement(subject_ids, on, held)
    others = SubjectRequest.objects.open().filter(member__in=ended)
    others = others.exclude(pk=request.pk) if request else others
    others.update(status=SubjectRequest.Status.REFUSED, closed_at=at)
    destroyer = Destroyer(at=at)
    for decision in outcomes.decide(ended, running, on, held):
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
        if mention:
            scrub = Anonymise(empty=declaration.mentions[mention].empty, link=mention)
            destroyer.carry_out(scrub, declaration, free, outcome=Outcome.SCRUBBED)
        else:
            destroyer.take(declaration, free)
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
