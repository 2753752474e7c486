import datetime as dt

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from dsar import sweep
from dsar.models import LegalHold, SubjectRequest, SweepRun
from members.demo import logins, register
from members.models import (
    Application,
    Bounce,
    Consent,
    Fee,
    FollowUp,
    Mailing,
    Member,
    Objection,
    Payment,
    ReadLog,
    Suppression,
    ToolKey,
    ToolResult,
    User,
    Withdrawal,
)
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(capsys):
    call_command("demo")
    return capsys.readouterr().out


def test_the_demo_holds_members_at_every_stage(demo):
    today = timezone.localdate()
    assert Member.objects.current().count() > 200
    assert Member.objects.left().filter(reduced_at=None).count() > 20
    assert Member.objects.exclude(reduced_at=None).count() > 10
    assert set(Member.objects.values_list("protection", flat=True)) == set(Member.PROTECTION.values)
    assert Fee.objects.outstanding().exists()
    assert Payment.objects.filter(fiscal_year_ends_on__year=today.year - 3).exists()
    assert set(Application.objects.values_list("status", flat=True)) == set(
        Application.Status.values
    )
    assert LegalHold.objects.filter(until__gte=today).exists()
    assert SweepRun.objects.exclude(finished_at=None).count() == 7
    assert ReadLog.objects.exists()


def test_the_demo_holds_saved_results_and_contacts_after_exit(demo):
    assert {kept.tool for kept in ToolResult.objects.all()} == set(ToolKey.values)
    assert set(FollowUp.objects.values_list("purpose", flat=True)) == set(FollowUp.Purpose.values)
    assert set(FollowUp.objects.values_list("sent", flat=True)) == {0, 1, 2}


def test_the_demo_holds_noes_consents_and_mailings_in_every_state(demo):
    assert Objection.objects.standing().count() > 20
    assert Consent.objects.standing().count() > 20
    assert Withdrawal.objects.exists()
    assert Bounce.objects.exists()
    assert Suppression.objects.exists()
    assert set(Mailing.objects.values_list("status", flat=True)) == {"draft", "waiting", "done"}


def due(on):
    counts = {found.anchor.rule.code: found.records.count() for found in sweep.due(on)}
    return {code: count for code, count in counts.items() if count}


def test_the_demo_has_something_for_tonights_sweep(demo):
    tonight = register.next_sweep(timezone.now())
    assert due(tonight) == {"R1": 3, "R2": 2, "R3": 1, "R10": 1, "R11": 1}
    assert due(tonight - dt.timedelta(days=1)) == {}
    assert SweepRun.objects.first().on == tonight - dt.timedelta(days=1)


def test_the_demo_holds_requests_at_every_stage(demo):
    today = timezone.localdate()
    requests = list(SubjectRequest.objects.all())
    still_open = [request for request in requests if request.is_open]
    assert {request.kind for request in requests} == set(SubjectRequest.Kind.values)
    assert {request.status for request in requests} >= {"received", "answered", "refused"}
    assert any(request.last_day < today for request in still_open)
    assert any(0 <= request.days_left(today) < 7 for request in still_open)
    assert any(request.extended_at for request in still_open)
    assert any(request.identification == "" for request in still_open)


def test_every_printed_login_works(demo, rf):
    for email in [login.email for login in logins.STAFF] + [logins.MEMBER, logins.FORMER_MEMBER]:
        assert email in demo
        assert authenticate(rf.post("/"), email=email, password=logins.PASSWORD)
    assert logins.PASSWORD in demo


def test_each_role_has_a_login(demo):
    for login in logins.STAFF:
        groups = User.objects.get(email=login.email).groups.values_list("name", flat=True)
        assert sorted(groups) == sorted(login.roles)


def test_the_demo_is_refused_where_there_are_members():
    MemberFactory()

    with pytest.raises(CommandError, match="Det finns redan medlemmar"):
        call_command("demo")
    assert Member.objects.count() == 1


def test_once_says_nothing_the_second_time(demo, capsys):
    before = Member.objects.count()

    call_command("demo", once=True)

    assert capsys.readouterr().out == ""
    assert Member.objects.count() == before


def test_the_demo_is_refused_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="produktion"):
        call_command("demo")
    assert not Member.objects.exists()


@pytest.mark.parametrize("day", [dt.date(2028, 2, 29), dt.date(2026, 12, 31)])
def test_the_demo_loads_on_awkward_days(time_machine, day):
    time_machine.move_to(dt.datetime.combine(day, dt.time(23, 30)))

    call_command("demo")

    assert Member.objects.exists()
