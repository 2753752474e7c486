import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import files, ledger, sweep
from ledarna_gdpr import arguments


class Command(BaseCommand):
    help = "Erase what is due. With --dry-run, tell what would go and touch nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument(
            "--on",
            type=arguments.day,
            help="with --dry-run, the day to look ahead to, YYYY-MM-DD; today if left out",
        )

        parser.add_argument(
            "--unnamed-files",
            action="store_true",
            help="remove the stored files that no record names, however many they are",
        )

    def handle(
        self,
        *args: Any,
        dry_run: bool,
        on: dt.date | None,
        unnamed_files: bool,
        **options: Any,
    ) -> None:
        if ledger.database_is_behind():
            raise CommandError(
                _("The database is older than the erasure ledger. Run replay_erasures first.")
            )
        if dry_run:
            self._tell(on or timezone.localdate())
        elif unnamed_files:
            count = files.remove_unnamed(timezone.now())
            self.stdout.write(_("%(n)d files that no record names were removed.") % {"n": count})
        elif on is not None:
            raise CommandError(_("--on is only for --dry-run: what is not due yet is not erased."))
        elif run := sweep.nightly(timezone.localdate()):
            self._receipts(run)
        else:
            self.stdout.write(_("Today's sweep has been made, or is being made."))

    def _tell(self, on: dt.date) -> None:
        total = 0
        for found in sweep.due(on):
            if count := found.records.count():
                total += count
                self._line(found.anchor.rule.code, found.declaration.title, count)
        self.stdout.write(
            _("%(total)d records are due on %(day)s. Nothing was touched.")
            % {"total": total, "day": on}
        )
        compared = files.compare(timezone.now())
        self.stdout.write(
            _("Stored files that no record names: %(unnamed)d. Missing files: %(missing)d.")
            % {"unnamed": len(compared.unnamed), "missing": len(compared.missing)}
        )

    def _receipts(self, run: sweep.SweepRun) -> None:
        for receipt in run.receipts.order_by("rule", "model"):
            self._line(receipt.rule, sweep.registry.labelled(receipt.model).title, receipt.count)
        self.stdout.write(_("The sweep of %(day)s is done.") % {"day": run.on})

    def _line(self, code: str, title: str, count: int) -> None:
        self.stdout.write(f"{code:<6} {title:<40} {count:>8}")
