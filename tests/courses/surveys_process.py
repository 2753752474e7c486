"""Members who answer surveys through the pages, as they would."""

import datetime as dt

import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Question
from courses.surveys import mailing
from tests.factories.courses import (
    OccasionFactory,
    QuestionFactory,
    RegistrationFactory,
    SurveyFactory,
)
from tests.factories.members import MemberFactory, UserFactory

KINDS = ["identifiable", "pseudonymous", "anonymous"]
GRADE, BEST, COMMENT = "Vilket betyg ger du?", "Vad var bäst?", "Vad vill du säga?"


def a_survey(people=0, **fields):
    """An open evaluation with three questions, and registrants of its occasion who are asked.

    Gives the survey and the registrants' members."""
    if fields.get("opinion"):
        members = [UserFactory().member for _ in range(people)]
        survey = SurveyFactory(**fields)
    else:
        occasion = OccasionFactory(ended=True)
        members = [
            RegistrationFactory(occasion=occasion, member=UserFactory().member).member
            for _ in range(people)
        ]
        survey = SurveyFactory(occasion=occasion, **fields)
    ask(survey)
    mailing.carry_on(survey.pk, at=timezone.now())
    return survey, members


def ask(survey):
    QuestionFactory(survey=survey, position=1, kind="scale", text=GRADE)
    QuestionFactory(
        survey=survey, position=2, kind="multiple", text=BEST, options="Maten\nFöreläsaren\nRummet"
    )
    QuestionFactory(survey=survey, position=3, kind="text", text=COMMENT)


def page_of(survey, name="survey"):
    return reverse(name, args=[survey.public_id])


def filled_in(survey, answers, *, consent=True):
    """What a browser sends."""
    data = {"consent": "on"} if consent else {}
    for question in Question.objects.filter(survey=survey):
        if question.text in answers:
            data[f"q{question.position}-{question.pk}"] = answers[question.text]
    return data


def logged_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def answer(survey, member, answers, **kwargs):
    client = logged_in(member)
    client.get(page_of(survey))
    response = client.post(page_of(survey), filled_in(survey, answers, **kwargs))
    assert response.status_code == 302, response.content.decode()
    return client


def outsider():
    """A member whom no survey asks."""
    return UserFactory(member=MemberFactory()).member


def after(survey, days=1):
    """The clock so many days after the last day to answer."""
    day = survey.closes_on + dt.timedelta(days=days)
    return time_machine.travel(
        timezone.make_aware(dt.datetime.combine(day, dt.time(3))), tick=False
    )
