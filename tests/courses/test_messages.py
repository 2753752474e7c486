"""One message to everyone who has a place, whatever happens to the worker."""

import datetime as dt

import pytest
from django.utils import timezone

from courses import messages, tasks
from courses.models import OccasionMessage
from members.models import OutgoingMail
from tests.factories.courses import OccasionFactory, RegistrationFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def occasion():
    occasion = OccasionFactory()
    for status in ("registered", "registered", "waiting", "cancelled"):
        RegistrationFactory(occasion=occasion, status=status)
    RegistrationFactory()  # at another occasion
    return occasion


def start(occasion, body="Vi ses i stora salen.", at=None):
    at = at or timezone.now()
    return messages.start(occasion, subject="Ny sal", body=body, by=StaffFactory(), at=at)


def test_those_who_have_a_place_get_it_and_nobody_else(occasion):
    message = start(occasion)
    tasks.send_message(message_id=message.pk)
    message.refresh_from_db()
    to = {mail.member for mail in OutgoingMail.objects.all()}
    assert to == {row.member for row in occasion.registrations.with_a_place()}
    assert (message.queued, message.recipients) == (2, 2)
    assert message.finished_at


def test_done_twice_it_is_sent_once(occasion):
    message = start(occasion)
    for _ in range(2):
        tasks.send_message(message_id=message.pk)
    assert OutgoingMail.objects.count() == 2


def test_a_worker_that_dies_between_chunks_is_continued_where_it_stopped(occasion, monkeypatch):
    monkeypatch.setattr(messages, "CHUNK", 1)
    now = timezone.now()
    message = start(occasion, at=now - messages.DEAD_AFTER - dt.timedelta(seconds=1))
    messages._carry_out_a_chunk(message.pk, now - messages.DEAD_AFTER - dt.timedelta(seconds=1))
    assert OutgoingMail.objects.count() == 1

    tasks.resume_messages()

    assert sorted(OutgoingMail.objects.values_list("member", flat=True)) == sorted(
        occasion.registrations.with_a_place().values_list("member", flat=True)
    )
    assert OccasionMessage.objects.get().finished_at
    assert messages.stale(timezone.now()) == []


def test_who_has_no_address_is_counted(occasion):
    RegistrationFactory(occasion=occasion, member__email="")
    message = start(occasion)
    messages.carry_out(message.pk, at=timezone.now())
    message.refresh_from_db()
    assert (message.queued, message.without_address) == (2, 1)


@pytest.mark.parametrize(
    "body", ["Ring 070-174 06 05", "Skriv till a@example.org", "19121212-1212"]
)
def test_what_looks_like_personal_data_is_not_mailed(occasion, body):
    with pytest.raises(messages.CannotSend, match="personnummer"):
        start(occasion, body=body)
    assert not OccasionMessage.objects.exists()


def test_to_nobody_nothing_is_sent():
    with pytest.raises(messages.CannotSend, match="Ingen"):
        start(OccasionFactory())
