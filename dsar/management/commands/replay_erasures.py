from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import ledger
from dsar.replay import replay


class Command(BaseCommand):
    help = "After a backup was restored: erase again whom the ledger names, then sweep."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--everything", action="store_true", help="begin at the ledger's first line"
        )

    def handle(self, *args: Any, everything: bool, **options: Any) -> None:
        try:
            result = replay(at=timezone.now(), everything=everything)
        except ledger.LedgerBroken as error:
            raise CommandError(
                _("The erasure ledger is damaged at %(place)s. Fetch its latest good copy.")
                % {"place": error}
            ) from None
        self.stdout.write(
            _("Erased again: %(erased)d persons. Reduced again: %(reduced)d. Ready to serve.")
            % {"erased": result.erased, "reduced": result.reduced}
        )
