import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ledarna_gdpr import arguments
from ledarna_gdpr.benchmark import importing, listing, works
from ledarna_gdpr.benchmark.databases import Databases
from ledarna_gdpr.benchmark.measuring import Row, machine, table

WORKS = {
    "erase-many": works.erase_many,
    "erase-one": works.erase_one,
    "sweep-nothing": works.sweep_nothing,
    "sweep-due": works.sweep_due,
    "access": works.access_answers,
    "import": importing.import_file,
    "list": listing.member_list,
    "cases": listing.case_list,
}


class Command(BaseCommand):
    help = "Measure the engines beside plain SQL, on PostgreSQL databases of the benchmark's own."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--members", type=arguments.number, nargs="+", default=[10_000, 100_000, 1_000_000]
        )
        parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
        parser.add_argument("--output", type=Path, help="write the table there, too")
        parser.add_argument("--keep", action="store_true", help="keep the filled databases")

    def handle(
        self,
        *args: Any,
        members: list[int],
        only: list[str],
        output: Path | None,
        keep: bool,
        **options: Any,
    ) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("The benchmark needs PostgreSQL: set DATABASE_URL.")
        databases = Databases()
        facts = machine()
        rows: list[Row] = []
        with tempfile.TemporaryDirectory() as folder:
            settings.MEDIA_ROOT = Path(folder) / "media"
            settings.DATA_DIR = Path(folder)
            try:
                for name in only:
                    # A fresh database with an older work's ledger would refuse to serve.
                    settings.ERASURE_LEDGER = Path(folder) / f"{name}.jsonl"
                    for row in WORKS[name](databases, sorted(members)):
                        rows.append(row)
                        self.stdout.write(" | ".join(row.cells()))
                        self.stdout.flush()
            finally:
                if not keep:
                    databases.drop()
        if output:
            sizes = " ".join(map(str, members))
            output.write_text(PAGE.format(sizes=sizes, facts=facts, table=table(rows)))


PAGE = """# Benchmark

The engines beside plain SQL that does the same work to the same tables, in one run, by turns;
medians, and from least to most. About 33 rows a member, a case with a note among them; history,
read log, ledger and receipts included. Two members of forty have a row of every declared model:
what the dataset does not write out is made from the declarations. Made by

    manage.py benchmark --members {sizes} --output docs/benchmark.md

on {facts}

{table}
"""
