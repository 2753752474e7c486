"""The days that the register is made for."""

import datetime as dt

from django.utils import timezone

#: Nothing is due.
EVE = dt.date(2026, 12, 31)
#: The rules take those who left ten years ago and all that is theirs (``ended``), and reduce
#: those who left a year ago (``left``).
NEW_YEAR = dt.date(2027, 1, 1)


def noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
