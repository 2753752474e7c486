import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from dsar.models import SubjectRequest
from members.models import ReadLog
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import FeeFactory, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/dsar/subjectrequest/"
Kind = SubjectRequest.Kind


@pytest.fixture
def handler(client):
    handler = StaffFactory(name="Dan Akt", roles=[roles.PRIVACY_OFFICE])
    client.force_login(handler)
    return handler


def page(request, name="change"):
    return reverse(f"admin:dsar_subjectrequest_{name}", args=[request.pk])


def received(days_ago, **fields):
    return SubjectRequestFactory(received_at=timezone.now() - dt.timedelta(days=days_ago), **fields)


def registered(**fields):
    return {
        "kind": "access",
        "channel": "phone",
        "received_at_0": "2026-01-30",
        "received_at_1": "10:15",
        "member": "",
        "name": "",
        "contact": "",
        "message": "",
        **fields,
    }


@pytest.mark.parametrize("channel", ["phone", "letter", "email"])
def test_whatever_the_channel_the_clock_runs_from_receipt(client, handler, channel):
    member = MemberFactory()
    data = registered(channel=channel, member=member.member_number)

    response = client.post(f"{LIST}add/", data, follow=True)

    assert "Svaret ska lämnas senast 2026-02-28." in response.text
    request = SubjectRequest.objects.get()
    assert (request.member, request.channel, request.status) == (member, channel, "received")


def test_a_person_who_is_no_member_can_be_registered(client, handler):
    client.post(f"{LIST}add/", registered(name="Eva", contact="eva@example.org"))

    request = SubjectRequest.objects.get()
    assert (request.member, request.contact) == (None, "eva@example.org")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Ange ett medlemsnummer, eller hur vi når personen"),
        ({"member": "999999999"}, "Det finns ingen medlem med det numret"),
        ({"contact": "x@y.se", "received_at_0": "2126-01-01"}, "inte ha kommit i framtiden"),
        ({"contact": "x@y.se", "channel": "my_pages"}, "my_pages"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_registered(client, handler, fields, error):
    response = client.post(f"{LIST}add/", registered(**fields))

    assert error in response.text
    assert not SubjectRequest.objects.exists()


def test_a_protected_member_and_none_are_answered_alike(client, handler):
    protected = MemberFactory(protected=True)

    response = client.post(f"{LIST}add/", registered(member=protected.member_number))

    assert "Det finns ingen medlem med det numret" in response.text


def test_the_same_request_is_not_opened_twice(client, handler):
    request = SubjectRequestFactory()

    response = client.post(f"{LIST}add/", registered(member=request.member.member_number))

    assert SubjectRequest.objects.count() == 1
    assert response.status_code == 200


def test_the_most_urgent_comes_first_and_the_answered_last(client, handler):
    answered = received(90, status="answered", closed_at=timezone.now())
    late, new = received(40), received(1)
    extended = received(35, extended_at=timezone.now(), extension_reason="Mycket att gå igenom.")

    rows = client.get(LIST).context["cl"].result_list

    assert rows == [late, new, extended, answered]


def test_overdue_are_those_whose_day_has_passed(client, handler):
    late = received(40)
    received(20)
    received(50, extended_at=timezone.now(), extension_reason="Mycket att gå igenom.")

    rows = client.get(f"{LIST}?state=overdue").context["cl"].result_list

    assert rows == [late]
    assert "försenad" in client.get(LIST).text


def test_the_list_takes_as_many_queries_for_five_as_for_one(
    client, handler, django_assert_num_queries, django_assert_max_num_queries
):
    SubjectRequestFactory()
    client.get(LIST)
    with django_assert_max_num_queries(14) as one:
        client.get(LIST)
    for _ in range(4):
        SubjectRequestFactory()

    with django_assert_num_queries(len(one)):
        client.get(LIST)


def test_the_plan_tells_what_becomes_of_each_kind_of_record(client, handler):
    member = MemberFactory(left=dt.date(2026, 1, 31))
    FeeFactory(member=member)
    request = SubjectRequestFactory(kind=Kind.ERASURE, member=member)

    text = client.get(page(request)).text

    for told in ["Avgifter", "17.3 b", "R4", "2033-01-01"]:
        assert told in text


def test_identify_then_approve_then_it_is_carried_out(
    client, handler, django_capture_on_commit_callbacks
):
    member = MemberFactory(left=dt.date(2026, 1, 31))
    request = SubjectRequestFactory(
        kind=Kind.ERASURE, channel="letter", identification="", member=member
    )
    assert "Identifiera personen" in client.post(page(request, "approve")).text

    client.post(page(request, "identify"), {"identification": "in_person"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(request, "approve"))

    request.refresh_from_db()
    assert (request.status, request.decided_by, request.member) == ("answered", handler, None)
    text = client.get(page(request)).text
    for told in ["Dan Akt", "Kvitton", "Besvarad"]:
        assert told in text


def test_refusing_takes_a_reason(client, handler):
    request = SubjectRequestFactory(kind=Kind.ERASURE)

    short = client.post(page(request, "refuse"), {"reason": "nej"})
    request.refresh_from_db()
    assert (short.status_code, request.status) == (200, "received")
    client.post(page(request, "refuse"), {"reason": "Du är medlem och avtalet gäller."})

    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("refused", handler)


def test_extending_gives_three_months(client, handler):
    request = SubjectRequestFactory(received_at=timezone.now())
    before = request.due_on

    client.post(page(request, "extend"), {"reason": "Många begäranden samtidigt."})

    request.refresh_from_db()
    assert request.due_on > before
    assert "Många begäranden samtidigt." in client.get(page(request)).text


def test_an_answer_in_the_making_is_shown_by_count_and_not_by_content(client, handler):
    request = SubjectRequestFactory(member=MemberFactory(employer="Hemliga verket"))

    text = client.get(page(request)).text

    assert "Medlemsperioder" in text
    assert "Hemliga verket" not in text


def test_opening_a_request_is_in_the_read_log(client, handler):
    request = SubjectRequestFactory()

    client.get(page(request))

    row = ReadLog.objects.get()
    assert (row.subject_id, row.view) == (request.member_id, "admin:dsar_subjectrequest_change")


def test_a_protected_persons_request_is_for_those_who_handle_them(client, handler):
    request = SubjectRequestFactory(member=MemberFactory(protected=True))

    assert client.get(page(request)).status_code == 302
    assert client.get(LIST).context["cl"].result_list == []
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    assert client.get(page(request)).status_code == 200


def test_member_service_registers_but_does_not_decide(client):
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))
    request = SubjectRequestFactory(kind=Kind.ERASURE)

    assert client.get(f"{LIST}add/").status_code == 200
    for name in ["approve", "refuse", "extend", "answer"]:
        assert client.post(page(request, name), {"reason": "x" * 20}).status_code == 403
    request.refresh_from_db()
    assert request.status == "received"
