"""P33: "Genom att delta samtycker du till att dina svar lagras." By an act of its own, which is
recorded, and which is taken back as easily as it is given."""

import pytest
from django.utils import timezone

from courses import tasks
from courses.models import CodedReply, Reply, SurveyConsent
from courses.surveys import answering, stores
from tests.courses.surveys_process import (
    COMMENT,
    KINDS,
    a_survey,
    after,
    answer,
    filled_in,
    logged_in,
    page_of,
)

pytestmark = pytest.mark.django_db

LINKED = ["identifiable", "pseudonymous"]


@pytest.mark.parametrize("kind", KINDS)
def test_without_consent_nothing_is_stored(kind):
    survey, (member,) = a_survey(1, opinion=True, identifiability=kind)

    response = logged_in(member).post(
        page_of(survey), filled_in(survey, {COMMENT: "Ord"}, consent=False)
    )
    with pytest.raises(answering.CannotAnswer, match="samtycke"):
        answering.answer(survey, member, {COMMENT: "Ord"}, consents=False, at=timezone.now())

    assert "Vi får inte lagra dina svar utan ditt samtycke." in response.content.decode()
    assert stores.of(survey).number() == 0
    assert not SurveyConsent.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_box_is_not_ticked_beforehand(kind):
    survey, (member,) = a_survey(1, opinion=True, identifiability=kind)
    page = logged_in(member).get(page_of(survey)).content.decode()
    box = page.split('name="consent"')[1].split(">")[0]
    assert "checked" not in box


@pytest.mark.parametrize("kind", LINKED)
def test_consent_is_recorded_who_when_and_to_which_words(kind):
    survey, (member, _other) = a_survey(2, opinion=True, identifiability=kind)

    answer(survey, member, {COMMENT: "Ord"})

    consent = SurveyConsent.objects.get()
    assert (consent.member, consent.survey) == (member, survey)
    assert consent.given_on == timezone.localdate()
    assert consent.wording == (
        "Jag samtycker till att Ledarna lagrar mina svar för det ändamål som anges ovan."
    )


def test_who_took_part_in_an_anonymous_survey_is_not_recorded_either():
    survey, (member,) = a_survey(1, opinion=True, identifiability="anonymous")
    answer(survey, member, {COMMENT: "Ord"})
    assert not SurveyConsent.objects.exists()


@pytest.mark.parametrize("kind", LINKED)
def test_taking_it_back_erases_the_answers_and_notes_the_day(kind):
    survey, (member, other) = a_survey(2, opinion=True, identifiability=kind)
    client = answer(survey, member, {COMMENT: "Mina ord"})
    answer(survey, other, {COMMENT: "Hennes ord"})

    client.post(page_of(survey, "withdraw_survey"))

    left = [r.contents for model in (Reply, CodedReply) for r in model.objects.all()]
    assert left == ['{"Vad vill du säga?": "Hennes ord"}']
    assert SurveyConsent.objects.get(member=member).withdrawn_on == timezone.localdate()
    assert SurveyConsent.objects.get(member=other).withdrawn_on is None


@pytest.mark.parametrize("kind", LINKED)
def test_until_when_it_can_be_taken_back_is_said_before_and_is_true(kind):
    survey, members = a_survey(5, opinion=True, identifiability=kind)
    page = logged_in(members[0]).get(page_of(survey)).content.decode()
    assert "Till dess kan du se dem här och ta tillbaka dem." in page
    for member in members:
        client = answer(survey, member, {COMMENT: "Ord"})

    with after(survey):
        tasks.resume_surveys()
        client.force_login(members[-1].user)
        assert client.post(page_of(survey, "withdraw_survey")).status_code == 404

    assert survey.questions.get(text=COMMENT).result.texts
    assert SurveyConsent.objects.count() == 5


@pytest.mark.parametrize("evaluation", KINDS)
def test_an_evaluation_rests_on_no_consent_and_asks_for_none(evaluation):
    survey, (member,) = a_survey(1, identifiability=evaluation)
    assert 'name="consent"' not in logged_in(member).get(page_of(survey)).content.decode()
    answer(survey, member, {COMMENT: "Ord"})
    assert not SurveyConsent.objects.exists()
