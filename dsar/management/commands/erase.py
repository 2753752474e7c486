from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import erasure, ledger
from dsar.models import SubjectRequest
from ledarna_gdpr import arguments
from ledarna_gdpr.privacy import registry


class Command(BaseCommand):
    help = "Carry an approved request for erasure out, or show its plan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "request", type=arguments.number, help="the request's number in the admin"
        )
        parser.add_argument("--plan", action="store_true", help="show the plan, touch nothing")

    def handle(self, *args: Any, plan: bool, **options: Any) -> None:
        if ledger.database_is_behind():
            raise CommandError(
                _("The database is older than the erasure ledger. Run replay_erasures first.")
            )
        request = SubjectRequest.objects.filter(
            pk=options["request"], kind=SubjectRequest.Kind.ERASURE
        ).first()
        if request is None:
            raise CommandError(_("There is no request for erasure with that number."))
        if plan:
            self._show_plan(request)
        elif request.status == SubjectRequest.Status.RECEIVED:
            raise CommandError(_("The request has not been approved. Approve it in the admin."))
        elif erasure.execute(request.pk, at=timezone.now()):
            self.stdout.write(
                _("Request %(number)d has been carried out.") % {"number": request.pk}
            )
        elif request.is_open:
            raise CommandError(_("A legal hold protects the person. The request waits for it."))
        else:
            self.stdout.write(_("The request was closed before. Nothing was done."))

    def _show_plan(self, request: SubjectRequest) -> None:
        if request.member_id is None or not request.is_open:
            raise CommandError(_("Only an open request of an identified person has a plan."))
        for line in erasure.plan(request, on=timezone.localdate()):
            title = registry.labelled(line.model).title
            until = line.until or ""
            self.stdout.write(
                f"{title:<40} {line.get_outcome_display():<36} {line.count:>6}  {until}"
            )
