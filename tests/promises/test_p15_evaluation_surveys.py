"""P15: "Vi kan till exempel använda uppgifterna för att skicka utvärderingsenkäter." Only to those
who had a place at the occasion, a few times at most, to nobody who has declined; and with answers
that, once counted, are nobody's."""

import pytest
from django.db.models import ForeignKey
from django.utils import timezone

from courses import tasks
from courses.models import Invitation, Registration, Result, SurveyConsent
from courses.surveys import mailing, running
from ledarna_gdpr.privacy.checks import reaches
from members.models import Member, OutgoingMail
from tests.courses.surveys_process import GRADE, KINDS, a_survey, after, answer, logged_in, page_of
from tests.factories.courses import OccasionFactory, RegistrationFactory, SurveyFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def written_to():
    return sorted(OutgoingMail.objects.values_list("member", flat=True))


def test_only_those_who_had_a_place_are_asked():
    occasion = OccasionFactory(ended=True)
    asked = [
        RegistrationFactory(occasion=occasion, status=status).member.pk
        for status in ("registered", "attended")
    ]
    for status in set(Registration.Status.values) - {"registered", "attended"}:
        RegistrationFactory(occasion=occasion, status=status)
    RegistrationFactory(occasion=OccasionFactory(ended=True))
    MemberFactory()
    survey = SurveyFactory(occasion=occasion)

    mailing.carry_on(survey.pk, at=timezone.now())

    assert sorted(Invitation.objects.values_list("member", flat=True)) == asked
    assert written_to() == asked


def test_there_are_no_more_mails_than_the_survey_said():
    survey, (member,) = a_survey(1, max_reminders=2)
    for _ in range(2):
        running.remind(survey, by=None, at=timezone.now())
        mailing.carry_on(survey.pk, at=timezone.now())

    with pytest.raises(running.CannotRun, match="Alla påminnelser"):
        running.remind(survey, by=None, at=timezone.now())
    mailing.carry_on(survey.pk, at=timezone.now())

    assert written_to() == [member.pk] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_declined_or_answered_is_not_reminded(kind):
    survey, (declines, answers, waits) = a_survey(3, identifiability=kind)
    logged_in(declines).post(page_of(survey, "decline_survey"))
    answer(survey, answers, {GRADE: "3"})

    running.remind(survey, by=None, at=timezone.now())
    mailing.carry_on(survey.pk, at=timezone.now())

    assert written_to() == sorted([declines.pk, answers.pk, waits.pk, waits.pk])


@pytest.mark.parametrize("kind", KINDS)
def test_once_counted_an_answer_has_no_member(kind):
    survey, members = a_survey(5, identifiability=kind)
    for member in members:
        answer(survey, member, {GRADE: "3"})

    with after(survey):
        tasks.resume_surveys()

    assert survey.questions.get(text=GRADE).result.counts["3"] == 5
    assert list(reaches(Result, {Member}, depth=9)) == []
    assert not [f for f in Member._meta.get_fields() if f.related_model is Result]
    assert {f.name for f in Result._meta.fields if isinstance(f, ForeignKey)} == {"question"}
    assert not Invitation.objects.exists()
    assert not SurveyConsent.objects.exists()
