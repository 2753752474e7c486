"""P32: "Du väljer själv om du vill delta i undersökningarna.\""""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from courses.surveys import mailing, running, stores
from members.models import OutgoingMail
from tests import canary
from tests.courses.surveys_process import COMMENT, GRADE, KINDS, a_survey, logged_in, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("where", ["my_surveys", "survey"])
def test_one_declines_by_one_click_and_is_not_reminded(where):
    survey, (member, _other) = a_survey(2, opinion=True)
    client = logged_in(member)
    page = client.get(page_of(survey) if where == "survey" else reverse(where)).content.decode()
    assert f'action="{page_of(survey, "decline_survey")}"' in page

    client.post(page_of(survey, "decline_survey"))
    running.remind(survey, by=None, at=timezone.now())
    mailing.carry_on(survey.pk, at=timezone.now())

    assert OutgoingMail.objects.filter(member=member).count() == 1
    assert OutgoingMail.objects.count() == 3


def test_who_declined_may_still_answer():
    survey, (member,) = a_survey(1, opinion=True)
    client = logged_in(member)
    client.post(page_of(survey, "decline_survey"))
    assert client.get(page_of(survey)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_an_abandoned_form_leaves_nothing(kind):
    """Filled in, sent without the consent that it needs, and left."""
    survey, (member,) = a_survey(1, opinion=True, identifiability=kind)
    client = logged_in(member)
    client.get(page_of(survey))
    names = {q.text: f"q{q.position}-{q.pk}" for q in survey.questions.all()}
    refused = client.post(
        page_of(survey), {names[GRADE]: "2", names[COMMENT]: "Övergivna ord kq7x"}
    )
    assert "Övergivna ord kq7x" in refused.content.decode()

    assert stores.of(survey).number() == 0
    assert not [place for place, text in canary.database() if "kq7x" in text]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM courses_surveyconsent")
        assert cursor.fetchone() == (0,)
