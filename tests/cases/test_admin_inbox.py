"""The inbox, its search, the work desk's panels and the units: each shows what is one's own."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.kinds import Kind
from cases.models import TeamMembership
from dsar import roles
from members.models import ReadLog
from tests.factories.cases import (
    CaseFactory,
    EmergencyAccessFactory,
    GrantFactory,
    OccurrenceFactory,
    TeamFactory,
    TeamMembershipFactory,
)
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))
TODAY = NOW.date()
LIST = "/admin/cases/case/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team():
    return TeamFactory(name="Rådgivningen")


@pytest.fixture
def handler(client, team):
    user = StaffFactory(roles=[roles.NEGOTIATOR], name="Fia Ström")
    TeamMembershipFactory(team=team, user=user)
    client.force_login(user)
    return user


def days(n):
    return TODAY + dt.timedelta(days=n)


def listed(client, **asked):
    return client.get(LIST, asked).context["cl"].result_list


def found(client, words):
    return client.post(f"{LIST}search/", {"q": words}, follow=True).context["cl"].result_list


def test_the_inbox_holds_what_is_running_by_the_day_it_is_due(client, handler, team):
    later, sooner, undated = (CaseFactory(team=team, due_on=on) for on in (days(9), days(2), None))
    closed = CaseFactory(team=team, closed=days(-1))
    CaseFactory()

    assert listed(client) == [sooner, later, undated]
    assert listed(client, state="closed") == [closed]
    assert listed(client, state="any") == [closed, undated, sooner, later]
    assert set(ReadLog.objects.values_list("subject_id", flat=True)) == {
        case.member_id for case in (later, sooner, undated, closed)
    }


def test_an_empty_inbox_says_so(client, handler):
    assert "Inget ärende bland dem du får se passar in." in client.get(LIST).text


def test_each_filter_finds_its_own(client, handler, team):
    mine = CaseFactory(handler=handler, due_on=days(-1))
    units = CaseFactory(team=team, due_on=days(7), handler=StaffFactory())
    nobodys = CaseFactory(team=team, due_on=days(8))
    granted = GrantFactory(user=handler, case__handler=StaffFactory()).case
    near, far = (
        OccurrenceFactory(case__handler=handler, kind="dismissal", on=days(ago)).case
        for ago in (-14, -200)
    )

    assert set(listed(client)) == {mine, units, nobodys, granted, near, far}
    assert set(listed(client, whose="mine")) == {mine, near, far}
    assert set(listed(client, whose="unit")) == {units, nobodys}
    assert listed(client, whose="nobody") == [nobodys]
    assert listed(client, time="overdue") == [mine]
    assert listed(client, time="soon") == [mine, units]
    assert listed(client, time="limitation") == [near]
    assert set(listed(client, kind="advice")) == {mine, units, nobodys, granted, near, far}
    assert listed(client, kind="negotiation") == []
    assert "coachning" not in client.get(LIST).text


def test_what_is_to_be_reviewed_is_found(client, team):
    user = StaffFactory(roles=[roles.SOCIAL_INSURANCE])
    TeamMembershipFactory(team=team, user=user)
    client.force_login(user)
    due, early = (
        CaseFactory(team=team, kind=Kind.WORK_INJURY, closed=dt.date(2017, 5, day))
        for day in (23, 24)
    )
    CaseFactory(team=team, kind=Kind.SICK_PAY, closed=dt.date(2017, 5, 1), reviewed=True)

    assert listed(client, time="review", state="any") == [due]
    panel = client.get("/admin/").text
    assert f"{LIST}{due.pk}/change/" in panel
    assert f"{LIST}{early.pk}/change/" not in panel


def test_search_finds_by_number_member_and_personnummer_what_one_may_see(client, handler, team):
    member = MemberFactory(numbered=True, family_name="Sökt")
    mine = CaseFactory(member=member, team=team, closed=days(-1), pk=4711)
    CaseFactory(member=member, pk=4712)
    CaseFactory(team=team)

    written = f"{member.personnummer[:8]}-{member.personnummer[8:]}"
    for words in ("4711", str(member.member_number), written, "Sökt"):
        assert found(client, words) == [mine], words
    for words in ("4712", "471", "Finnsinte", "9" * 30, "'\"%"):
        assert found(client, words) == [], words


def test_the_words_searched_for_stay_out_of_the_address(client, handler, team):
    response = client.post(f"{LIST}search/", {"q": "19121212"})

    assert "19121212" not in response.headers["Location"]


@pytest.mark.parametrize("asked", [{}, {"time": "limitation"}, {"whose": "unit"}])
def test_the_inbox_takes_as_many_queries_for_many_as_for_one(client, handler, team, asked):
    def fill():
        fact = {"kind": "dismissal", "on": days(-10)}
        OccurrenceFactory(case__team=team, case__handler=StaffFactory(), **fact)

    fill()
    listed(client, **asked)
    with CaptureQueriesContext(connection) as for_one:
        listed(client, **asked)
    for _ in range(5):
        fill()
    with CaptureQueriesContext(connection) as for_many:
        assert len(listed(client, **asked)) == 6

    assert len(for_many) == len(for_one)


# --- the work desk ----------------------------------------------------------------------------


def test_the_desk_shows_ones_own_cases_and_the_last_days(client, handler, team):
    mine = CaseFactory(handler=handler, due_on=days(-2), status="open")
    OccurrenceFactory(case=mine, kind="dismissal", on=days(-12))
    CaseFactory(team=team)
    hidden = OccurrenceFactory(case__due_on=days(1), kind="dismissal", on=days(-12)).case

    text = client.get("/admin/").text

    assert "Du har 1 ärende." in text
    assert "1 är försenad" in text
    assert "1 ärende i din enhet väntar på att någon tar det." in text
    assert f"{LIST}{mine.pk}/change/" in text
    assert days(2).isoformat() in text
    assert f"{LIST}{hidden.pk}/change/" not in text
    assert mine.subject not in text


def test_the_desk_takes_as_many_queries_for_many_cases_as_for_one(client, team):
    user = StaffFactory(is_superuser=True)
    TeamMembershipFactory(team=team, user=user, is_lead=True)
    client.force_login(user)

    def fill():
        case = CaseFactory(handler=user, due_on=days(1))
        OccurrenceFactory(case=case, kind="dismissal", on=days(-12))
        CaseFactory(handler=user, kind=Kind.SICK_PAY, closed=dt.date(2017, 1, 1))
        EmergencyAccessFactory(case__team=team)

    fill()
    client.get("/admin/")
    with CaptureQueriesContext(connection) as for_one:
        client.get("/admin/")
    for _ in range(4):
        fill()
    with CaptureQueriesContext(connection) as for_many:
        client.get("/admin/")

    assert len(for_many) == len(for_one)


def test_who_has_nothing_to_do_with_cases_has_no_panels_of_them(client):
    client.force_login(StaffFactory(roles=[roles.FINANCE]))

    text = client.get("/admin/").text

    for panel in ("my-cases", "last-days", "emergencies", "reviews"):
        assert f"panel-{panel}" not in text


# --- units ------------------------------------------------------------------------------------


@pytest.fixture
def lead(client, team):
    user = StaffFactory(roles=[roles.NEGOTIATOR, roles.TEAM_LEAD], name="Eva Rång")
    TeamMembershipFactory(team=team, user=user, is_lead=True)
    client.force_login(user)
    return user


def unit(team, name="change"):
    return f"/admin/cases/team/{team.pk}/{name}/"


def test_a_lead_takes_people_into_her_unit_whose_kinds_they_are(client, lead, team):
    team.kinds = ["advice"]
    team.save()
    new = StaffFactory(roles=[roles.NEGOTIATOR], name="Vera Vald")
    coach = StaffFactory(roles=[roles.COACH], name="Cai Coach")
    text = client.get(unit(team)).text
    assert "Vera Vald" in text
    assert "Cai Coach" not in text
    place = team.memberships.get()

    def take_in(user):
        rows = {
            "memberships-TOTAL_FORMS": 2,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": place.pk,
            "memberships-0-team": team.pk,
            "memberships-0-user": lead.pk,
            "memberships-0-is_lead": "on",
            "memberships-1-team": team.pk,
            "memberships-1-user": user.pk,
        }
        return client.post(unit(team), rows)

    take_in(coach)
    assert team.memberships.count() == 1
    take_in(new)
    assert set(team.memberships.values_list("user", flat=True)) == {lead.pk, new.pk}


def test_who_leaves_a_unit_no_longer_sees_its_cases(client, lead, team):
    other = StaffFactory(roles=[roles.NEGOTIATOR])
    place = TeamMembershipFactory(team=team, user=other)

    assert (
        "Medarbetaren har lämnat enheten."
        in client.post(unit(team, "leave"), {"place": place.pk}, follow=True).text
    )
    assert not TeamMembership.objects.filter(user=other).exists()


def test_of_another_unit_a_lead_decides_nothing(client, lead):
    theirs = TeamFactory()
    place = TeamMembershipFactory(team=theirs, user=StaffFactory(name="Vera Vald"))

    assert "Vera Vald" in client.get(unit(theirs)).text
    assert "<select" not in client.get(unit(theirs)).text
    refused = client.post(unit(theirs, "leave"), {"place": place.pk})
    assert "Bara enhetens chef" in refused.text
    assert theirs.memberships.get() == place


def test_units_are_made_by_an_administrator(client, lead):
    assert client.get("/admin/cases/team/add/").status_code == 403
    client.force_login(StaffFactory(is_superuser=True))
    made = {"name": "Ny enhet", "kinds": ["advice", "service"], "is_active": "on"}
    rows = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    client.post("/admin/cases/team/add/", made | rows)

    listing = client.get("/admin/cases/team/").text
    assert "Ny enhet" in listing
    assert "rådgivning om anställningen, medlemsservice" in listing
