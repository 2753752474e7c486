"""P45: "... och att vi inte använder dina uppgifter till något annat än det vi sagt." What the
published notice does not tell of cannot be chosen, and is not sent."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import notice, roles
from ledarna_gdpr.privacy import registry
from members.mailings import purposes, sending
from members.models import Mailing
from tests.factories.choices import MailingFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
TOMORROW = TODAY + dt.timedelta(days=1)


def test_a_purpose_is_published_from_the_day_of_its_notice():
    assert purposes.published(TODAY) == []

    notice.publish("2026-1", valid_from=TOMORROW)

    assert purposes.published(TODAY) == []
    assert purposes.published(TOMORROW) == list(purposes.TOPICS)


def test_the_notice_tells_of_every_purpose_by_its_key():
    notice.publish("2026-1", valid_from=TODAY)

    assert registry.published_on(TODAY) == {purpose.key for purpose in registry.purposes}


def test_a_mailing_for_an_unpublished_purpose_can_neither_be_written_nor_sent(client):
    client.force_login(StaffFactory(roles=[roles.COMMUNICATIONS]))
    MemberFactory()
    text = {"audience": "everyone", "subject": "Nytt", "body": "Hej!", "purpose": "newsletter"}

    client.post("/admin/members/mailing/add/", text)
    assert Mailing.objects.count() == 0
    mailing = MailingFactory()
    with pytest.raises(sending.CannotSend):
        sending.send(mailing, by=StaffFactory(), at=timezone.now())

    notice.publish("2026-1", valid_from=TODAY)
    client.post("/admin/members/mailing/add/", text)
    assert Mailing.objects.count() == 2
