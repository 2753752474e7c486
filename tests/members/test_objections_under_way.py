"""A mailing of ten thousand in which a hundred say no while it runs: none of them gets it after
her no has been committed."""

import random
import threading
import time

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import choices, delivery
from members.imports import bulk
from members.mailings import sending
from members.models import Channel, Mailing, MailingRecipient, Member, OutgoingMail, Topic
from tests import recording_mail
from tests.factories.choices import MailingFactory, UnsubscribeLinkFactory
from tests.factories.members import MemberFactory, OutgoingMailFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE, OBJECTORS, WORKERS = 10_000, 100, 3


@pytest.fixture
def mailing(settings):
    settings.DELIVERY = recording_mail.DELIVERY
    recording_mail.handed_over.clear()
    people = [
        {"member_number": n, "given_names": "Anna", "email": f"m{n}@example.org"}
        for n in range(1, PEOPLE + 1)
    ]
    bulk.insert(Member, people)
    mailing = MailingFactory(
        status="sending", listed=100, created_by=None, heartbeat_at=timezone.now()
    )
    bulk.insert(
        MailingRecipient,
        [{"mailing_id": mailing.pk, "member_id": person["id"]} for person in people],
    )
    return mailing


def in_threads(*works):
    """Run functions at the same time, each with a database connection of its own."""
    failed = []

    def run(work):
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_nobody_gets_the_mail_after_her_no_has_been_committed(mailing):
    draw = random.Random(59)  # noqa: S311 - the same people each time
    keys = list(Member.objects.order_by("pk").values_list("pk", flat=True))
    objectors = draw.sample(keys, OBJECTORS)
    links = choices.links_for(objectors, Topic.NEWSLETTER, Channel.EMAIL)
    said_no = {}
    is_over = threading.Event()

    def queue():
        while sending.send_chunk(mailing.pk, at=timezone.now()) is not None:
            pass

    def deliver(share):
        while not is_over.is_set():
            waiting = OutgoingMail.objects.filter(status="queued").order_by("pk")
            mine = [
                pk for pk in waiting.values_list("pk", flat=True)[:600] if pk % WORKERS == share
            ]
            for pk in mine:
                delivery.deliver(pk, at=timezone.now())
            if not mine and Mailing.objects.get(pk=mailing.pk).status == "done":
                return

    def object_now_and_then():
        client = Client(enforce_csrf_checks=True)
        for number, pk in enumerate(objectors):
            # When so much of the mailing has gone, and not when so much time has.
            while len(recording_mail.handed_over) < number * PEOPLE // (OBJECTORS + 5):
                if is_over.wait(0.005):
                    return
            address = reverse("unsubscribe", args=[links[pk].public_id])
            assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
            said_no[pk] = time.monotonic()

    try:
        in_threads(queue, object_now_and_then, *(lambda s=s: deliver(s) for s in range(WORKERS)))
    finally:
        is_over.set()

    emails = dict(Member.objects.values_list("pk", "email"))
    got = recording_mail.handed_over
    assert len(said_no) == OBJECTORS
    late = [pk for pk, at in said_no.items() if any(t > at for t in got.get(emails[pk], []))]
    assert late == []
    spared = [pk for pk in objectors if emails[pk] not in got]
    assert len(spared) > OBJECTORS // 4  # otherwise nothing has been shown
    everyone_else = set(emails.values()) - {emails[pk] for pk in objectors}
    assert everyone_else <= got.keys()
    assert {len(times) for times in got.values()} == {1}
    fell_away = MailingRecipient.objects.filter(reason="objected")
    assert set(fell_away.values_list("member", flat=True)) == set(spared)
    assert connection.vendor == "postgresql"


def test_a_no_waits_for_the_one_mail_that_is_being_handed_over_and_stops_the_next(settings):
    settings.DELIVERY = recording_mail.DELIVERY
    recording_mail.handed_over.clear()
    member = MemberFactory()
    link = UnsubscribeLinkFactory(member=member)
    first, second = (
        OutgoingMailFactory(to=member.email, member=member, link=link) for _ in range(2)
    )
    committed_at = []

    def say_no():
        assert recording_mail.is_handing_over.wait(30)
        threading.Timer(0.3, recording_mail.may_go.set).start()
        choices.say_no(member, how="link", at=timezone.now())
        committed_at.append(time.monotonic())

    recording_mail.is_handing_over.clear()
    recording_mail.may_go.clear()
    try:
        in_threads(lambda: delivery.deliver(first.pk, at=timezone.now()), say_no)
    finally:
        recording_mail.may_go.set()

    (handed_over,) = recording_mail.handed_over[member.email]
    assert handed_over < committed_at[0]
    assert not delivery.deliver(second.pk, at=timezone.now())
    assert len(recording_mail.handed_over[member.email]) == 1
