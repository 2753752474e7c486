"""P49: the company is named, and not only its country: in the notice, the register, the answer."""

import pytest
from django.utils import timezone

from dsar import access, notice, record_of_processing
from tests.factories.courses import OccasionFactory, RegistrationFactory

pytestmark = pytest.mark.django_db

COMPANY = "Zoom Communications, Inc."


def test_the_notice_names_it_under_its_heading_with_country_data_and_ground():
    OccasionFactory(zoom=True)
    text = notice.render(timezone.localdate(), "sv")
    section = text.split('id="courses"')[1].split("</section>")[0]
    for words in (COMPANY, "USA", "din ip-adress", "Data Privacy Framework", "explore.zoom.us"):
        assert words in section


def test_the_record_of_processing_names_it():
    OccasionFactory(zoom=True)
    lines = record_of_processing.activities()
    courses = next(line for line in lines if "Kurser" in str(line))
    assert COMPANY in str(courses)


def test_the_access_answer_names_it():
    mine = RegistrationFactory(occasion__zoom=True)
    answer = access.collect([mine.member.pk], at=timezone.now())[mine.member.pk]
    assert COMPANY in str(answer["processing"])
