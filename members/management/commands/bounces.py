from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from members.mailings import bounces


class Command(BaseCommand):
    help = "Stop mailings to addresses whose mail came back: reports, a mailbox, or a list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        stopped = 0
        for file in files:
            try:
                stopped += bounces.remember(bounces.read(file), at=timezone.now())
            except OSError:
                raise CommandError(_("The file cannot be opened. Check its path.")) from None
        self.stdout.write(
            _("Mailings have been stopped to %(count)d addresses.") % {"count": stopped}
        )
