"""A survey from its opening to its counting."""

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Question, Result, Survey
from courses.surveys import stores
from courses.surveys.stores import Answers, shuffled
from ledarna_gdpr.privacy import Period

#: How long answers may be linked to members before they are counted.
LONGEST = Period(months=3)


class CannotRun(Exception):
    """The message is written for the organiser and is shown as it is."""


def open_survey(survey: Survey, *, by: Any, at: dt.datetime) -> None:
    """Let those who are asked answer, and invite them. What they are told is final from now on.

    Raises ``CannotRun`` where they would not be told what they must know.
    """
    with transaction.atomic():
        survey = _locked(survey)
        on = timezone.localdate(at)
        if problem := _why_not_open(survey, on, at):
            raise CannotRun(problem)
        survey.opened_on, survey.rounds = on, 1
        survey.save(update_fields=["opened_on", "rounds"])


def _why_not_open(survey: Survey, on: dt.date, at: dt.datetime) -> str:
    if not survey.is_draft:
        return _("The survey has been opened already.")
    if not survey.purpose.strip():
        return _("Write the purpose first: those who are asked must know it.")
    if survey.closes_on is None or survey.results_until is None:
        return _("Decide first which is the last day to answer, and until when results are kept.")
    if survey.closes_on < on:
        return _("The last day to answer has passed. Choose a later one.")
    if survey.closes_on > LONGEST.after(on):
        return _("A survey is open for at most three months. Choose an earlier last day.")
    if survey.occasion and not survey.occasion.has_ended(at):
        return _("The occasion has not ended. Evaluate it when it has.")
    if not survey.questions.exists():
        return _("Write at least one question first.")
    return ""


def remind(survey: Survey, *, by: Any, at: dt.datetime) -> None:
    """Write once more to those who have neither answered nor declined.

    Raises ``CannotRun`` where they have had as many reminders as they were promised at most.
    """
    with transaction.atomic():
        survey = _locked(survey)
        if not survey.takes_answers(timezone.localdate(at)):
            raise CannotRun(_("The survey is not open."))
        if survey.rounds > survey.max_reminders:
            raise CannotRun(_("All the reminders that this survey may send have been sent."))
        survey.rounds += 1
        survey.save(update_fields=["rounds"])


def close(survey: Survey, *, at: dt.datetime) -> None:
    """Count the answers and destroy whatever led from one of them to a member.

    Fewer answers than the smallest group are not counted, since no one may ever see them.
    Everything happens in one transaction, so that the tables tell of no order either.
    """
    with transaction.atomic():
        survey = _locked(survey)
        if not survey.is_running:
            raise CannotRun(_("The survey is not open."))
        survey.invited = survey.invitations.count()
        replies = stores.of(survey).empty(at=at)
        survey.answered = len(replies)
        survey.closed_on = timezone.localdate(at)
        survey.save(update_fields=["invited", "answered", "closed_on"])
        if len(replies) >= survey.minimum_group:
            Result.objects.bulk_create(
                _counted(question, replies, survey.minimum_group)
                for question in survey.questions.all()
            )


def _counted(question: Question, replies: list[Answers], smallest: int) -> Result:
    given = [reply[question.text] for reply in replies if question.text in reply]
    result = Result(question=question)
    if question.kind == Question.Kind.TEXT:
        if len(given) >= smallest:
            result.texts = json.dumps(shuffled(given), ensure_ascii=False)
        return result
    chosen = [choice for answer in given for choice in _as_list(answer)]
    result.counts = {choice: chosen.count(choice) for choice in question.choices}
    return result


def _as_list(answer: Any) -> list[str]:
    return answer if isinstance(answer, list) else [answer]


def close_those_that_are_over(*, at: dt.datetime) -> int:
    """Close what should have closed. Gives how many that were."""
    over = Survey.objects.open().filter(closes_on__lt=timezone.localdate(at))
    for survey in over:
        close(survey, at=at)
    return len(over)


def forget_old_results(*, on: dt.date) -> int:
    """Empty the results whose time is up."""
    old = Result.objects.filter(question__survey__results_until__lt=on).exclude(counts={}, texts="")
    return old.update(counts={}, texts="")


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
