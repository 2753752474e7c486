"""Who must not be touched now, whatever else is due (law 1)."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from dsar.models import LegalHold
from ledarna_gdpr.privacy import PersonalData


def held(on: dt.date) -> set[int]:
    """The persons under a legal hold on a day."""
    return set(LegalHold.objects.filter(until__gte=on).values_list("member", flat=True))


def spare(declaration: PersonalData, records: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:
    """Those of the records whose person no hold protects."""
    people = held(on)
    return records.exclude(**{f"{declaration.subject}__in": people}) if people else records


def release(hold: LegalHold, *, on: dt.date) -> None:
    """Let a hold end with this day. The row stays, to show why something was kept (A5H)."""
    LegalHold.objects.filter(pk=hold.pk, until__gt=on).update(until=on)
