from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from members.imports import jobs
from members.models import ImportJob


class Command(BaseCommand):
    help = "Import a register file (CSV or XLSX): all rows, or none if one is faulty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--good-rows", action="store_true", help="import the good rows and report the others"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")

    def handle(
        self, *args: Any, file: Path, good_rows: bool, dry_run: bool, **options: Any
    ) -> None:
        job = self._start(file)
        jobs.check(job.pk, at=timezone.now(), progress=self._tell(_("rows checked")))
        job.refresh_from_db()
        if job.status == jobs.Status.CHECKED:
            self._summary(job)
        self._issues(job)
        if job.status == jobs.Status.REFUSED:
            raise CommandError(_("The file was refused. Nothing has been changed."))
        if dry_run:
            jobs.cancel(job, at=timezone.now())
            self.stdout.write(_("Nothing has been changed."))
            return
        try:
            mode = jobs.Mode.GOOD_ROWS if good_rows else jobs.Mode.ALL_OR_NOTHING
            jobs.approve(job, mode=mode)
        except jobs.CannotImport as error:
            jobs.cancel(job, at=timezone.now())
            raise CommandError(f"{error} {_('Nothing has been changed.')}") from None
        jobs.carry_out(job.pk, at=timezone.now(), progress=self._tell(_("rows imported")))
        job.refresh_from_db()
        if job.status != jobs.Status.DONE:
            self._issues(job)
            raise CommandError(_("The import stopped. Send the same file again."))
        self.stdout.write(_("The import is done."))

    def _start(self, file: Path) -> ImportJob:
        try:
            return jobs.start(file.read_bytes(), by=None, at=timezone.now())
        except OSError:
            raise CommandError(_("The file cannot be opened. Check its path.")) from None
        except jobs.CannotImport as error:
            raise CommandError(str(error)) from None

    def _tell(self, what: str) -> jobs.Progress:
        return lambda done: self.stderr.write(f"{done} {what}")

    def _summary(self, job: ImportJob) -> None:
        self.stdout.write(
            _("%(rows)d rows: %(new)d new, %(changed)d changed, %(same)d the same, %(bad)d bad.")
            % {
                "rows": job.rows,
                "new": job.new,
                "changed": job.changed,
                "same": job.unchanged,
                "bad": job.bad,
            }
        )

    def _issues(self, job: ImportJob) -> None:
        for issue in job.issues.all():
            place = _("Row %(row)d, %(column)s: ") if issue.column else _("Row %(row)d: ")
            where = place % {"row": issue.row, "column": issue.column} if issue.row else ""
            self.stderr.write(f"{where}{issue.message}")
