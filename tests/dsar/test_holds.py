"""A hold protects one record and what belongs to it, and lets the rest go (law 1)."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dsar import erasure, holds, sweep
from dsar.models import LegalHold, SuspendedErasure, SweepRun
from ledarna_gdpr.privacy import registry
from members.models import Application, Fee, Member, OutgoingMail
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    ApplicationFactory,
    FeeFactory,
    MemberFactory,
    OutgoingMailFactory,
)

TODAY = dt.date(2026, 11, 23)
NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
LONG_AGO = dt.date(2014, 6, 30)
LONG_SINCE = timezone.make_aware(dt.datetime(2014, 6, 30, 9))
INTERLEAVINGS = 50


def former_member():
    """Someone who owes the books nothing, with an application and mail."""
    member = MemberFactory(left=LONG_AGO)
    application = ApplicationFactory(
        member=member, status="accepted", decided_at=NOW, last_activity_at=NOW
    )
    OutgoingMailFactory(member=member, created_at=NOW)
    request = SubjectRequestFactory(kind="erasure", member=member, status="approved")
    return member, application, request


def a_hold(record, *, until=TODAY):
    return LegalHold(
        member=record.member,
        model=record._meta.label,
        record=record.pk,
        reason="Tvist om inträdesdagen pågår",
        set_on=TODAY,
        until=until,
    )


def swept(on):
    at = timezone.make_aware(dt.datetime.combine(on, dt.time(2)))
    run = SweepRun.objects.create(on=on, started_at=at, heartbeat_at=at)
    sweep.take_all(run, at=at)
    return run


@pytest.mark.django_db
def test_a_hold_on_a_record_keeps_it_and_its_person_and_nothing_else():
    member, application, request = former_member()
    with transaction.atomic():
        holds.set_hold(a_hold(application))

    assert erasure.execute(request.pk, at=NOW)

    assert [*Application.objects.all()] == [application]
    assert OutgoingMail.objects.filter(member=member).count() == 0
    member.refresh_from_db()
    assert (member.restricted_at, member.email) == (NOW, "")
    assert SuspendedErasure.objects.get().record == application.pk


@pytest.mark.django_db
def test_a_held_record_waits_for_the_end_of_its_hold_and_then_goes_by_itself():
    member, application, request = former_member()
    with transaction.atomic():
        holds.set_hold(a_hold(application))
    erasure.execute(request.pk, at=NOW)

    swept(TODAY)
    assert Application.objects.filter(pk=application.pk).exists()
    run = swept(TODAY + dt.timedelta(days=1))

    assert not Application.objects.filter(pk=application.pk).exists()
    assert not Member.objects.filter(pk=member.pk).exists()
    assert SuspendedErasure.objects.count() == 0
    assert run.receipts.filter(model="members.Application", count=1).exists()


@pytest.mark.django_db
def test_the_letter_states_what_a_hold_keeps_without_promising_a_day():
    _member, application, request = former_member()
    with transaction.atomic():
        holds.set_hold(a_hold(application))

    lines = {line.model: line for line in erasure.plan(request, on=TODAY)}

    kept = lines["members.Application"]
    assert (kept.outcome, kept.ground, kept.until) == ("restricted", "17.3.e", None)
    assert lines["members.OutgoingMail"].outcome == "erased"


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 1])
def test_the_sweep_spares_a_held_record_until_the_day_after(days):
    fee = FeeFactory(fiscal_year_ends_on=dt.date(2010, 12, 31), settled_on=dt.date(2010, 1, 30))
    other = FeeFactory(fiscal_year_ends_on=dt.date(2010, 12, 31), settled_on=dt.date(2010, 1, 30))
    with transaction.atomic():
        holds.set_hold(a_hold(fee))

    swept(TODAY + dt.timedelta(days=days))

    assert Fee.objects.filter(pk=fee.pk).exists() is (days == 0)
    assert not Fee.objects.filter(pk=other.pk).exists()


@pytest.mark.django_db
def test_what_its_person_withdraws_stays_while_it_is_held():
    _member, application, _request = former_member()
    _other, another, _request = former_member()
    with transaction.atomic():
        holds.set_hold(a_hold(application))
    both = Application.objects.filter(pk__in=[application.pk, another.pk])

    with transaction.atomic():
        assert registry.destroy(Application, both, NOW) == 1

    assert [*Application.objects.all()] == [application]


@pytest.mark.django_db
def test_no_hold_can_be_set_on_what_is_not_hers_or_is_gone():
    member, application, _request = former_member()
    strangers = a_hold(application)
    strangers.member = MemberFactory()
    gone = LegalHold(
        member=member, model="members.Application", record=10**9,
        reason="Tvist om inträdesdagen", set_on=TODAY, until=TODAY,
    )  # fmt: skip

    for hold in (strangers, gone):
        with pytest.raises(holds.RecordIsGone), transaction.atomic():
            holds.set_hold(hold)

    assert LegalHold.objects.count() == 0


# --- while an erasure runs --------------------------------------------------------------------


class At:
    """Does something in another thread and connection just before a statement of this one."""

    def __init__(self, number, deed):
        self.number, self.count = number, 0
        self.thread = threading.Thread(target=deed)

    def __call__(self, execute, *arguments):
        if self.count == self.number:
            self.thread.start()
            self.thread.join(0.05)  # it may have to wait for us, so we do not wait for it
        self.count += 1
        return execute(*arguments)


def in_the_background(application, outcome, *, whole_person=False, until=TODAY):
    """Gives what sets a hold in a thread of its own and keeps what came of it."""

    def set_hold():
        hold = a_hold(application, until=until)
        if whole_person:
            hold.model, hold.record = "", None
        try:
            with transaction.atomic():
                holds.set_hold(hold)
            outcome.append(hold)
        except (holds.RecordIsGone, IntegrityError) as error:
            outcome.append(error)
        finally:
            connection.close()

    return set_hold


def statements_of_an_erasure():
    _member, _application, request = former_member()
    at = At(-1, None)
    with connection.execute_wrapper(at):
        erasure.execute(request.pk, at=NOW)
    return at.count


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whole_person", [False, True], ids=["record", "person"])
def test_a_hold_set_while_an_erasure_runs_is_kept_or_comes_too_late(whole_person):
    """At fifty moments of an erasure: what is held is there, and goes when it is released."""
    statements_of_an_erasure()  # what a process does once
    number = statements_of_an_erasure()
    kept = []
    for n in range(INTERLEAVINGS):
        member, application, request = former_member()
        outcome = []

        set_hold = in_the_background(application, outcome, whole_person=whole_person)
        at = At(n * number // INTERLEAVINGS, set_hold)
        with connection.execute_wrapper(at):
            erasure.execute(request.pk, at=NOW)
        at.thread.join()

        is_there = Application.objects.filter(pk=application.pk).exists()
        is_held = isinstance(outcome[0], LegalHold)
        kept.append(is_held and is_there)
        assert is_there or not is_held, f"statement {at.number}: a held record was destroyed"
        tomorrow = NOW + dt.timedelta(days=1)
        erasure.execute(request.pk, at=tomorrow)
        swept(tomorrow.date() + dt.timedelta(days=n))
        assert not Application.objects.filter(pk=application.pk).exists()
        assert not Member.objects.filter(pk=member.pk).exists()
        request.refresh_from_db()
        assert request.status == "answered"
    assert {True, False} == set(kept)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_hold_set_while_a_sweep_runs_is_kept_or_comes_too_late():
    def due_application():
        return ApplicationFactory(
            member=MemberFactory(), status="accepted", decided_at=NOW, last_activity_at=LONG_SINCE
        )

    def statements_of_a_sweep(day):
        count = At(-1, None)
        due_application()
        with connection.execute_wrapper(count):
            swept(day)
        return count.count

    statements_of_a_sweep(TODAY)  # what a process does once
    number = statements_of_a_sweep(TODAY + dt.timedelta(days=1))
    kept = []
    for n in range(INTERLEAVINGS):
        application, outcome = due_application(), []
        day = TODAY + dt.timedelta(days=n + 2)
        set_hold = in_the_background(application, outcome, until=day)
        at = At(n * number // INTERLEAVINGS, set_hold)
        with connection.execute_wrapper(at):
            swept(day)
        at.thread.join()

        is_there = Application.objects.filter(pk=application.pk).exists()
        is_held = isinstance(outcome[0], LegalHold)
        kept.append(is_held)
        assert is_there == is_held, f"statement {at.number}"
    assert {True, False} == set(kept)


@pytest.mark.django_db
def test_a_record_tells_until_when_it_is_held():
    member, application, _request = former_member()
    other = ApplicationFactory(member=member, status="accepted", decided_at=NOW)
    assert registry.held_until(application, TODAY) is None
    with transaction.atomic():
        holds.set_hold(a_hold(application, until=TODAY + dt.timedelta(days=9)))

    assert registry.held_until(application, TODAY) == TODAY + dt.timedelta(days=9)
    assert registry.held_until(application, TODAY + dt.timedelta(days=10)) is None
    assert registry.held_until(other, TODAY) is None
