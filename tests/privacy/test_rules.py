import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledarna_gdpr.privacy import AccountingYear, After, Period, Rule

DATES = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))
PERIODS = st.builds(
    Period,
    years=st.integers(0, 12),
    months=st.integers(0, 40),
    days=st.integers(0, 400),
)


def rule(**period):
    return Rule(code="T", period=Period(**period), reason="A law that says how long.")


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ((2025, 1, 30), Period(months=1), (2025, 2, 28)),
        ((2024, 1, 30), Period(months=1), (2024, 2, 29)),
        ((2028, 1, 31), Period(months=1), (2028, 2, 29)),
        ((2025, 2, 28), Period(months=1), (2025, 3, 28)),
        ((2024, 2, 29), Period(years=1), (2025, 2, 28)),
        ((2025, 11, 30), Period(months=3), (2026, 2, 28)),
        ((2025, 12, 31), Period(days=7), (2026, 1, 7)),
    ],
)
def test_a_period_ends_on_the_same_date_or_the_months_last(start, period, end):
    assert period.after(dt.date(*start)) == dt.date(*end)


@given(DATES, PERIODS)
def test_the_latest_start_is_due_and_the_day_after_it_is_not(on, period):
    latest = period.latest_start(on)

    assert period.after(latest) <= on
    assert period.after(latest + dt.timedelta(days=1)) > on


@given(DATES, st.integers(0, 12))
def test_an_accounting_year_is_due_exactly_from_its_day(year_end, years):
    anchor = AccountingYear("fiscal_year_ends_on", rule(years=years))
    first_day = anchor.due_on(year_end, anchor.rule.period)

    assert year_end <= anchor.latest_anchor(first_day, anchor.rule.period)
    day_before = first_day - dt.timedelta(days=1)
    assert year_end > anchor.latest_anchor(day_before, anchor.rule.period)


@pytest.mark.parametrize("month", [6, 12])
def test_accounts_of_2025_may_go_on_new_years_day_2033(month):
    year_end = dt.date(2025, month, 30)
    anchor = AccountingYear("fiscal_year_ends_on", rule(years=7))

    assert anchor.due_on(year_end, anchor.rule.period) == dt.date(2033, 1, 1)


def test_after_counts_from_the_anchor():
    anchor = After("left_on", rule(months=12))

    assert anchor.due_on(dt.date(2025, 3, 31), anchor.rule.period) == dt.date(2026, 3, 31)
