"""The ledger outside the database, and what it does to a database that is too old (law 7)."""

import datetime as dt
import io
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from dsar import erasure, ledger, tasks
from dsar.models import LedgerPosition, SubjectRequest, SweepRun
from members.models import Member, Payment
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import MemberFactory, PaymentFactory

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
LONG_AGO = dt.date(2014, 6, 30)
ERASED = ledger.Kind.ERASED

pytestmark = pytest.mark.django_db


def lines(settings):
    return settings.ERASURE_LEDGER.read_text().splitlines()


def erased(member):
    request = SubjectRequestFactory(kind="erasure", member=member, status="approved")
    erasure.execute(request.pk, at=NOW)


def restored(member):
    """As a backup from before her erasure would have her: the same person in an older database."""
    Member.objects.bulk_create([member])
    LedgerPosition.objects.update(entries=0)


def test_there_is_no_personal_data_in_the_ledger(settings):
    member = MemberFactory(left=LONG_AGO, numbered=True)
    known = [member.personnummer, str(member.public_id), str(member.member_number), "Åberg"]

    erased(member)

    assert len(lines(settings)) == 1
    assert [value for value in known if value in lines(settings)[0]] == []


def test_only_its_owner_reads_the_ledger(settings):
    ledger.append(ERASED, ["a"], at=NOW)

    assert stat.S_IMODE(settings.ERASURE_LEDGER.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.ERASURE_LEDGER.parent.stat().st_mode) == 0o700


def test_entries_are_numbered_and_read_back():
    ledger.append(ERASED, ["a", "b"], at=NOW)
    ledger.append(ledger.Kind.REDUCED, ["c"], at=NOW)

    assert [(e.number, e.kind, e.tokens, e.at) for e in ledger.entries()] == [
        (1, "erased", ["a", "b"], NOW),
        (2, "reduced", ["c"], NOW),
    ]
    assert [entry.number for entry in ledger.entries(after=1)] == [2]
    assert ledger.last_number() == ledger.known_number() == 2


def test_the_last_number_is_found_behind_very_long_lines():
    ledger.append(ERASED, ["a" * 64] * 5000, at=NOW)
    ledger.append(ERASED, ["b" * 64] * 5000, at=NOW)

    assert ledger.last_number() == 2
    assert [entry.number for entry in ledger.entries()] == [1, 2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found[1:],
        lambda found: [found[0], found[2]],
        lambda found: [found[1], found[0], found[2]],
        lambda found: [found[0], found[1].replace("erased", "reduced"), found[2]],
        lambda found: [found[0], found[1][:40], found[2]],
        lambda found: [found[0], "{}", found[2]],
    ],
)
def test_a_line_that_is_missing_moved_or_changed_is_noticed(damage, settings):
    for token in "abc":
        ledger.append(ERASED, [token], at=NOW)
    settings.ERASURE_LEDGER.write_text("\n".join(damage(lines(settings))) + "\n")

    with pytest.raises(ledger.LedgerBroken):
        list(ledger.entries())
    with pytest.raises(CommandError, match="skadad"):
        call_command("replay_erasures")


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_not_written_inside_a_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError):
        ledger.append(ERASED, ["a"], at=NOW)
    assert ledger.last_number() == 0


def test_an_older_database_is_noticed_and_an_unfinished_erasure_is_not():
    assert not ledger.database_is_behind()
    ledger.append(ERASED, ["a"], at=NOW)
    assert not ledger.database_is_behind()

    LedgerPosition.objects.update(entries=0)
    assert ledger.database_is_behind()

    LedgerPosition.objects.all().delete()
    assert ledger.database_is_behind()


def test_an_older_database_serves_nobody():
    ledger.append(ERASED, ["a"], at=NOW)
    LedgerPosition.objects.update(entries=0)

    for path in ("/", "/admin/", "/konto/login/", "/nowhere/"):
        response = Client().get(path)
        assert response.status_code == 503
    assert "tillfälligt stängd" in response.content.decode()


@pytest.mark.parametrize("command", [["sweep"], ["sweep", "--dry-run"], ["erase", "1"]])
def test_an_older_database_is_not_worked_on(command):
    PaymentFactory(fiscal_year_ends_on=dt.date(2010, 12, 31))
    ledger.append(ERASED, ["a"], at=NOW)
    LedgerPosition.objects.update(entries=0)

    with pytest.raises(CommandError, match="replay_erasures"):
        call_command(*command)
    assert Payment.objects.count() == 1
    assert SweepRun.objects.count() == 0


def test_no_task_runs_on_an_older_database():
    PaymentFactory(fiscal_year_ends_on=dt.date(2010, 12, 31))
    ledger.append(ERASED, ["a"], at=NOW)
    LedgerPosition.objects.update(entries=0)

    tasks.sweep.delay()
    assert Payment.objects.count() == 1

    ledger.catch_up()
    tasks.sweep.delay()
    assert Payment.objects.count() == 0


def test_replaying_erases_again_whom_the_ledger_names_and_nobody_else():
    member, neighbour = MemberFactory(left=LONG_AGO), MemberFactory(left=LONG_AGO)
    kept = Member.objects.get(pk=member.pk)
    erased(member)
    restored(kept)
    Member.objects.filter(pk=neighbour.pk).update(left_on=None)
    out = io.StringIO()

    call_command("replay_erasures", stdout=out)

    assert list(Member.objects.all()) == [neighbour]
    assert "1" in out.getvalue()
    assert not ledger.database_is_behind()


def test_a_new_person_with_an_erased_persons_key_is_not_mistaken_for_her():
    member = MemberFactory(left=LONG_AGO)
    key = member.pk
    erased(member)
    newcomer = MemberFactory(pk=key)

    call_command("replay_erasures", "--everything")

    assert Member.objects.get(pk=key).public_id == newcomer.public_id


def test_replaying_reduces_again_and_sweeps():
    member = MemberFactory(left=dt.date(2025, 1, 1))
    payment = PaymentFactory(fiscal_year_ends_on=dt.date(2010, 12, 31))
    ledger.append(ledger.Kind.REDUCED, ledger.tokens_of([member.pk]), at=NOW)
    LedgerPosition.objects.update(entries=0)

    call_command("replay_erasures", stdout=io.StringIO())

    member.refresh_from_db()
    assert (member.email, member.reduced_at is None) == ("", False)
    assert not Payment.objects.filter(pk=payment.pk).exists()


def test_a_request_that_the_backup_had_open_is_closed():
    member = MemberFactory(left=LONG_AGO)
    kept = Member.objects.get(pk=member.pk)
    erased(member)
    restored(kept)
    request = SubjectRequestFactory(member=kept, kind="erasure", identification="")

    call_command("replay_erasures", stdout=io.StringIO())

    assert not SubjectRequest.objects.open().filter(pk=request.pk).exists()


def test_replaying_twice_does_nothing_the_second_time():
    member = MemberFactory(left=LONG_AGO)
    kept = Member.objects.get(pk=member.pk)
    erased(member)
    restored(kept)
    call_command("replay_erasures", stdout=io.StringIO())
    out = io.StringIO()

    call_command("replay_erasures", stdout=out)

    assert "0" in out.getvalue()
    assert Member.objects.count() == 0


def test_a_sweep_writes_those_it_takes_in_the_ledger():
    MemberFactory(left=dt.date(2010, 1, 1))
    MemberFactory(left=dt.date(2025, 1, 1))

    call_command("sweep", stdout=io.StringIO())

    written = {entry.kind: len(entry.tokens) for entry in ledger.entries()}
    assert written == {"reduced": 2, "erased": 1}
