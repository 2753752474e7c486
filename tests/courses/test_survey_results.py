"""No small group can be told from what the results show, by whatever calculation."""

import itertools
import json
from collections import defaultdict

import pytest
from django.urls import reverse

from courses.models import Result
from courses.surveys import results
from dsar import roles
from tests.courses.surveys_process import BEST, COMMENT, GRADE, ask
from tests.factories.courses import OccasionFactory, SurveyFactory
from tests.factories.members import StaffFactory

SMALLEST = 5


def every_table(cells, most):
    """Every way in which up to so many people can have answered."""
    for counts in itertools.product(range(most + 1), repeat=cells):
        if SMALLEST <= sum(counts) <= most:
            yield counts


@pytest.mark.parametrize(("cells", "most"), [(2, 30), (3, 22), (4, 14), (5, 11)])
def test_a_hidden_cell_cannot_be_calculated(cells, most):
    """Whoever knows the method and the total, and tries every table that would be shown like
    this one, is left with several numbers for each hidden cell."""
    labels = [str(n) for n in range(cells)]
    shown_alike = defaultdict(list)
    for counts in every_table(cells, most):
        shown = results.parts_of_a_whole(dict(zip(labels, counts, strict=True)), SMALLEST)
        shown_alike[sum(counts), tuple(shown.values())].append(counts)

    for (_total, shown), tables in shown_alike.items():
        for place, count in enumerate(shown):
            could_be = {table[place] for table in tables}
            if count is None:
                assert len(could_be) > 1, (shown, tables)
            else:
                assert could_be == {count}
                assert count == 0 or count >= SMALLEST


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([10, 20, 30, 40], [10, 20, 30, 40]),
        ([0, 20, 30, 40], [0, 20, 30, 40]),
        ([2, 20, 30, 40], [None, None, 30, 40]),
        ([4, 4, 30, 40], [None, None, None, 40]),
        ([3, 8, 8, 20], [None, None, None, 20]),
        ([1, 0, 0, 30], [None, 0, 0, None]),
        ([3, 3, 0, 0], [None, None, None, None]),
    ],
)
def test_small_cells_and_what_would_give_them_back_are_hidden(counts, shown):
    cells = dict(zip("abcd", counts, strict=True))
    assert list(results.parts_of_a_whole(cells, SMALLEST).values()) == shown


def test_of_answers_given_one_by_one_few_who_did_not_are_hidden_like_few_who_did():
    counts = {"few": 3, "many": 12, "nearly all": 17, "all": 20, "none": 0}

    shown = results.each_by_itself(counts, 20, SMALLEST)

    assert shown == {"few": None, "many": 12, "nearly all": None, "all": 20, "none": 0}


# --- on the page ------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db
GRADES = {"1": 0, "2": 0, "3": 6, "4": 8, "5": 10}


def a_closed_survey(organiser, grades=GRADES, texts=(), **fields):
    occasion = OccasionFactory(ended=True, organisers=[organiser])
    survey = SurveyFactory(
        occasion=occasion, closed_on=SurveyFactory.build(occasion=None).opened_on,
        **({"answered": 24, "invited": 30} | fields),
    )  # fmt: skip
    ask(survey)
    for question in survey.questions.all():
        counts = {GRADE: grades, BEST: {"Maten": 24, "Rummet": 3, "Föreläsaren": 0}}
        written = json.dumps(list(texts)) if question.text == COMMENT and texts else ""
        Result.objects.create(
            question=question, counts=counts.get(question.text, {}), texts=written
        )
    return survey


@pytest.fixture
def organiser(client):
    user = StaffFactory(roles=[roles.COURSE_ORGANISER])
    client.force_login(user)
    return user


def page(client, survey):
    response = client.get(reverse("admin:courses_survey_results", args=[survey.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_an_organiser_sees_sums_as_a_chart_and_as_a_table(client, organiser):
    survey = a_closed_survey(organiser, texts=[f"Bra kaffe {n}" for n in range(5)])

    shown = page(client, survey)

    assert '<svg class="chart"' in shown
    assert '<td class="number">10</td>' in shown
    assert "Medelvärde: 4,2" in shown
    assert "Bra kaffe 4" in shown
    assert "30" in shown  # invited


def test_a_mean_is_not_shown_beside_hidden_grades(client, organiser):
    survey = a_closed_survey(organiser, grades={"1": 2, "2": 2, "3": 0, "4": 10, "5": 10})

    shown = page(client, survey)

    assert "Medelvärde" not in shown
    assert "dolt" in shown


def test_of_too_small_a_group_nothing_is_shown_not_even_its_size(client, organiser):
    survey = a_closed_survey(organiser, answered=4, invited=30, texts=["Mina egna ord"])

    shown = page(client, survey)

    assert "Mina egna ord" not in shown
    assert 'class="chart"' not in shown
    assert "färre än 5" in shown


def test_another_organiser_sees_neither_the_survey_nor_its_results(client, organiser):
    survey = a_closed_survey(StaffFactory(roles=[roles.COURSE_ORGANISER]), texts=["x"] * 5)

    absent = reverse("admin:courses_survey_results", args=[10**6])
    hers = reverse("admin:courses_survey_results", args=[survey.pk])

    assert client.get(hers).headers["Location"] == client.get(absent).headers["Location"]
    changelist = client.get(reverse("admin:courses_survey_changelist"))
    assert survey.title not in changelist.content.decode()


def test_while_a_survey_is_open_its_results_are_on_no_page(client, organiser):
    """Two looks would give the answer that came between them."""
    survey = SurveyFactory(occasion=OccasionFactory(ended=True, organisers=[organiser]))
    ask(survey)

    assert "visas när den har stängt" in page(client, survey)
