"""Surveys being written, open and counted, for the demo."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Invitation, Occasion, Question, Survey
from courses.surveys import answering, mailing, running
from courses.surveys.stores import Answers
from members.demo import logins

DAY = dt.timedelta(days=1)
Kind = Question.Kind
GRADES = ["5", "4", "5", "4", "5", "4", "4", "5", "5", "5", "4"]


def load(past: Occasion, recent: Occasion, *, at: dt.datetime) -> None:
    counted = _evaluation(past, at)
    _opened(counted, at=at - 20 * DAY)
    grade, learnt, words = counted.questions.all()
    comments = [
        _("The exercises in pairs were the best of it."),
        _("More time for questions, please."),
        _("I have had the talk that I had put off for a year."),
        _("The room was too warm after lunch."),
        _("Thank you for good examples."),
        _("I would have liked the slides beforehand."),
    ]
    for n, value in enumerate(GRADES):
        answers: Answers = {grade.text: value, learnt.text: learnt.choices[: 1 + n % 2]}
        if n < len(comments):
            answers[words.text] = comments[n]
        _answer(counted, n, answers, at=at - 10 * DAY)
    running.close(counted, at=at - 5 * DAY)

    waiting = _evaluation(recent, at)
    _opened(waiting, at=at - 2 * DAY)
    for n, value in enumerate(GRADES[:7]):
        _answer(waiting, n, {waiting.questions.all()[0].text: value}, at=at - DAY)

    opinion = _survey(
        at,
        kind=Survey.Kind.OPINION,
        title=_("The working environment of managers"),
        purpose=_("To know what to demand of employers for managers' own working environment."),
        identifiability=Survey.Identifiability.IDENTIFIABLE,
    )
    Question.objects.create(
        survey=opinion,
        position=1,
        kind=Kind.SINGLE,
        text=_("Has your working environment become better in the last year?"),
        options="\n".join([_("Yes"), _("No"), _("I do not know")]),
        is_required=True,
    )
    Question.objects.create(
        survey=opinion, position=2, kind=Kind.TEXT, text=_("What would help you most?")
    )
    _opened(opinion, at=at - 3 * DAY)
    _evaluation(past, at, title=_("Half a year later: what came of it?"))


def _survey(at: dt.datetime, **fields: Any) -> Survey:
    today = timezone.localdate(at)
    return Survey.objects.create(
        closes_on=today + 14 * DAY, results_until=today + 365 * DAY, **fields
    )


def _evaluation(occasion: Occasion, at: dt.datetime, title: str = "") -> Survey:
    survey = _survey(
        at,
        occasion=occasion,
        title=title or _("What did you think of “%(title)s”?") % {"title": occasion.title},
        purpose=_("To make it better the next time, and to choose what else to offer."),
    )
    Question.objects.create(
        survey=survey,
        position=1,
        kind=Kind.SCALE,
        text=_("How good was it?"),
        options="\n".join([_("not good at all"), _("very good")]),
        is_required=True,
    )
    Question.objects.create(
        survey=survey,
        position=2,
        kind=Kind.MULTIPLE,
        text=_("What will you have use for?"),
        options="\n".join([_("the method"), _("the examples"), _("the people I met")]),
    )
    Question.objects.create(
        survey=survey, position=3, kind=Kind.TEXT, text=_("What else do you want to tell us?")
    )
    return survey


def _opened(survey: Survey, *, at: dt.datetime) -> None:
    """As if it had been opened then, and its first mails sent."""
    running.open_survey(survey, by=None, at=at)
    survey.refresh_from_db()
    Invitation.objects.bulk_create(
        Invitation(survey=survey, member=member, round=survey.rounds)
        for member in mailing.asked(survey)
    )
    survey.asked_on = survey.opened_on
    survey.save(update_fields=["asked_on"])


def _answer(survey: Survey, n: int, answers: Answers, *, at: dt.datetime) -> None:
    """The one who logs in to look at the demo has her own answer left to give."""
    others = survey.invitations.exclude(member__email=logins.MEMBER).order_by("pk")
    answering.answer(survey, others[n].member, answers, consents=True, at=at)
