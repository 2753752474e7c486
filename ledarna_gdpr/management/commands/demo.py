from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import cases.demo
import courses.demo
import dsar.demo
from members.demo import afterwards, choices, logins, register
from members.models import Member, User


class Command(BaseCommand):
    help = "Fill an empty register with invented people and print how to log in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="say nothing if there are members already"
        )

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("Invented people do not belong in production."))
        if Member.objects.exists():
            if once:
                return
            raise CommandError(_("There are members already; the demo fills an empty register."))
        at = timezone.now()
        with transaction.atomic():
            register.load(at=at)
            cases.demo.load(
                at=at,
                members=Member.objects.current().filter(protection="").order_by("pk")[:20],
                staff={str(user.email): user for user in User.objects.filter(is_staff=True)},
            )
            courses.demo.load(at=at)
            afterwards.load(at=at)
            dsar.demo.load(at=at)
            choices.load(at=at)
        self.stdout.write(
            _("%(count)d invented people are in the register.") % {"count": Member.objects.count()}
        )
        self.stdout.write("\n".join(logins.lines()))
