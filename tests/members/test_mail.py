import datetime as dt
import importlib
import logging

import pytest
from django.core.mail import EmailMessage, send_mail
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from members import delivery, mail, tasks
from members.accounts import urls
from members.models import OutgoingMail
from tests import mail_server
from tests.factories.members import MemberFactory, OutgoingMailFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def server(settings):
    with mail_server.running() as server:
        settings.DELIVERY = server.delivery
        yield server


def test_a_mail_goes_when_its_transaction_is_committed(server, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        row = mail.queue("anna@example.org", "Besked", "Du har ett nytt besked.", at=NOW)
    assert server.mails == []
    assert row.status == "queued"

    for callback in callbacks:
        callback()

    (received,) = server.mails
    assert received["To"] == "anna@example.org"
    assert received["Subject"] == "Besked"
    assert received.get_content().strip() == "Du har ett nytt besked."


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_a_transaction_that_failed_is_neither_kept_nor_sent(server):
    with transaction.atomic():
        mail.queue("anna@example.org", "Besked", "Text", at=NOW)
        transaction.set_rollback(True)

    assert server.mails == []
    assert not OutgoingMail.objects.exists()


def test_of_a_delivered_mail_neither_address_nor_text_is_left(server):
    row = OutgoingMailFactory()

    assert delivery.deliver(row.pk, at=NOW)

    row.refresh_from_db()
    assert (row.status, row.to, row.body) == ("delivered", "", "")


def test_a_second_delivery_does_nothing(server):
    row = OutgoingMailFactory()
    delivery.deliver(row.pk, at=NOW)

    assert not delivery.deliver(row.pk, at=NOW)

    assert len(server.mails) == 1


def test_a_mail_that_no_longer_exists_is_not_an_error(server):
    assert not delivery.deliver(123456, at=NOW)


@pytest.mark.parametrize("fault", ["refuses", "is not there"])
def test_a_mail_waits_when_the_server_is_at_fault_and_the_log_names_only_its_id(
    server, settings, caplog, fault
):
    caplog.set_level(logging.DEBUG)
    row = OutgoingMailFactory(to="anna@example.org", body="Din kod är 1234 5678")
    server.refuses = fault == "refuses"
    if fault == "is not there":
        settings.DELIVERY = server.delivery | {"EMAIL_PORT": 1}

    assert not delivery.deliver(row.pk, at=NOW)

    row.refresh_from_db()
    assert (row.status, row.to, row.body) == ("queued", "anna@example.org", "Din kod är 1234 5678")
    kind = "SMTPRecipientsRefused" if fault == "refuses" else "ConnectionRefusedError"
    assert [r.getMessage() for r in caplog.records if r.name == "members.delivery"] == [
        f"Mail {row.pk} waits: {kind}"
    ]
    assert "anna" not in caplog.text
    assert "1234" not in caplog.text


def test_a_mail_that_waits_goes_with_the_member_whose_address_it_has(server):
    member = MemberFactory(email="anna@example.org")
    row = OutgoingMailFactory(to="Anna@example.org")
    server.refuses = True

    delivery.deliver(row.pk, at=NOW)

    row.refresh_from_db()
    assert (row.status, row.member) == ("queued", member)


def test_beat_tries_a_refused_mail_again_when_it_has_waited(server):
    row = OutgoingMailFactory(created_at=NOW)
    server.refuses = True
    delivery.deliver(row.pk, at=NOW)

    assert delivery.overdue(at=NOW + dt.timedelta(minutes=5)) == []
    assert delivery.overdue(at=NOW + dt.timedelta(minutes=5, seconds=1)) == [row.pk]


def test_a_mail_whose_worker_died_goes_again_under_the_same_message_id(server):
    row = OutgoingMailFactory()
    delivery.deliver(row.pk, at=NOW)
    OutgoingMail.objects.filter(pk=row.pk).update(  # as it was, had the worker died just after
        status="sending", to=row.to, body=row.body, claimed_at=timezone.now() - delivery.PATIENCE
    )

    tasks.resume_mail()

    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    row.refresh_from_db()
    assert row.status == "delivered"


def test_a_necessary_mail_goes_again_when_the_server_hangs_up_without_a_word(server):
    row = OutgoingMailFactory()
    server.falls_silent_at = "accepted"
    assert not delivery.deliver(row.pk, at=NOW)
    server.falls_silent_at = ""

    assert delivery.deliver(row.pk, at=NOW)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_beat_finds_the_mail_whose_message_was_lost(server):
    row = OutgoingMailFactory()

    tasks.resume_mail()

    row.refresh_from_db()
    assert row.status == "delivered"


def test_the_caller_goes_on_when_the_broker_is_down(
    monkeypatch, django_capture_on_commit_callbacks
):
    def no_broker(*args):
        raise OperationalError

    monkeypatch.setattr(tasks.deliver_mail, "delay", no_broker)

    with django_capture_on_commit_callbacks(execute=True):
        row = mail.queue("anna@example.org", "Besked", "Text", at=NOW)

    assert delivery.overdue(at=NOW) == [row.pk]


def test_the_database_holds_neither_address_nor_text_in_clear():
    OutgoingMailFactory(to="anna@example.org", body="Din kod är 1234 5678")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_outgoingmail")
        stored = repr(cursor.fetchall())

    assert "anna" not in stored
    assert "1234" not in stored


def test_djangos_own_mail_is_queued_too(settings):
    settings.EMAIL_BACKEND = "members.mail.QueueBackend"

    send_mail("Besked", "Text", None, ["a@example.org", "b@example.org"])

    assert {m.to for m in OutgoingMail.objects.all()} == {"a@example.org", "b@example.org"}


def test_no_file_leaves_by_mail(settings):
    settings.EMAIL_BACKEND = "members.mail.QueueBackend"
    message = EmailMessage("Besked", "Text", to=["a@example.org"], attachments=[("a", "b", None)])

    with pytest.raises(ValueError, match="Files do not leave"):
        message.send()

    assert not OutgoingMail.objects.exists()


class TestWithoutAMailServer:
    def test_a_mail_stays_readable_and_is_its_members(self, client):
        member = MemberFactory(email="anna@example.org")
        row = OutgoingMailFactory(to="Anna@example.org", subject="Din kod", body="1234 5678")
        OutgoingMailFactory(to="stranger@example.org", subject="Annat", body="8765 4321")
        for pending in OutgoingMail.objects.all():
            delivery.deliver(pending.pk, at=NOW)

        page = client.get("/demo/mail/").content.decode()

        assert page.index("Annat") < page.index("Din kod")
        assert "1234 5678" in page
        row.refresh_from_db()
        assert (row.status, row.member) == ("delivered", member)

    @pytest.mark.parametrize(
        ("name", "value"), [("DELIVERY_URL", "smtp://mail.example.org"), ("PRODUCTION", True)]
    )
    def test_the_page_does_not_exist_elsewhere(self, settings, name, value):
        setattr(settings, name, value)
        try:
            names = {pattern.name for pattern in importlib.reload(urls).urlpatterns[1:]}
        finally:
            settings.DELIVERY_URL, settings.PRODUCTION = "", False
            here = {pattern.name for pattern in importlib.reload(urls).urlpatterns[1:]}

        assert names == set()
        assert here == {"demo_mail"}
