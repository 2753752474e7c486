from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from members.imports.reading import BadFile
from members.tools import salaries


class Command(BaseCommand):
    help = (
        "Publish the organisation's own salary statistics from a CSV file with the headings "
        "ssyk, sektor, lan and manadslon. The salaries themselves are not kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--edition", required=True, help="what members see it called")

    def handle(self, *args: Any, file: Path, edition: str, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError:
            raise CommandError(_("The file cannot be opened. Check its path.")) from None
        try:
            table = salaries.publish(content, edition=edition, at=timezone.now())
        except (BadFile, salaries.CannotPublish) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            _("%(n)d groups are shown from now on. Those too small are not.")
            % {"n": len(table.cells)}
        )
