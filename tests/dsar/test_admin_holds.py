import datetime as dt

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from dsar import holds, roles
from dsar.models import LegalHold
from ledarna_gdpr.privacy import Period
from members.models import ReadLog
from tests.factories.members import ApplicationFactory, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LIST = "/admin/dsar/legalhold/"
REASON = "Tvist i Arbetsdomstolen, mål A 12/26"


@pytest.fixture
def handler(client):
    handler = StaffFactory(roles=[roles.PRIVACY_OFFICE])
    client.force_login(handler)
    return handler


def page(hold, name="change"):
    return reverse(f"admin:dsar_legalhold_{name}", args=[hold.pk])


def set_hold(client, member, until, reason=REASON):
    data = {"member": member.member_number, "reason": reason, "until": until.isoformat()}
    return client.post(f"{LIST}add/", data)


@pytest.mark.parametrize(("too_many_days", "is_set"), [(0, True), (1, False)])
def test_a_hold_lasts_at_most_twelve_months(client, handler, too_many_days, is_set):
    member, today = MemberFactory(), timezone.localdate()
    until = Period(months=12).after(today) + dt.timedelta(days=too_many_days)

    response = set_hold(client, member, until)

    assert LegalHold.objects.exists() is is_set
    assert (member.pk in holds.held(today).people) is is_set
    if is_set:
        assert LegalHold.objects.get().set_by == handler
    else:
        assert "högst tolv månader" in response.text


def test_a_hold_takes_a_reason_and_a_day_ahead(client, handler):
    member, today = MemberFactory(), timezone.localdate()

    set_hold(client, member, today, reason="tvist")
    set_hold(client, member, today - dt.timedelta(days=1))

    assert not LegalHold.objects.exists()


def test_a_released_hold_ends_today_and_stays_as_a_record(client, handler):
    member, today = MemberFactory(), timezone.localdate()
    set_hold(client, member, today + dt.timedelta(days=100))
    hold = LegalHold.objects.get()

    assert "Häv raderingsstoppet" in client.get(page(hold, "release")).text
    client.post(page(hold, "release"))

    assert holds.held(today).people == {member.pk}
    assert holds.held(today + dt.timedelta(days=1)).people == set()


def test_what_was_decided_is_not_rewritten(client, handler):
    set_hold(client, MemberFactory(), timezone.localdate())
    hold = LegalHold.objects.get()

    assert client.post(page(hold), {"reason": "Något helt annat skäl"}).status_code == 403
    assert client.post(page(hold, "delete"), {"post": "yes"}).status_code == 403


def test_a_protected_persons_hold_is_for_those_who_handle_them(client, handler):
    today = timezone.localdate()
    hold = LegalHold.objects.create(
        member=MemberFactory(protected=True), reason=REASON, set_on=today, until=today
    )

    assert client.get(LIST).context["cl"].result_list == []
    assert client.get(page(hold)).status_code == 302
    assert client.post(page(hold, "release")).status_code == 302
    assert not ReadLog.objects.exists()


def test_a_hold_on_one_record_tells_itself_whose_it_is(client, handler):
    application = ApplicationFactory(member=MemberFactory(), status="accepted", decided_at=NOW)
    handler.groups.add(Group.objects.get(name=roles.MEMBER_SERVICE))
    until = timezone.localdate() + dt.timedelta(days=30)
    data = {"model": "members.Application", "record": application.pk, "reason": REASON}

    response = client.post(f"{LIST}add/", data | {"until": until.isoformat()}, follow=True)

    hold = LegalHold.objects.get()
    assert (hold.member, hold.record) == (application.member, application.pk)
    assert f"ansökan {application.pk}" in response.text
    renew = client.get(page(hold, "renew"))
    assert f"model=members.Application&record={application.pk}" in renew.headers["Location"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"model": "members.Application"}, "Ange uppgiftens nummer."),
        ({"record": 1}, "Välj vilket slags uppgift det är."),
        ({}, "Ange ett medlemsnummer eller en enstaka uppgift."),
        (
            {"model": "members.Application", "record": 10**9},
            "Det finns ingen sådan uppgift bland dem du får se.",
        ),
    ],
)
def test_a_hold_on_nothing_is_refused_in_words(client, handler, data, told):
    until = timezone.localdate().isoformat()

    response = client.post(f"{LIST}add/", data | {"reason": REASON, "until": until})

    assert told in response.text
    assert not LegalHold.objects.exists()


def test_whoever_does_not_decide_requests_sees_her_own_holds_alone(client):
    setter = StaffFactory()
    setter.user_permissions.set(Permission.objects.filter(codename="view_legalhold"))
    today = timezone.localdate()
    hers, others = (
        LegalHold.objects.create(
            member=MemberFactory(), reason=reason, set_by=by, set_on=today, until=today
        )
        for reason, by in (
            ("Tvist om min medlem", setter),
            ("Tvist om någon annan", StaffFactory()),
        )
    )
    client.force_login(setter)

    assert "Tvist om min medlem" in client.get(page(hers)).text
    assert client.get(page(others)).status_code == 302
