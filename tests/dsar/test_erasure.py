"""Erasure over the declarations: each record has one outcome, and it is what was planned."""

import datetime as dt

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsar import erasure, ledger
from dsar import outcomes as decided
from dsar.models import JournalEntry, LegalHold, PlanLine, Receipt, SubjectRequest
from ledarna_gdpr.privacy import Ground, Outcome, registry
from members.models import (
    Application,
    Fee,
    Member,
    MembershipPeriod,
    OutgoingMail,
    Payment,
    ReadLog,
    User,
)
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    ApplicationFactory,
    FeeFactory,
    MemberFactory,
    OutgoingMailFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)
NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
LONG_AGO = dt.date(2014, 6, 30)


def an_erasure(member, **fields):
    return SubjectRequestFactory(kind="erasure", member=member, status="approved", **fields)


def planned(request):
    return {(line.model, line.outcome): line.count for line in erasure.plan(request, on=TODAY)}


def test_a_former_member_who_owes_nothing_to_the_books_is_gone():
    member = MemberFactory(left=LONG_AGO, numbered=True)
    UserFactory(member=member)
    OutgoingMailFactory(member=member)
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2014, 12, 31))
    neighbour = MemberFactory()
    request = an_erasure(member)

    assert erasure.execute(request.pk, at=NOW)

    assert list(Member.objects.all()) == [neighbour]
    assert Member.history.filter(id=member.pk).count() == 0
    assert MembershipPeriod.objects.exclude(member=neighbour).count() == 0
    assert Payment.objects.count() == Payment.history.count() == 0
    assert User.objects.count() == 0


def test_the_file_of_the_request_stays_without_its_person():
    request = an_erasure(
        MemberFactory(left=LONG_AGO), name="Anna Åberg", message="Glöm mig", contact="070"
    )

    erasure.execute(request.pk, at=NOW)

    request.refresh_from_db()
    assert (request.member, request.name, request.message, request.contact) == (None, "", "", "")
    assert (request.status, request.closed_at) == ("answered", NOW)


def test_accounts_stay_restricted_until_the_law_lets_them_go():
    member = MemberFactory(left=dt.date(2025, 5, 31), numbered=True)
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))
    request = an_erasure(member)
    erasure.plan(request, on=TODAY)

    erasure.execute(request.pk, at=NOW)

    line = request.plan.get(model="members.Payment")
    assert (line.outcome, line.ground) == (Outcome.RESTRICTED, Ground.LEGAL_OBLIGATION)
    assert line.until == dt.date(2033, 1, 1)
    member.refresh_from_db()
    assert member.restricted_at == member.reduced_at == NOW
    assert (member.family_name, member.email, member.phone, member.personnummer) == (
        "Åberg",
        "",
        "",
        "",
    )
    assert Member.history.filter(id=member.pk).count() == 0
    assert Member.objects.for_user(StaffFactory(is_superuser=True)).count() == 0


def test_an_accounting_record_whose_time_has_come_goes_at_once():
    member = MemberFactory(left=dt.date(2020, 5, 31))
    due = FeeFactory(member=member, fiscal_year_ends_on=dt.date(2018, 12, 31))
    kept = FeeFactory(
        member=member,
        fiscal_year_ends_on=dt.date(2019, 12, 31),
        covers_from=dt.date(2019, 1, 1),
    )
    request = an_erasure(member)

    assert planned(request)[("members.Fee", Outcome.ERASED)] == 1
    erasure.execute(request.pk, at=NOW)

    assert list(Fee.objects.all()) == [kept]
    assert not Fee.history.filter(id=due.pk).exists()


def test_while_the_agreement_runs_only_what_is_optional_goes():
    member = MemberFactory()
    UserFactory(member=member)
    request = an_erasure(member)

    assert planned(request)[("members.Member", Outcome.KEPT)] == 1
    erasure.execute(request.pk, at=NOW)

    member.refresh_from_db()
    assert (member.phone, member.employer, member.job_title) == ("", "", "")
    assert (member.email != "", member.restricted_at) == (True, None)
    assert User.objects.filter(member=member).exists()
    assert request.plan.get(model="members.Member").ground == Ground.NEEDED


def test_every_planned_line_is_what_happens():
    member = MemberFactory(left=dt.date(2024, 1, 31))
    UserFactory(member=member)
    FeeFactory(member=member, fiscal_year_ends_on=dt.date(2016, 12, 31))
    PaymentFactory(member=member)
    ApplicationFactory(member=member, status="accepted", decided_at=NOW)
    ReadLog.objects.create(at=NOW, subject_id=member.pk, view="my_pages", purpose="-")
    request = an_erasure(member)
    lines = planned(request)

    erasure.execute(request.pk, at=NOW)

    carried_out = {
        (receipt.model, receipt.outcome): receipt.count for receipt in request.receipts.all()
    }
    stays = {("members.Payment", Outcome.RESTRICTED), ("members.ReadLog", Outcome.RESTRICTED)}
    assert carried_out == {key: lines[key] for key in lines.keys() - stays}


def test_every_record_has_exactly_one_outcome():
    member = MemberFactory(left=dt.date(2024, 1, 31))
    for year in range(2012, 2026):
        FeeFactory(
            member=member,
            covers_from=dt.date(year, 1, 1),
            covers_to=dt.date(year, 1, 31),
            due_on=dt.date(year, 1, 31),
            settled_on=None if year % 3 == 0 else dt.date(year, 1, 30),
            fiscal_year_ends_on=dt.date(year, 12, 31),
        )
        PaymentFactory(member=member, fiscal_year_ends_on=dt.date(year, 12, 31))
    seen = {}
    for decision in decided.of_people([member.pk], on=TODAY):
        for key in decision.records.values_list("pk", flat=True):
            seen.setdefault((decision.declaration.label, key), []).append(decision.outcome)

    assert {key: found for key, found in seen.items() if len(found) != 1} == {}
    for declaration in registry.children_first():
        for key in declaration.records_of([member.pk]).values_list("pk", flat=True):
            assert (declaration.label, key) in seen


def test_a_second_run_does_nothing():
    request = an_erasure(MemberFactory(left=LONG_AGO))
    erasure.execute(request.pk, at=NOW)
    receipts = Receipt.objects.count()

    assert erasure.execute(request.pk, at=NOW) is False
    assert Receipt.objects.count() == receipts
    assert OutgoingMail.objects.count() == 1
    assert list(request.journal.values_list("step", flat=True)) == [
        "ledger",
        "records",
        "files",
        "notice",
    ]


@pytest.mark.parametrize("status", ["received", "answered", "refused"])
def test_only_what_is_approved_is_carried_out(status):
    member = MemberFactory(left=LONG_AGO)
    closed_at = None if status == "received" else NOW
    request = SubjectRequestFactory(
        kind="erasure", member=member, status=status, closed_at=closed_at
    )

    assert erasure.execute(request.pk, at=NOW) is False
    assert Member.objects.filter(pk=member.pk).exists()
    assert ledger.last_number() == 0


def test_a_hold_makes_the_erasure_wait_and_its_end_lets_it_go():
    member = MemberFactory(left=LONG_AGO)
    hold = LegalHold.objects.create(
        member=member, reason="Tvist om uppsägning pågår", set_on=TODAY, until=TODAY
    )
    request = an_erasure(member)

    assert erasure.execute(request.pk, at=NOW) is False
    assert Member.objects.filter(pk=member.pk).exists()
    assert JournalEntry.objects.count() == 0

    assert hold.until == TODAY
    assert erasure.execute(request.pk, at=NOW + dt.timedelta(days=1)) is True
    assert not Member.objects.filter(pk=member.pk).exists()


def test_admin_log_entries_about_a_record_go_with_it():
    member, neighbour = MemberFactory(left=LONG_AGO), MemberFactory()
    staff = StaffFactory()
    for who in (member, neighbour):
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(Member),
            object_id=str(who.pk),
            object_repr="Anna Hemlig",
            action_flag=CHANGE,
        )

    erasure.execute(an_erasure(member).pk, at=NOW)

    assert list(LogEntry.objects.values_list("object_id", flat=True)) == [str(neighbour.pk)]


def test_other_open_requests_of_an_erased_person_are_closed():
    member = MemberFactory(left=LONG_AGO)
    other = SubjectRequestFactory(member=member, kind="access")

    erasure.execute(an_erasure(member).pk, at=NOW)

    other.refresh_from_db()
    assert (other.status, other.member, other.closed_at) == ("refused", None, NOW)


def test_the_number_of_queries_does_not_grow_with_the_rows():
    def queries(rows):
        member = MemberFactory(left=LONG_AGO)
        for n in range(rows):
            PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2014, 12, 31))
            FeeFactory(
                member=member,
                fiscal_year_ends_on=dt.date(2014, 12, 31),
                covers_from=dt.date(2014, 1, 1) + dt.timedelta(days=n),
            )
        with CaptureQueriesContext(connection) as captured:
            erasure.execute(an_erasure(member).pk, at=NOW)
        return len(captured)

    queries(1)  # fills the caches of content types

    assert queries(1) == queries(10)


def test_a_plan_is_replaced_when_it_is_made_again():
    request = SubjectRequestFactory(kind="erasure", member=MemberFactory(left=LONG_AGO))
    erasure.plan(request, on=TODAY)
    first = set(PlanLine.objects.values_list("model", "outcome", "count"))

    erasure.plan(request, on=TODAY)

    assert first == {("members.Member", "erased", 1), ("members.MembershipPeriod", "erased", 1)} | {
        ("dsar.SubjectRequest", "anonymised", 1)
    }
    assert PlanLine.objects.filter(model="members.Member").count() == 1


def test_a_step_is_journalled_once():
    request = an_erasure(MemberFactory(left=LONG_AGO))
    JournalEntry.objects.create(request=request, step="ledger")

    with pytest.raises(IntegrityError), transaction.atomic():
        JournalEntry.objects.create(request=request, step="ledger")


def test_a_plan_line_that_keeps_something_tells_why():
    request = an_erasure(MemberFactory())

    with pytest.raises(IntegrityError, match="plan_line_tells_why"), transaction.atomic():
        PlanLine.objects.create(request=request, model="x", outcome="kept", count=1)


def test_an_application_that_led_nowhere_is_not_touched_by_a_members_erasure():
    stranger = ApplicationFactory()

    erasure.execute(an_erasure(MemberFactory(left=LONG_AGO)).pk, at=NOW)

    assert list(Application.objects.all()) == [stranger]
    assert SubjectRequest.objects.count() == 1
