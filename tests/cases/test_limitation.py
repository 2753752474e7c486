"""Last days, from recorded facts, to the day."""

import datetime as dt

import pytest

from cases import limitation
from cases.limitation import Level
from cases.models import Case, Occurrence
from tests.factories.cases import CaseFactory, OccurrenceFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)


def days(case):
    return {
        (last.limitation.law, str(last.limitation.runs_from)): last.day
        for last in limitation.of_case(case)
    }


def case_with(kind, **facts):
    case = CaseFactory(kind=kind)
    for fact, on in facts.items():
        OccurrenceFactory(case=case, kind=fact, on=on)
    return case


def test_a_dismissal_gives_two_weeks_and_four_months():
    case = case_with("advice", dismissal=dt.date(2026, 10, 31))
    assert days(case) == {
        ("LAS 40 §", "dismissal"): dt.date(2026, 11, 14),
        ("LAS 41 §", "dismissal"): dt.date(2027, 2, 28),
    }


def test_the_end_of_a_negotiation_gives_two_weeks_three_and_four_months():
    case = case_with("negotiation", negotiation_ended=TODAY)
    assert set(days(case).values()) == {
        dt.date(2026, 12, 7), dt.date(2027, 2, 23), dt.date(2027, 3, 23),
    }  # fmt: skip


def test_the_call_for_negotiation_runs_from_knowledge_and_ends_two_years_after_the_event():
    case = case_with("advice", knowledge=TODAY, event=dt.date(2025, 1, 1))
    found = days(case)
    assert found["MBL 64 §", "knowledge"] == dt.date(2027, 3, 23)
    assert found["MBL 64 §", "event"] == dt.date(2027, 1, 1)


@pytest.mark.parametrize("stop", ["claimed", "negotiation_ended", "sued"])
def test_what_has_been_done_stops_the_time_to_do_it(stop):
    case = case_with("advice", dismissal=TODAY, **{stop: TODAY})
    assert ("LAS 40 §", "dismissal") not in days(case)


def test_an_injury_gives_ten_years_and_only_where_there_is_insurance():
    assert days(case_with("work_injury", injury=TODAY)) == {
        ("FAL 7 kap. 4 §, TFA", "injury"): dt.date(2036, 11, 23)
    }
    assert days(case_with("leadership_coaching", injury=TODAY, dismissal=TODAY)) == {}


@pytest.mark.parametrize(
    ("left", "level"),
    [(-1, Level.PASSED), (0, Level.URGENT), (7, Level.URGENT), (8, Level.SOON),
     (30, Level.SOON), (31, Level.LATER)],
)  # fmt: skip
def test_the_warning_grows_as_the_day_nears(left, level):
    day = TODAY + dt.timedelta(days=left)
    last = limitation.LastDay(CaseFactory.build(), limitation.LIMITATIONS[0], day)
    assert last.level(TODAY) == level


@pytest.mark.parametrize(("left", "is_near"), [(-31, 0), (-30, 1), (0, 1), (30, 1), (31, 0)])
def test_the_desk_lists_what_is_near_on_either_side(left, is_near):
    day = TODAY + dt.timedelta(days=left)
    case_with("advice", dismissal=day - dt.timedelta(days=14))

    near = [
        last
        for last in limitation.approaching(Case.objects.all(), on=TODAY)
        if last.limitation.period.days
    ]

    assert [last.day for last in near] == [day] * is_near


def test_the_desk_asks_twice_however_many_cases(django_assert_num_queries):
    for _case in range(3):
        case_with("advice", dismissal=TODAY)
    stopped = case_with("advice", dismissal=TODAY, claimed=TODAY)
    closed = CaseFactory(closed=TODAY)
    OccurrenceFactory(case=closed, kind="dismissal", on=TODAY)

    with django_assert_num_queries(2):
        near = limitation.approaching(Case.objects.all(), on=TODAY)

    assert len(near) == 3
    assert not {stopped.pk, closed.pk} & {last.case.pk for last in near}


def test_every_limitation_names_its_law_and_facts_that_can_be_recorded():
    for rule in limitation.LIMITATIONS:
        assert rule.law
        assert {rule.runs_from, *rule.stopped_by} <= set(Occurrence.Kind)
        assert rule.runs_from not in rule.stopped_by
