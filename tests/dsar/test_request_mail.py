"""Decisions are told within their time (Art. 12(3), (4)), by a mail that says nothing of what."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import requests
from dsar.models import SubjectRequest
from members.models import OutgoingMail
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

RECEIVED = timezone.make_aware(dt.datetime(2026, 3, 5, 12))
LATER = RECEIVED + dt.timedelta(days=10)
REASON = "Annas löneuppgifter är redan rättade."


@pytest.mark.parametrize("decide", [requests.extend, requests.refuse, requests.answer])
def test_the_person_is_told_that_a_letter_waits_and_not_what_it_says(decide):
    request = SubjectRequestFactory(
        kind=SubjectRequest.Kind.RECTIFICATION, received_at=RECEIVED, member=MemberFactory()
    )

    decide(request, reason=REASON, by=StaffFactory(), at=LATER)

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.member) == (request.member.email, request.member)
    assert mail.subject == "Det finns ett brev till dig"
    for word in ("Anna", "rättade", "rättelse", "artikel"):
        assert word not in mail.subject + mail.body


def test_nobody_is_mailed_before_she_is_identified():
    request = requests.receive(
        kind="erasure", channel="form", contact="anna@example.org", at=RECEIVED
    )

    requests.refuse(request, reason=REASON, by=StaffFactory(), at=LATER)

    assert not OutgoingMail.objects.exists()


def test_who_takes_a_request_back_is_not_told_what_she_did():
    request = SubjectRequestFactory(kind=SubjectRequest.Kind.ERASURE, received_at=RECEIVED)

    requests.withdraw(request, at=LATER)

    assert not OutgoingMail.objects.exists()
