"""The access answer: everything of hers, nothing of others', in a constant number of queries."""

import datetime as dt

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar import access
from ledarna_gdpr.privacy import Source
from members import readlog
from members.models import Member
from tests.factories.members import (
    FeeFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))


def document(member, **options):
    return access.collect([member.pk], at=NOW, **options)[member.pk]


def section(found, model):
    return next(s for s in found["sections"] if s["model"] == model)


def values(found, model):
    return {
        field["name"]: field["value"]
        for record in section(found, model)["records"]
        for field in record["fields"]
    }


def test_every_field_that_holds_something_is_printed():
    member = MemberFactory(numbered=True)

    shown = values(document(member), "members.Member")

    assert shown["personnummer"] == member.personnummer
    assert shown["member_number"] == member.member_number
    assert (shown["family_name"], shown["city"]) == ("Åberg", "Stockholm")
    assert "left_on" not in shown


def test_each_value_tells_where_it_came_from():
    member = MemberFactory()
    member.note_source(["phone"], Source.SELF_SERVICE, NOW)
    member.save()

    fields = section(document(member), "members.Member")["records"][0]["fields"]
    by_name = {field["name"]: field for field in fields}

    assert by_name["phone"]["source"] == "du själv, på Mina sidor"
    assert by_name["phone"]["since"] == "2026-11-23T09:00:00+01:00"
    assert by_name["email"]["source"] == "din ansökan"


def test_what_is_withheld_is_named_with_its_reason():
    user = UserFactory()
    user.set_password("hemligt-losenord")
    user.save()

    found = section(document(user.member), "members.User")

    assert "lösenord" in found["withheld"]
    assert user.password not in str(found)


def test_earlier_values_are_there():
    member = MemberFactory(phone="+46701740605")
    member.phone = "+46701740606"
    member.save()

    earlier = section(document(member), "members.Member")["earlier_versions"]

    assert "+46701740605" in str(earlier[0])
    assert "+46701740605" not in str(section(document(member), "members.Member")["records"])


def test_the_admin_log_about_her_is_there_without_the_employees_name():
    member, staff = MemberFactory(), StaffFactory(name="Hanna Handläggare")
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(Member),
        object_id=str(member.pk),
        object_repr="medlem 1",
        action_flag=CHANGE,
    )

    found = section(document(member), "members.Member")

    assert len(found["log"]) == 1
    assert "Hanna" not in str(found)


def test_a_log_entry_is_told_of_its_own_record_alone():
    member = MemberFactory()
    fee = FeeFactory(pk=member.pk)
    LogEntry.objects.create(
        user=StaffFactory(),
        content_type=ContentType.objects.get_for_model(fee),
        object_id=str(fee.pk),
        object_repr="avgift",
        action_flag=CHANGE,
    )

    assert not logs(document(member))
    assert len(logs(document(fee.member))) == 1


def logs(answer):
    return [section["log"] for section in answer["sections"] if "log" in section]


def test_whoever_is_named_twice_has_one_answer_and_others_have_none():
    member, neighbour = MemberFactory(), MemberFactory()

    answers = access.collect([member.pk, member.pk], at=NOW)

    assert list(answers) == [member.pk]
    assert answers[member.pk] == document(member)
    assert neighbour.pk not in answers


def test_who_looked_is_told_as_time_and_purpose():
    member, staff = MemberFactory(), StaffFactory()
    readlog.record(staff, [member], view="member", purpose="Fråga om avgift")

    shown = values(document(member), "members.ReadLog")

    assert shown["purpose"] == "Fråga om avgift"
    assert "actor_id" not in shown


def test_nothing_of_a_neighbours_is_in_it():
    member, neighbour = MemberFactory(), MemberFactory(family_name="Granne", city="Grannby")
    PaymentFactory(member=neighbour, reference="GRANNREF")

    together = access.collect([member.pk, neighbour.pk], at=NOW)

    assert "Grann" not in str(together[member.pk])
    assert "GRANNREF" in str(together[neighbour.pk])


def test_the_portable_answer_is_what_she_gave_under_the_agreement():
    member = MemberFactory(numbered=True)
    PaymentFactory(member=member)
    readlog.record(StaffFactory(), [member], view="member", purpose="Fråga")

    found = document(member, portable=True)

    assert {s["model"] for s in found["sections"]} == {
        "members.Member",
        "members.MembershipPeriod",
    } & {s["model"] for s in found["sections"]}
    assert "member_number" not in values(found, "members.Member")
    assert values(found, "members.Member")["employer"] == "Verkstaden AB"
    assert not any({"earlier_versions", "log", "withheld"} & set(s) for s in found["sections"])


def test_the_person_is_described_in_terms_of_schema_org():
    subject = document(MemberFactory())["subject"]

    assert (subject["givenName"], subject["familyName"]) == ("Anna", "Åberg")
    assert subject["worksFor"] == "Verkstaden AB"


def test_each_purpose_is_explained_as_article_15_demands():
    for purpose in document(MemberFactory())["processing"]:
        assert purpose["description"]
        assert purpose["legal_basis"]
        assert purpose["special_category_condition"]
        assert purpose["categories"]
        assert purpose["sources"]
        assert purpose["rights"]
        assert purpose["automated_decisions"] is False
        for rule in purpose["retention"]:
            assert rule["period"]
            assert rule["reason"]


def test_the_number_of_queries_is_constant():
    def queries(people, rows):
        members = [MemberFactory() for _ in range(people)]
        for member in members:
            UserFactory(member=member)
            for n in range(rows):
                FeeFactory(member=member, covers_from=dt.date(2024, 1, 1) + dt.timedelta(n))
                PaymentFactory(member=member)
        keys = [member.pk for member in members]
        with CaptureQueriesContext(connection) as captured:
            access.collect(keys, at=NOW)
        return len(captured)

    queries(1, 1)  # fills the caches of content types

    assert queries(1, 1) == queries(1, 10) == queries(5, 3)
