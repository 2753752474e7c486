"""P41: "Vi kan komma att kontakta dig efter att du utträtt som medlem i syfte att bättre förstå
bakomliggande orsaker till medlemmars utträden". One question, one reminder, within three months,
and not against anybody's will."""

import datetime as dt

import pytest

from ledarna_gdpr.privacy import LegalBasis, registry
from members import choices, follow_up
from members.models import FollowUp, OutgoingMail, Topic
from members.models.consents import How
from tests.factories.members import MemberFactory
from tests.members.test_follow_up import LEFT, day, morning, noon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_of_2025")]


def survey_of(member):
    return FollowUp.objects.get(period__member=member, purpose="exit_survey")


def test_the_purpose_is_its_own_and_rests_on_a_legitimate_interest():
    (purpose,) = [p for p in registry.purposes if p.key == "exit_survey"]

    assert purpose.basis == (LegalBasis.LEGITIMATE_INTERESTS,)
    assert not purpose.rests_on_contract


def test_one_question_and_one_reminder_and_a_third_is_refused():
    member = MemberFactory(left=LEFT)
    morning(day(1))
    key = survey_of(member).pk

    sent = [follow_up.send(key, at=noon(day(number))) for number in (7, 28, 49)]

    assert sent == [True, True, False]
    survey = survey_of(member)
    assert (survey.sent, survey.ended_because) == (2, "done")
    subjects = OutgoingMail.objects.filter(member=member).order_by("pk")
    assert [row.subject for row in subjects] == ["En fråga från oss", "En påminnelse från oss"]


@pytest.mark.parametrize(
    ("on", "is_due"), [(dt.date(2025, 6, 29), True), (dt.date(2025, 6, 30), False)]
)
def test_after_three_months_nobody_is_selected(on, is_due):
    member = MemberFactory(left=LEFT)
    morning(day(1))

    assert follow_up.due(on).filter(pk=survey_of(member).pk).exists() is is_due
    assert follow_up.send(survey_of(member).pk, at=noon(on)) is is_due


def test_whoever_has_said_no_is_never_asked():
    before, after = MemberFactory(left=LEFT), MemberFactory(left=LEFT)
    choices.say_no(before, how=How.PHONE, at=noon(day(0)), topics=[Topic.AFTER_EXIT])
    morning(day(1))
    choices.say_no(after, how=How.LINK, at=noon(day(2)), topics=[Topic.AFTER_EXIT])

    for number in (7, 28):
        morning(day(number))

    assert not FollowUp.objects.filter(period__member=before).exists()
    assert survey_of(after).ended_because == "objected"
    assert not OutgoingMail.objects.exists()
