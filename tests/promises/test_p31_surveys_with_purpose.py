"""P31: "Vi har också digitala verktyg för att göra undersökningar, till exempel för att få underlag
i de frågor vi driver eller för att utveckla vår verksamhet." Each says beforehand what it is for,
who decides, how long, and whether answers can be linked."""

import datetime as dt

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import BallotBox, Invitation, Survey
from courses.surveys import running
from ledarna_gdpr.privacy import registry
from ledarna_gdpr.privacy.checks import reaches
from members.models import Member
from tests.courses.surveys_process import COMMENT, a_survey, answer, ask, logged_in, page_of
from tests.factories.courses import SurveyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("missing", ["purpose", "closes_on", "results_until"])
def test_a_survey_without_purpose_or_retention_does_not_open(missing):
    survey = SurveyFactory(opinion=True, draft=True)
    ask(survey)
    Survey.objects.filter(pk=survey.pk).update(**{missing: "" if missing == "purpose" else None})

    with pytest.raises(running.CannotRun):
        running.open_survey(survey, by=None, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(opened_on=dt.date(2026, 1, 1))

    assert not Invitation.objects.exists()


def test_what_a_survey_is_for_who_decides_and_how_long_stands_before_the_questions():
    survey, (member,) = a_survey(1, opinion=True, purpose="Underlag i lönefrågor.")

    told = logged_in(member).get(page_of(survey)).content.decode().split("Frågorna")[0]

    assert "Underlag i lönefrågor." in told
    assert "Ledarna är personuppgiftsansvarig." in told
    assert f"{survey.closes_on.day} " in told
    assert str(survey.results_until.year) in told


def test_an_anonymous_answer_has_no_place_that_could_hold_a_member():
    """By the schema, whatever the code does."""
    with pytest.raises(FieldDoesNotExist):
        BallotBox._meta.get_field("invitation")
    assert list(reaches(BallotBox, {Member, Invitation}, depth=9)) == []


@pytest.mark.parametrize(
    ("kind", "label"),
    [("identifiable", "courses.Reply"), ("pseudonymous", "courses.CodedReply")],
)
def test_a_linked_answer_is_found_by_whoever_asks_for_her_data_while_it_is_linked(kind, label):
    survey, (member, other) = a_survey(2, opinion=True, identifiability=kind)
    answer(survey, member, {COMMENT: "Mina ord"})
    answer(survey, other, {COMMENT: "Hennes ord"})

    (reply,) = registry.labelled(label).records_of([member.pk])

    assert "Mina ord" in reply.contents
