"""The clock of Art. 12(3), counted as Regulation (EEC, Euratom) 1182/71 counts."""

import datetime as dt
from functools import cache

from ledarna_gdpr.privacy import Period

ANSWER = Period(months=1)
EXTENDED = Period(months=3)


def planned(received_on: dt.date, *, extended: bool = False) -> dt.date:
    """The same date one month on (three when extended), or that month's last day."""
    return (EXTENDED if extended else ANSWER).after(received_on)


def lawful(received_on: dt.date, *, extended: bool = False) -> dt.date:
    """``planned``, moved past Saturdays, Sundays and public holidays (Art. 3(4))."""
    day = planned(received_on, extended=extended)
    while is_day_off(day):
        day += dt.timedelta(days=1)
    return day


def is_day_off(day: dt.date) -> bool:
    return day.weekday() >= 5 or day in public_holidays(day.year)


@cache
def public_holidays(year: int) -> frozenset[dt.date]:
    """The public holidays of lag (1989:253). The eves are working days here."""
    easter = _easter(year)
    around_easter = (-2, 0, 1, 39, 49)  # Good Friday, Easter, its Monday, Ascension, Pentecost
    fixed = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26))
    return frozenset(
        {
            *(dt.date(year, month, day) for month, day in fixed),
            *(easter + dt.timedelta(days=days) for days in around_easter),
            _saturday_from(dt.date(year, 6, 20)),  # Midsummer Day
            _saturday_from(dt.date(year, 10, 31)),  # All Saints' Day
        }
    )


def _saturday_from(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=(5 - day.weekday()) % 7)


def _easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    epact = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)
