"""The clock of Art. 12(3): counted by Regulation 1182/71, on Swedish public holidays."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar import deadlines

date = dt.date.fromisoformat
days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-05", "2026-04-05"),  # the guidelines' own example
        ("2026-08-31", "2026-09-30"),  # September has no 31st
        ("2025-01-30", "2025-02-28"),
        ("2024-01-30", "2024-02-29"),
        ("2028-01-31", "2028-02-29"),
        ("2025-02-28", "2025-03-28"),  # not the last of March
        ("2024-02-29", "2024-03-29"),
        ("2026-12-31", "2027-01-31"),
    ],
)
def test_the_answer_is_planned_for_the_same_date_a_month_later(received, due):
    assert deadlines.planned(date(received)) == date(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-05", "2026-06-05"),
        ("2025-11-30", "2026-02-28"),  # not 28 December and two months on
        ("2027-11-30", "2028-02-29"),
        ("2026-10-31", "2027-01-31"),
    ],
)
def test_an_extension_is_counted_from_the_receipt(received, due):
    assert deadlines.planned(date(received), extended=True) == date(due)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-03-05", "2026-04-07"),  # Easter Sunday, its Monday, then Tuesday
        ("2026-04-23", "2026-05-25"),  # Saturday before Pentecost
        ("2026-02-13", "2026-03-13"),  # a Friday
        ("2026-02-14", "2026-03-16"),  # a Saturday
        ("2026-02-15", "2026-03-16"),  # a Sunday
        ("2026-02-16", "2026-03-16"),  # a Monday
        ("2026-12-01", "2027-01-04"),  # New Year's Day is a Friday
        ("2025-11-25", "2025-12-29"),  # Christmas on a Thursday takes the week-end along
        ("2026-05-19", "2026-06-19"),  # Midsummer's Eve
        ("2026-05-20", "2026-06-22"),  # Midsummer Day, a Saturday
    ],
)
def test_the_last_day_moves_past_days_off(received, last):
    assert deadlines.lawful(date(received)) == date(last)


def test_the_last_day_of_an_extension_moves_too():
    assert deadlines.lawful(date("2026-01-03"), extended=True) == date("2026-04-07")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "nyårsdagen"),
        ("2026-01-06", "trettondedag jul"),
        ("2026-04-03", "långfredagen"),
        ("2026-04-05", "påskdagen"),
        ("2026-04-06", "annandag påsk"),
        ("2026-05-01", "första maj"),
        ("2026-05-14", "Kristi himmelsfärdsdag"),
        ("2026-05-24", "pingstdagen"),
        ("2026-06-06", "nationaldagen"),
        ("2026-06-20", "midsommardagen"),
        ("2026-10-31", "alla helgons dag"),
        ("2026-12-25", "juldagen"),
        ("2026-12-26", "annandag jul"),
    ],
)
def test_every_public_holiday_is_known(day, name):
    assert date(day) in deadlines.public_holidays(2026), name


def test_there_are_thirteen_public_holidays():
    assert len(deadlines.public_holidays(2026)) == 13


@pytest.mark.parametrize("eve", ["2026-06-19", "2026-12-24", "2026-12-31", "2026-05-25"])
def test_eves_and_whit_monday_are_working_days(eve):
    assert not deadlines.is_day_off(date(eve))


@pytest.mark.parametrize(
    ("year", "midsummer", "all_saints"),
    [(2025, 21, (11, 1)), (2026, 20, (10, 31)), (2027, 26, (11, 6)), (2028, 24, (11, 4))],
)
def test_two_holidays_are_always_saturdays(year, midsummer, all_saints):
    holidays = deadlines.public_holidays(year)

    assert dt.date(year, 6, midsummer) in holidays
    assert dt.date(year, *all_saints) in holidays


@pytest.mark.parametrize(
    "easter",
    [
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2029-04-01",
        "2030-04-21",
        "2031-04-13",
        "2032-03-28",
        "2033-04-17",
        "2034-04-09",
        "2035-03-25",
    ],
)
def test_easter_is_where_the_almanac_has_it(easter):
    sunday = date(easter)
    holidays = deadlines.public_holidays(sunday.year)

    around = {sunday + dt.timedelta(days=offset) for offset in (-2, 0, 1, 39, 49)}
    assert around <= holidays
    spring = {day for day in holidays if (3, 7) < (day.month, day.day) < (6, 14)}
    assert spring - around == {dt.date(sunday.year, 5, 1), dt.date(sunday.year, 6, 6)} - around


@given(days, st.booleans())
def test_the_lawful_day_is_the_first_working_day_from_the_planned_one(received, extended):
    planned = deadlines.planned(received, extended=extended)
    lawful = deadlines.lawful(received, extended=extended)

    assert lawful >= planned
    assert not deadlines.is_day_off(lawful)
    passed = [planned + dt.timedelta(days=n) for n in range((lawful - planned).days)]
    assert all(deadlines.is_day_off(day) for day in passed)


@given(days, st.booleans())
def test_the_planned_day_has_the_receipts_date_or_ends_its_month(received, extended):
    planned = deadlines.planned(received, extended=extended)

    months = (planned.year - received.year) * 12 + planned.month - received.month
    assert months == (3 if extended else 1)
    is_last = (planned + dt.timedelta(days=1)).day == 1
    assert planned.day == received.day or (planned.day < received.day and is_last)


@given(days)
def test_who_asks_later_is_never_answered_earlier(received):
    tomorrow = received + dt.timedelta(days=1)

    assert deadlines.planned(received) <= deadlines.planned(tomorrow)
    assert deadlines.lawful(received) <= deadlines.lawful(tomorrow)


@given(days)
def test_what_is_overdue_is_found_by_the_day_it_came(on):
    """``latest_start`` is how the database is asked; it must agree with ``planned``."""
    latest = deadlines.ANSWER.latest_start(on)

    assert deadlines.planned(latest) <= on
    assert deadlines.planned(latest + dt.timedelta(days=1)) > on
