"""Who a participant was: said by a person, for one row at a time or for all that are suggested."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from courses.models import Attendance, AttendanceImport, Registration
from ledarna_gdpr.privacy import registry
from members.models import Member


class CannotMatch(Exception):
    """The message is written for the one who matches, and is shown as it is."""


@transaction.atomic
def match(attendance: Attendance, member: Member, *, by: Any, at: dt.datetime) -> None:
    """Say that a participant was this member. Raises ``CannotMatch``."""
    registered = Registration.objects.active().filter(
        occasion=attendance.occasion_id, member=member
    )
    if not registered.exists():
        raise CannotMatch(_("The member has not registered for this occasion."))
    unmatched = Attendance.objects.filter(pk=attendance.pk, member=None)
    if not unmatched.update(member=member, suggested=None, matched_by=by, matched_at=at):
        raise CannotMatch(_("The row has been matched in the meantime. Look at it again."))


@transaction.atomic
def confirm(attendances: QuerySet[Attendance], *, by: Any, at: dt.datetime) -> int:
    """Make matches of the suggestions among these rows. Gives how many there were."""
    suggested = attendances.filter(member=None, suggested__isnull=False)
    keys = list(suggested.select_for_update(of=("self",)).values_list("pk", flat=True))
    return Attendance.objects.filter(pk__in=keys).update(
        member=F("suggested"), suggested=None, matched_by=by, matched_at=at
    )


def reject(attendances: QuerySet[Attendance]) -> int:
    """Forget the suggestions among these rows. Gives how many there were."""
    keys = list(attendances.filter(suggested__isnull=False).values_list("pk", flat=True))
    return Attendance.objects.filter(pk__in=keys).update(suggested=None)


def unmatch(attendance: Attendance) -> None:
    """Take a match back."""
    Attendance.objects.filter(pk=attendance.pk).update(
        member=None, matched_by=None, matched_at=None
    )


@transaction.atomic
def take_back(job: AttendanceImport, *, at: dt.datetime) -> int:
    """Destroy the rows that an import added, for a report that was another occasion's."""
    count = registry.destroy(Attendance, Attendance.objects.filter(report=job), at)
    AttendanceImport.objects.filter(pk=job.pk).update(status=AttendanceImport.Status.CANCELLED)
    return count
