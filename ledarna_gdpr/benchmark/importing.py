"""A register file of 100,000 rows: imported, and imported once more."""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction

from ledarna_gdpr.benchmark.databases import Databases
from ledarna_gdpr.benchmark.dataset import FAMILY_NAMES, GIVEN_NAMES
from ledarna_gdpr.benchmark.measuring import Process, Row, duration, seconds
from members.demo.numbers import test_numbers
from members.models import Member

ROWS = 100_000
IMPORT = (
    "import os; from django.core.management import call_command; out = open(os.devnull, 'w'); "
    "call_command('import_members', {!r}, stdout=out, stderr=out)"
)
COLUMNS = (
    "Medlemsnummer",
    "Personnummer",
    "Förnamn",
    "Efternamn",
    "E-post",
    "Telefon",
    "Adress",
    "Postnummer",
    "Postort",
    "Arbetsgivare",
    "Befattning",
    "Inträdesdatum",
)


def import_file(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    databases.work_on(0, ended=0, left=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.csv"
        write_file(path)
        startup = Process("", databases.environment()).wait().seconds
        first = Process(IMPORT.format(str(path)), databases.environment()).wait()
        written = Member.objects.count(), Member.history.count()
        again = Process(IMPORT.format(str(path)), databases.environment()).wait()
    is_same = written == (Member.objects.count(), Member.history.count())
    databases.work_on(0, ended=0, left=0)
    copied = seconds(copy)
    took = first.seconds - startup
    yield Row(
        f"import {ROWS:,} rows, with validation, preview and history",
        "≤ 20 s, ≤ 256 MB",
        duration(took),
        f"{duration(copied)} (COPY)",
        f"{took / copied:.1f}×",
        f"peak {first.megabytes:.0f} MB; {written[0]:,} members, {written[1]:,} rows of history",
    )
    yield Row(
        "the same file again",
        "≤ 10 s, no write",
        duration(again.seconds - startup),
        notes=f"peak {again.megabytes:.0f} MB; "
        + ("nothing written" if is_same else "SOMETHING WRITTEN"),
    )


def write_file(path: Path) -> None:
    """Personnummer are the published test numbers, as many as there are."""
    given, family, numbers = GIVEN_NAMES.split(","), FAMILY_NAMES.split(","), test_numbers()
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS)
        for i in range(ROWS):
            writer.writerow(
                [
                    200001 + i,
                    numbers[i] if i < len(numbers) else "",
                    given[i % len(given)],
                    family[i // 14 % len(family)],
                    f"m{i}@example.org",
                    f"+4670{i:07d}",
                    f"Storgatan {i % 200}",
                    "10222",
                    "Stockholm",
                    f"Arbetsgivare {i % 5000}",
                    "Chef",
                    "2020-01-01",
                ]
            )


@transaction.atomic
def copy() -> None:
    """The least that a database can do with as many members, periods and rows of history."""
    members = (
        "public_id, member_number, given_names, family_name, preferred_name, personnummer, email,"
        " phone, care_of, street_address, postal_code, city, country, employer, job_title,"
        " protection, provenance"
    )
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY members_member ({members}) FROM STDIN") as rows:
            for i in range(ROWS):
                rows.write_row(
                    (
                        f"00000000-0000-0000-0000-{i:012d}",
                        200001 + i,
                        "Anna",
                        "Andersson",
                        "",
                        "",
                        f"m{i}@example.org",
                        f"+4670{i:07d}",
                        "",
                        "Storgatan 1",
                        "10222",
                        "Stockholm",
                        "SE",
                        "Arbetsgivare",
                        "Chef",
                        "",
                        "{}",
                    )
                )
        shared = members.replace("personnummer, ", "")
        cursor.execute(
            f"INSERT INTO members_historicalmember (id, {shared}, history_date, history_type)"  # noqa: S608
            f" SELECT id, {shared}, now(), '+' FROM members_member"
        )
        cursor.execute(
            "INSERT INTO members_membershipperiod (member_id, started_on, exit_reason)"
            " SELECT id, date '2020-01-01', '' FROM members_member"
        )
        cursor.execute(
            "INSERT INTO members_historicalmembershipperiod"
            " (id, member_id, started_on, exit_reason, history_date, history_type)"
            " SELECT id, member_id, started_on, '', now(), '+' FROM members_membershipperiod"
        )
