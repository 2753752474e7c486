"""Mailings: for published purposes, counted and never named, sent once, stopped by a no."""

import datetime as dt
import io
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dsar import notice, roles
from members import choices, delivery, mail, tasks
from members.mailings import bounces, lists, sending, texts
from members.models import Bounce, Mailing, MailingRecipient, OutgoingMail, Suppression, Topic
from tests import mail_server
from tests.factories.choices import BounceFactory, MailingFactory, ObjectionFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LIST = reverse("admin:members_mailing_changelist")
WRITE = reverse("admin:members_mailing_add")
TEXT = {"audience": "everyone", "region": "", "subject": "Nytt i höst", "body": "Hej!"}


@pytest.fixture(autouse=True)
def published():
    notice.publish("2026-1", valid_from=dt.date(2026, 1, 1))


@pytest.fixture
def writer(client):
    writer = StaffFactory(roles=[roles.COMMUNICATIONS])
    client.force_login(writer)
    return writer


@pytest.fixture
def server(settings):
    with mail_server.running() as server:
        settings.DELIVERY = server.delivery
        yield server


def page(mailing, name="change"):
    return reverse(f"admin:members_mailing_{name}", args=[mailing.pk])


def sent(mailing, *, by=None):
    """Sent to the end, as the workers would."""
    sending.send(mailing, by=by or StaffFactory(), at=NOW)
    tasks.send_mailing(mailing_id=mailing.pk)
    mailing.refresh_from_db()
    return mailing


def tried_again_in_an_hour():
    later = NOW + dt.timedelta(hours=1)
    for mail_id in delivery.overdue(at=later):
        delivery.deliver(mail_id, at=later)


def members(number, **words):
    return [MemberFactory(**words) for _ in range(number)]


# --- writing --------------------------------------------------------------------------------------


def test_only_published_purposes_can_be_chosen(client, writer):
    form = client.get(WRITE).context["form"]
    keys = [key for key, _title in form.fields["purpose"].choices]
    assert keys == ["newsletter", "invitations", "offers", "notices"]

    answer = client.post(WRITE, TEXT | {"purpose": "register"})
    assert answer.status_code == 422
    assert Mailing.objects.count() == 0


def test_without_a_published_notice_nothing_can_be_written_or_sent(client, writer, monkeypatch):
    monkeypatch.setattr("ledarna_gdpr.privacy.registry.published_on", lambda on: set())

    assert "Ingen publicerad integritetsinformation" in client.get(WRITE).text
    assert client.post(WRITE, TEXT | {"purpose": "newsletter"}).status_code == 422
    MemberFactory()
    with pytest.raises(sending.CannotSend, match="ändamål"):
        sending.send(MailingFactory(), by=writer, at=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "Hej {{ namn }}!", "Hej {namn}!", "Hej %(name)s", "Hej *|FNAME|*", "Hej «Förnamn»",
        "Hej <<Namn>>", "Hej ${namn}", "Hej [[namn]]", "Hej %%namn%%", "{% if x %}",
        "Om 19850113-9995", "Om 198501139995.", "Om 850113-9995",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["subject", "body"])
def test_neither_subject_nor_text_holds_anyones_data(client, writer, field, text):
    answer = client.post(WRITE, TEXT | {"purpose": "newsletter", field: text})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert Mailing.objects.count() == 0


@pytest.mark.parametrize(
    "text", ["Ring 0200-87 11 11.", "Bankgiro 5050-1055", "Org.nr 802000-1833"]
)
def test_ordinary_numbers_are_let_through(text):
    texts.validate(text)


# --- counting -------------------------------------------------------------------------------------


def test_the_preview_counts_who_falls_away_and_why_and_names_nobody(client, writer):
    members(2, family_name="Hemligsson")
    ObjectionFactory(member__family_name="Hemligsson")
    MemberFactory(family_name="Hemligsson", protected=True)
    MemberFactory(family_name="Hemligsson", left=dt.date(2026, 1, 31))
    MemberFactory(family_name="Hemligsson", restricted_at=NOW)
    MemberFactory(family_name="Hemligsson", email="")
    BounceFactory(member__family_name="Hemligsson")
    choices.suppress_address("spar@example.org", "email", at=NOW)
    MemberFactory(family_name="Hemligsson", email="spar@example.org")

    client.post(WRITE, TEXT | {"purpose": "newsletter"})
    shown = client.get(page(Mailing.objects.get()))

    counted = {str(bar["label"]): bar["count"] for bar in shown.context["bars"]}
    assert counted == {
        "skulle få det": 2,
        "behandlingen är begränsad": 1,
        "skyddade personuppgifter, hanteras för hand": 1,
        "inte längre medlem": 1,
        "adress saknas": 1,
        "post till adressen kommer tillbaka": 1,
        "har tackat nej": 1,
        "tackade nej före en tidigare radering": 1,
    }
    assert "Hemligsson" not in shown.text
    assert "example.org" not in shown.text


def test_the_audience_is_narrowed_by_joining_and_by_place():
    MemberFactory(postal_code="41101")
    new = MemberFactory(postal_code="10222")
    new.periods.update(started_on=TODAY - dt.timedelta(days=30))
    abroad = MemberFactory(postal_code="41101", country="DE")

    def count(**words):
        return lists.preview(MailingFactory(**words), on=TODAY).reached

    assert abroad.pk
    assert count() == 3
    assert count(region="41") == 1
    assert count(audience="new") == 1
    assert count(audience="new", region="41") == 0


@pytest.mark.parametrize("people", [1, 30])
def test_a_preview_takes_as_many_queries_for_many_as_for_one(people):
    members(people)
    mailing = MailingFactory()

    with CaptureQueriesContext(connection) as queries:
        lists.preview(mailing, on=TODAY)

    assert len(queries) == 2


# --- one person or two ----------------------------------------------------------------------------


@pytest.fixture
def hundred(monkeypatch):
    """Two people are needed from the third mail on, so that the test need not make a hundred."""
    monkeypatch.setattr(sending, "ALONE", 2)


def test_few_mails_are_sent_by_one_person(
    client, writer, hundred, django_capture_on_commit_callbacks
):
    members(2)
    mailing = MailingFactory(created_by=writer)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(mailing, "send"))

    mailing.refresh_from_db()
    assert (mailing.status, mailing.listed, mailing.approved_by) == ("done", 2, None)
    assert OutgoingMail.objects.count() == 2


def test_more_wait_for_somebody_else(client, writer, hundred, django_capture_on_commit_callbacks):
    members(3)
    mailing = MailingFactory(created_by=writer)
    client.post(page(mailing, "send"))
    mailing.refresh_from_db()
    assert (mailing.status, OutgoingMail.objects.count()) == ("waiting", 0)

    answer = client.post(page(mailing, "approve"), follow=True)
    mailing.refresh_from_db()
    assert "Någon annan måste godkänna" in answer.text
    assert mailing.status == "waiting"

    other = StaffFactory(roles=[roles.COMMUNICATIONS])
    client.force_login(other)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(mailing, "approve"))
    mailing.refresh_from_db()
    assert (mailing.status, mailing.sent_by, mailing.approved_by) == ("done", writer, other)
    assert OutgoingMail.objects.count() == 3


def test_whoever_wrote_it_does_not_approve_it_either(writer, hundred):
    members(3)
    mailing = MailingFactory(created_by=writer)
    sending.send(mailing, by=StaffFactory(), at=NOW)

    with pytest.raises(sending.CannotSend):
        sending.approve(mailing, by=writer, at=NOW)


def test_the_database_refuses_a_mailing_to_many_without_a_second_person():
    with pytest.raises(IntegrityError, match="mailing_to_many"), transaction.atomic():
        MailingFactory(status="sending", listed=101)
    MailingFactory(status="sending", listed=100)
    one = StaffFactory()
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        MailingFactory(sent_by=one, approved_by=one, approved_at=NOW)


def test_an_empty_list_is_not_sent(writer):
    with pytest.raises(sending.CannotSend, match="ingen kvar"):
        sending.send(MailingFactory(), by=writer, at=NOW)


def test_a_mailing_is_sent_once(writer):
    MemberFactory()
    mailing = sent(MailingFactory())

    with pytest.raises(sending.CannotSend):
        sending.send(mailing, by=writer, at=NOW)
    tasks.send_mailing(mailing_id=mailing.pk)
    assert OutgoingMail.objects.count() == 1


# --- sending --------------------------------------------------------------------------------------


def test_each_mail_has_its_receivers_own_link_in_text_and_headers(server):
    one, two = members(2)

    sent(MailingFactory(body="Det här har hänt."))

    assert {m["To"] for m in server.mails} == {one.email, two.email}
    links = choices.links_for([one.pk, two.pk], Topic.NEWSLETTER, "email")
    for member in (one, two):
        (received,) = (m for m in server.mails if m["To"] == member.email)
        address = choices.address_of(links[member.pk])
        assert received["List-Unsubscribe"].replace("\n", "").replace(" ", "") == f"<{address}>"
        assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert received.get_content_type() == "text/plain"
        assert received.get_content().startswith("Det här har hänt.")
        assert address in received.get_content()
        assert "Åberg" not in received.as_string()


def test_a_necessary_notice_goes_to_those_who_said_no_and_has_no_link(server):
    member = MemberFactory()
    choices.say_no(member, how="link", at=NOW)

    sent(MailingFactory(purpose="notices", subject="Kallelse till årsmöte"))

    (received,) = server.mails
    assert received["To"] == member.email
    assert "List-Unsubscribe" not in received
    assert "utskick/nej" not in received.get_content()


def test_who_says_no_after_the_list_was_laid_down_is_left_out():
    early, late = members(2)
    mailing = MailingFactory()
    sending.send(mailing, by=StaffFactory(), at=NOW)

    choices.say_no(early, how="link", at=NOW)
    tasks.send_mailing(mailing_id=mailing.pk)

    assert [mail.to for mail in OutgoingMail.objects.all()] == [late.email]
    assert mailing.recipients.get(member=early).reason == "objected"


@pytest.mark.parametrize(
    "change", [{"protection": "confidential"}, {"left_on": dt.date(2026, 1, 1)}]
)
def test_so_is_whoever_left_or_was_protected_since(change):
    member = MemberFactory()
    mailing = MailingFactory()
    sending.send(mailing, by=StaffFactory(), at=NOW)

    type(member).objects.filter(pk=member.pk).update(**change)
    tasks.send_mailing(mailing_id=mailing.pk)

    assert OutgoingMail.objects.count() == 0
    mailing.refresh_from_db()
    assert mailing.status == "done"


def test_who_says_no_while_the_mail_waits_for_the_server_gets_none(server):
    member = MemberFactory()
    mailing = MailingFactory()
    server.refuses = True
    sent(mailing)
    assert OutgoingMail.objects.get().status == "queued"

    choices.say_no(member, how="link", at=NOW)
    server.refuses = False
    row = OutgoingMail.objects.get()
    assert not delivery.deliver(row.pk, at=NOW)

    row.refresh_from_db()
    assert (server.mails, row.status, row.to, row.body) == ([], "withdrawn", "", "")
    assert mailing.recipients.get().reason == "objected"


def test_a_stopped_mailing_sends_nothing_more(server, client, writer):
    members(2)
    mailing = MailingFactory()
    server.refuses = True
    sending.send(mailing, by=writer, at=NOW)
    tasks.send_mailing(mailing_id=mailing.pk)
    late = MemberFactory()
    MailingRecipient.objects.create(mailing=mailing, member=late)
    Mailing.objects.update(status="sending")

    client.post(page(mailing, "stop"))
    server.refuses = False
    tried_again_in_an_hour()

    assert server.mails == []
    assert set(mailing.recipients.values_list("status", "reason")) == {("fell_away", "stopped")}


def test_a_server_that_falls_silent_may_have_taken_the_mail_so_staff_are_told(
    server, client, writer
):
    MemberFactory()
    mailing = MailingFactory()
    server.falls_silent_at = "accepted"

    sent(mailing)

    row = OutgoingMail.objects.get()
    assert (row.status, row.to, row.body) == ("unsure", "", "")
    assert mailing.recipients.get().status == "unsure"
    assert "För 1 mejl är det osäkert om det har skickats" in client.get(page(mailing)).text
    server.falls_silent_at = ""
    assert delivery.overdue(at=NOW + dt.timedelta(days=1)) == []


def test_a_server_that_falls_silent_before_it_can_have_taken_the_mail_gets_it_again(server):
    MemberFactory()
    mailing = MailingFactory()
    server.falls_silent_at = "RCPT"
    sent(mailing)
    assert mailing.recipients.get().status == "queued"

    server.falls_silent_at = ""
    tried_again_in_an_hour()

    assert len(server.mails) == 1
    assert mailing.recipients.get().status == "sent"


@pytest.mark.parametrize("refuses", [False, True])
def test_of_a_mail_that_was_given_to_another_worker_the_first_keeps_its_hands_off(
    server, monkeypatch, refuses
):
    MemberFactory()
    mailing = MailingFactory()

    def takes_long(link, on):
        """Longer than anybody waits: the mail goes by another worker meanwhile."""
        monkeypatch.undo()
        tried_again_in_an_hour()
        server.refuses = refuses
        return ""

    monkeypatch.setattr(choices, "why_not", takes_long)
    sent(mailing)

    assert len(server.mails) == 1
    assert OutgoingMail.objects.get().status == "delivered"
    assert mailing.recipients.get().status == "sent"


def test_a_mail_whose_worker_died_does_not_go_when_its_mailing_has_been_stopped(
    server, monkeypatch
):
    MemberFactory()
    mailing = MailingFactory()
    monkeypatch.setattr(choices, "why_not", Mock(side_effect=RuntimeError))
    with pytest.raises(RuntimeError):
        sent(mailing)
    monkeypatch.undo()
    sending.stop(mailing, at=NOW)

    tried_again_in_an_hour()

    assert server.mails == []
    assert mailing.recipients.get().reason == "stopped"


def test_with_the_cache_lost_in_the_middle_a_mail_is_not_sent_but_unsure(server, monkeypatch):
    MemberFactory()
    mailing = MailingFactory()
    monkeypatch.setattr(delivery, "cache", DummyCache("", {}))  # forgets at once

    sent(mailing)
    tried_again_in_an_hour()

    assert server.mails == []
    assert mailing.recipients.get().status == "unsure"


@pytest.mark.parametrize("state", ["sent", "queued", "fell_away"])
def test_the_cache_keeps_nothing_of_a_mail_whose_fate_is_known(server, monkeypatch, state):
    watched = Mock(wraps=delivery.cache)
    monkeypatch.setattr(delivery, "cache", watched)
    server.refuses = state == "queued"
    if state == "fell_away":
        monkeypatch.setattr(choices, "why_not", lambda link, on: "objected")
    MemberFactory()
    mailing = MailingFactory()

    sent(mailing)

    assert mailing.recipients.get().status == state
    ((key, *_value),) = [call.args for call in watched.set.call_args_list]
    assert cache.get(key) is None


def test_beat_finds_a_mailing_whose_worker_died():
    MemberFactory()
    mailing = MailingFactory()
    sending.send(mailing, by=StaffFactory(), at=NOW)

    assert sending.stale(NOW + sending.DEAD_AFTER) == []
    assert sending.stale(NOW + sending.DEAD_AFTER + dt.timedelta(seconds=1)) == [mailing.pk]


def test_progress_is_shown_and_the_page_renews_itself(client, writer):
    members(2)
    mailing = MailingFactory()
    sending.send(mailing, by=writer, at=NOW)

    under_way = client.get(page(mailing))
    tasks.send_mailing(mailing_id=mailing.pk)
    done = client.get(page(mailing))

    assert under_way["Refresh"] == "3"
    assert "Refresh" not in done
    assert [bar["count"] for bar in done.context["bars"][:3]] == [2, 0, 0]


def test_one_mail_of_our_own_accord_goes_the_same_way():
    willing, unwilling = MemberFactory(), ObjectionFactory(topic="surveys").member
    words = ("surveys", "Vad tyckte du?", "Berätta för oss.")

    assert mail.queue_unless_unwanted(unwilling, *words, at=NOW) is None
    row = mail.queue_unless_unwanted(willing, *words, at=NOW)

    assert row.link.topic == "surveys"
    assert choices.address_of(row.link) in row.body


# --- bounces --------------------------------------------------------------------------------------


def report(address, *, action="failed", status="5.1.1"):
    """A delivery report, as a mail server sends it (RFC 3464)."""
    whole = MIMEMultipart("report", report_type="delivery-status")
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    text = EmailMessage()
    text.set_content("It could not be delivered.")
    whole.attach(text)
    told = EmailMessage()
    told["Content-Type"] = "message/delivery-status"
    told.set_payload(
        "Reporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
    )
    raw = whole.as_bytes()
    boundary = whole.get_boundary().encode()
    part = (
        b"--" + boundary + b"\nContent-Type: message/delivery-status\n\n"
        + told.get_payload().encode() + b"\n"
    )  # fmt: skip
    return raw.replace(b"--" + boundary + b"--", part + b"--" + boundary + b"--")


def bounced(tmp_path, content, name="report.eml"):
    file = tmp_path / name
    file.write_bytes(content)
    out = io.StringIO()
    call_command("bounces", file, stdout=out)
    return out.getvalue()


def test_a_report_of_a_dead_address_stops_mailings_to_it(tmp_path):
    member = MemberFactory(email="dod@example.org")
    MemberFactory()

    told = bounced(tmp_path, report("Dod@Example.org"))

    assert Bounce.objects.get().member == member
    assert "1 adresser" in told
    assert lists.preview(MailingFactory(), on=TODAY).reached == 1


@pytest.mark.parametrize("words", [{"action": "delayed", "status": "4.4.1"}, {"status": "4.2.2"}])
def test_a_report_of_something_passing_stops_nothing(tmp_path, words):
    MemberFactory(email="full@example.org")

    bounced(tmp_path, report("full@example.org", **words))

    assert Bounce.objects.count() == 0


def test_a_mailbox_of_reports_and_a_list_of_addresses_are_read_too(tmp_path):
    one, two, three = (MemberFactory(email=f"{name}@example.org") for name in "abc")
    box = b"".join(
        b"From MAILER-DAEMON Mon Nov 23 09:00:00 2026\n" + report(m.email) + b"\n\n"
        for m in (one, two)
    )

    bounced(tmp_path, box, "box.mbox")
    bounced(tmp_path, b"c@example.org\r\nokand@example.org\n", "list.txt")

    assert {bounce.member for bounce in Bounce.objects.all()} == {one, two, three}


def test_the_same_report_twice_is_one_bounce(tmp_path):
    MemberFactory(email="dod@example.org")
    for _ in range(2):
        bounced(tmp_path, report("dod@example.org"))

    assert Bounce.objects.count() == 1


def test_a_file_that_is_not_there_is_told_of(tmp_path):
    with pytest.raises(CommandError, match="går inte att öppna"):
        call_command("bounces", tmp_path / "nothing")


def test_bounces_of_strangers_are_not_kept(tmp_path):
    bounced(tmp_path, report("frammande@example.org"))

    assert Bounce.objects.count() == Suppression.objects.count() == 0


def test_a_bounce_says_nothing_to_whoever_may_not_see_the_register(client, writer):
    BounceFactory()
    assert client.get(reverse("admin:members_bounce_changelist")).status_code == 403
    assert bounces.remember([], at=NOW) == 0
