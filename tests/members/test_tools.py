"""The digital tools: what they take, what they keep, and who sees it (P26-P30 test the promise)."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from dsar import access, erasure, sweep
from dsar.models import LegalHold
from members.models import Member, MembershipPeriod, ReadLog, ToolResult
from members.tools import leader_profile, saved, tools
from members.tools.registry import AlreadyRegistered
from tests.factories.members import MemberFactory, StaffFactory, ToolResultFactory, UserFactory

pytestmark = pytest.mark.django_db

ANSWERS = {statement.name: "4" for statement in leader_profile.STATEMENTS}
NOW = timezone.make_aware(dt.datetime(2026, 3, 31, 2))


@pytest.fixture
def member():
    return MemberFactory()


@pytest.fixture
def user(client, member):
    user = UserFactory(member=member)
    client.force_login(user)
    return user


def text(response):
    return " ".join(response.content.decode().split())


# --- the leader profile -----------------------------------------------------------------------


def answers(of_all=3, **of_some):
    return {s.name: of_all for s in leader_profile.STATEMENTS} | of_some


@pytest.mark.parametrize(("answer", "score"), [(1, 25), (3, 50), (5, 75)])
def test_three_statements_for_and_one_against_make_a_dimension(answer, score):
    assert set(leader_profile.score(answers(answer))["scores"].values()) == {score}


def test_a_dimension_reaches_from_0_to_100():
    trust = [s for s in leader_profile.STATEMENTS if s.dimension.key == "trust"]
    most = {s.name: 1 if s.is_reversed else 5 for s in trust}
    fewest = {s.name: 5 if s.is_reversed else 1 for s in trust}

    assert leader_profile.score(answers(**most))["scores"]["trust"] == 100
    assert leader_profile.score(answers(**fewest))["scores"]["trust"] == 0
    assert leader_profile.score(answers(**most))["scores"]["growth"] == 50


def test_the_scoring_is_published_where_the_questions_are(client, user):
    page = text(client.get(reverse("tool", args=["ledarprofil"])))

    assert page.count("omvänt") == len(leader_profile.DIMENSIONS) + 1  # and its explanation
    assert all(str(s.text) in page for s in leader_profile.STATEMENTS)


def test_each_score_stands_in_words_beside_the_chart(client, user):
    page = text(client.post(reverse("tool", args=["ledarprofil"]), ANSWERS | {"trust_1": "5"}))

    assert "<svg" in page
    for dimension, score in [("Riktning", 63), ("Tillit", 69)]:
        assert f'<th scope="row">{dimension}</th>' in page
        assert f">{score}</td>" in page


@pytest.mark.parametrize(
    "wrong", [{"trust_1": "6"}, {"trust_1": "0"}, {"trust_1": "x"}, {"trust_1": ""}]
)
def test_an_answer_out_of_bounds_is_told_and_nothing_is_worked_out(client, user, wrong):
    response = client.post(reverse("tool", args=["ledarprofil"]), ANSWERS | wrong)

    assert response.status_code == 200
    assert "<svg" not in text(response)
    assert 'aria-invalid="true"' in text(response)


# --- keeping ------------------------------------------------------------------------------------


def test_a_saved_result_stays_as_it_was_worked_out(client, user, member):
    kept = ToolResultFactory(member=member, result={"scores": {
        d.key: 17 for d in leader_profile.DIMENSIONS
    }})  # fmt: skip

    assert ">17</td>" in text(client.get(reverse("tool_result", args=[kept.public_id])))


def test_opening_a_result_begins_its_time_again(client, user, member):
    kept = ToolResultFactory(member=member, long_ago=True)

    client.get(reverse("tool_result", args=[kept.public_id]))

    kept.refresh_from_db()
    assert timezone.now() - kept.last_opened_at < dt.timedelta(minutes=1)


@pytest.mark.parametrize(("months", "stays"), [(35, True), (36, False)])
def test_what_nobody_opens_goes_after_36_months(member, months, stays):
    opened = NOW.replace(year=2023, month=4 if months == 35 else 3, day=30 if months == 35 else 31)
    ToolResultFactory(member=member, saved_at=opened)

    sweep.run(dt.date(2026, 3, 31), at=NOW)

    assert ToolResult.objects.exists() is stays


@pytest.mark.parametrize(("left_on", "stays"), [((2026, 3, 2), True), ((2026, 3, 1), False)])
def test_what_is_saved_goes_30_days_after_the_exit(left_on, stays):
    ToolResultFactory(member=MemberFactory(left=dt.date(*left_on)), saved_at=NOW)

    sweep.run(dt.date(2026, 3, 31), at=NOW)

    assert ToolResult.objects.exists() is stays
    assert Member.objects.exists()


def test_an_erasure_takes_results_though_the_membership_goes_on(member):
    ToolResultFactory(member=member)

    with transaction.atomic():
        erasure.erase([member.pk], on=dt.date(2026, 3, 31), at=NOW)

    assert not ToolResult.objects.exists()
    assert Member.objects.get().email


def test_a_member_is_asked_before_a_result_is_deleted(client, user, member):
    kept = ToolResultFactory(member=member)
    address = reverse("delete_tool_result", args=[kept.public_id])

    assert client.get(address).status_code == 200
    assert ToolResult.objects.exists()
    assert client.post(address, follow=True).status_code == 200
    assert not ToolResult.objects.exists()


def test_under_a_legal_hold_nothing_is_deleted_and_the_member_is_told(client, user, member):
    kept = ToolResultFactory(member=member)
    today = timezone.localdate()
    LegalHold.objects.create(member=member, reason="x" * 15, set_on=today, until=today)

    page = text(client.post(reverse("delete_tool_result", args=[kept.public_id]), follow=True))

    assert "raderingsstopp" in page
    assert ToolResult.objects.get() == kept


def test_what_she_typed_can_be_moved_and_what_was_worked_out_cannot(member):
    ToolResultFactory(member=member)

    found = access.collect([member.pk], at=NOW, portable=True)[member.pk]
    (section,) = [s for s in found["sections"] if s["model"] == "members.ToolResult"]

    names = [field["name"] for field in section["records"][0]["fields"]]
    assert names == ["tool", "inputs"]


def test_the_database_itself_holds_no_readable_answer(member):
    kept = ToolResultFactory(member=member)
    with connection.cursor() as cursor:
        cursor.execute("SELECT inputs, result FROM members_toolresult WHERE id = %s", [kept.pk])
        (row,) = cursor.fetchall()

    assert all(value.startswith("gAAAA") for value in row)
    kept.refresh_from_db()
    assert kept.inputs == {s.name: 3 for s in leader_profile.STATEMENTS}


def test_the_database_knows_the_tools(member):
    with pytest.raises(IntegrityError, match="tool_result_is_of_a_known_tool"):
        ToolResultFactory(member=member, tool="horoskop")


def test_two_tools_cannot_share_a_key():
    with pytest.raises(AlreadyRegistered):
        tools.register(leader_profile.TOOL)


# --- pages --------------------------------------------------------------------------------------


def test_pages_that_show_what_is_kept_are_logged_and_the_others_leave_no_trace(
    client, user, member
):
    kept = ToolResultFactory(member=member)
    for name in ("tool_result", "delete_tool_result"):
        client.get(reverse(name, args=[kept.public_id]))
    client.get(reverse("tools"))
    client.post(reverse("tool", args=["ledarprofil"]), ANSWERS)

    seen = [row.view for row in ReadLog.objects.order_by("pk")]
    assert seen == ["tool_result", "delete_tool_result", "tools"]


def test_the_list_takes_as_many_queries_for_many_results_as_for_one(
    client, user, member, django_assert_max_num_queries
):
    for _result in range(5):
        ToolResultFactory(member=member)

    with django_assert_max_num_queries(8):
        assert text(client.get(reverse("tools"))).count("Radera<") == 5


def test_the_tools_are_for_members_and_what_was_saved_is_seen_a_while_longer(client):
    left = timezone.localdate() - dt.timedelta(days=3)
    member = MemberFactory(left=left)
    client.force_login(UserFactory(member=member))
    kept = ToolResultFactory(member=member)

    assert client.get(reverse("tool", args=["ledarprofil"])).status_code == 404
    assert client.get(reverse("tool_result", args=[kept.public_id])).status_code == 200
    assert "Verktygen är för medlemmar" in text(client.get(reverse("tools")))


def test_whoever_leaves_at_the_end_of_the_month_uses_them_until_then(client):
    member = MemberFactory(left=timezone.localdate())
    client.force_login(UserFactory(member=member))

    assert client.get(reverse("tool", args=["ledarprofil"])).status_code == 200


def test_staff_have_no_tools(client):
    client.force_login(StaffFactory(is_superuser=True))

    assert client.get(reverse("tools")).status_code == 404
    assert client.get(reverse("tool", args=["ledarprofil"])).status_code == 404


def test_saving_needs_a_member_whose_membership_runs(client):
    member = MemberFactory(left=dt.date(2026, 1, 1))
    client.force_login(UserFactory(member=member))

    assert client.post(reverse("save_tool", args=["ledarprofil"]), ANSWERS).status_code == 404
    assert not ToolResult.objects.exists()
    assert MembershipPeriod.objects.filter(member=member).exists()


def test_nothing_is_saved_by_opening_an_address(client, user):
    assert client.get(reverse("save_tool", args=["ledarprofil"])).status_code == 405


def test_a_deleted_result_leaves_the_others(member):
    kept, other = ToolResultFactory(member=member), ToolResultFactory()

    saved.forget(kept, at=NOW)

    assert list(ToolResult.objects.all()) == [other]
