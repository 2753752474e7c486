import contextlib
import hashlib
import os
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import package
from members import readlog
from members.models import Member


class Command(BaseCommand):
    help = "Write everything about a person into a zip, for the data protection officer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="member number, or the public id of the register")
        parser.add_argument("--to", type=Path, required=True, help="an existing folder")
        parser.add_argument("--purpose", required=True, help="why, for the read log")
        parser.add_argument(
            "--portable", action="store_true", help="only what the person provided (Art. 20)"
        )

    def handle(
        self, *args: Any, person: str, to: Path, purpose: str, portable: bool, **options: Any
    ) -> None:
        member = self._find(person)
        if not to.is_dir():
            raise CommandError(_("The folder does not exist."))
        readlog.record(None, [member], view="manage.py access", purpose=purpose)
        content = package.build(member.pk, portable=portable, at=timezone.now())
        path = to / f"{member.public_id}.zip"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            raise CommandError(_("The file cannot be written, or is there already.")) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        self.stdout.write(f"{path}\nsha256 {hashlib.sha256(content).hexdigest()}")

    def _find(self, person: str) -> Member:
        found = None
        if person.isascii() and person.isdigit():
            found = Member.objects.filter(member_number=int(person[:18])).first()
        else:
            with contextlib.suppress(ValueError):
                found = Member.objects.filter(public_id=UUID(person)).first()
        if found is None:
            raise CommandError(_("There is nobody with that number in the register."))
        return found
