"""What is measured. Each work gives the rows of the table that it fills."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar import access, erasure, ledger, sweep
from dsar.destroyer import remove_files
from dsar.models import Receipt, SweepRun
from ledarna_gdpr.benchmark import raw, rows
from ledarna_gdpr.benchmark.databases import Databases
from ledarna_gdpr.benchmark.days import EVE, NEW_YEAR, noon
from ledarna_gdpr.benchmark.measuring import (
    Process,
    Row,
    in_turns,
    ratio,
    seconds,
    spread,
)
from members.models import LoginRecord, ReadLog

AT = noon(NEW_YEAR)


def register(databases: Databases, members: int) -> None:
    """A fresh register of this size: in the small ones a tenth left ten years ago, in the large
    one a hundredth is due on New Year's Day."""
    if members >= 1_000_000:
        databases.work_on(members, ended=members // 200, left=members // 200)
    else:
        databases.work_on(members, ended=members // 10, left=0)


def erase(ids: list[int]) -> None:
    """Persons erased as a request or a sweep would: ledger first, receipts last."""
    ledger.append(ledger.Kind.ERASED, ledger.tokens_of(ids), at=AT)
    with transaction.atomic():
        erasure.erase(ids, on=NEW_YEAR, at=AT).leave_receipts()
    remove_files()


def erase_many(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    members = _nearest(sizes, 100_000)
    ids = list(range(1, members // 10 + 1))
    left: list[dict[str, int]] = []
    ours, plain = in_turns(
        lambda: erase(ids),
        lambda: raw.erase(ids, at=AT),
        times=3,
        before_each=lambda: register(databases, members),
        after_each=lambda: left.append(_left_over()),
    )
    yield Row(
        f"erase {len(ids):,} of {members:,} members",
        "≤ 1.5×",
        spread(ours),
        spread(plain),
        ratio(ours, plain),
        _compared(*left),
    )


def erase_one(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    members = _nearest(sizes, 100_000)
    register(databases, members)
    erase([members // 10])  # what a process does once
    keys = iter(range(rows.SHARE, members // 10, rows.SHARE))  # those with a row of every kind
    ours, plain = in_turns(
        lambda: erase([next(keys)]), lambda: raw.erase([next(keys)], at=AT), times=9
    )
    usual = _queries(lambda: erase([next(keys)]))
    heavy = next(keys)
    _tenfold(heavy)
    tenfold = _queries(lambda: erase([heavy]))
    yield Row(
        f"erase one member of {members:,}",
        "≤ 5×, constant queries",
        spread(ours),
        spread(plain),
        ratio(ours, plain),
        f"{usual} queries; {tenfold} with ten times the rows",
    )


def _tenfold(member: int) -> None:
    ReadLog.objects.bulk_create(
        ReadLog(at=AT - dt.timedelta(days=800), subject_id=member, view="x", purpose="x")
        for _ in range(200)
    )
    LoginRecord.objects.bulk_create(
        LoginRecord(user_id=member, at=AT, method="x", succeeded=True) for _ in range(70)
    )


def sweep_nothing(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    for members in sizes:
        register(databases, members)
        sweep.run(EVE - dt.timedelta(days=30), at=AT)  # what a process does once
        days = (EVE - dt.timedelta(days=number) for number in range(9))
        times = [seconds(partial(sweep.run, day, at=AT)) for day in days]
        taken = Receipt.objects.exclude(run=None).aggregate(rows=Sum("count"))["rows"]
        yield Row(
            f"sweep {members:,} members, nothing due",
            "flat",
            spread(times),
            notes=f"{taken:,} ROWS TAKEN" if taken else "nothing taken",
        )


SWEEP = (
    "import datetime as dt; from dsar import sweep; "
    "sweep.run(dt.date.fromisoformat('{}'), at=dt.datetime.fromisoformat('{}'))"
)


def sweep_due(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    members = max(sizes)
    code = SWEEP.format(NEW_YEAR, timezone.now().isoformat())
    processes: list[Process] = []
    left: list[dict[str, int]] = []
    startup = Process("", databases.environment()).wait()
    _ours, plain = in_turns(
        lambda: processes.append(Process(code, databases.environment()).wait()),
        lambda: raw.sweep(NEW_YEAR, at=AT),
        times=3,
        before_each=lambda: register(databases, members),
        after_each=lambda: left.append(_left_over()),
    )
    ours = [process.seconds - startup.seconds for process in processes]
    peak = max(process.megabytes for process in processes)

    register(databases, members)
    kills = (0.2, 0.4)
    for share in kills:
        process = Process(code, databases.environment())
        process.kill_after(startup.seconds + share * min(ours))
        _let_it_be_dead()
    Process(code, databases.environment()).wait()
    same = "the same rows are left" if _left_over() == left[0] else "DIFFERENT rows are left"
    yield Row(
        f"sweep {members:,} members, 1 % due",
        "≤ 1.5×, ≤ 150 MB",
        spread(ours),
        spread(plain),
        ratio(ours, plain),
        f"peak {peak:.0f} MB; killed {len(kills)} times and run again: {same}; " + _compared(*left),
    )


def _let_it_be_dead() -> None:
    SweepRun.objects.update(heartbeat_at=timezone.now() - 2 * sweep.DEAD_AFTER)


def _left_over() -> dict[str, int]:
    """How many rows each table has, but for those about the sweep itself."""
    own = ("dsar_receipt", "dsar_sweeprun", "dsar_ledgerposition", "django_content_type")
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in own:
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - from the catalogue
                counts[table] = cursor.fetchone()[0]
    return counts


def _compared(ours: dict[str, int], *others: dict[str, int]) -> str:
    """Whether raw SQL has done the same work."""
    tables = sorted(table for table in ours if any(other[table] != ours[table] for other in others))
    return f"RAW SQL LEFT OTHER ROWS of {', '.join(tables)}" if tables else "raw SQL left the same"


def access_answers(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    members = _nearest(sizes, 100_000)
    register(databases, members)
    for people, target in ((1, "≤ 10×"), (1000, "≤ 2×")):
        ids = list(range(members // 2, members // 2 + 2 * people, 2))
        _answer(ids)  # what a process does once
        ours, plain = in_turns(partial(_answer, ids), partial(_rows_as_json, ids), times=9)
        yield Row(
            f"access answer for {people:,} of {members:,}",
            f"{target}, constant queries",
            spread(ours),
            spread(plain),
            ratio(ours, plain),
            f"{_queries(partial(_answer, ids))} queries",
        )


def _answer(ids: list[int]) -> list[str]:
    return [json.dumps(document) for document in access.collect(ids, at=AT).values()]


def _rows_as_json(ids: list[int]) -> list[str]:
    return [json.dumps(tables, default=str) for tables in raw.collect(ids).values()]


def _queries(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len([q for q in captured.captured_queries if _counts(q["sql"])])


def _counts(sql: str) -> bool:
    return not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))


def _nearest(sizes: list[int], wanted: int) -> int:
    return min(sizes, key=lambda size: abs(size - wanted))
