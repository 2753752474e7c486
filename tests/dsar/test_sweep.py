"""The sweep: everything on its day, nothing a day before, and safe to kill."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.kinds import KINDS
from courses.models import (
    Attendance,
    CodedReply,
    Registration,
    Reply,
    SpecialNeed,
    SurveyConsent,
    VotingRoll,
)
from dsar import ledger, periods, sweep
from dsar.models import AccessPackage, LegalHold, PeriodChange, Receipt, SubjectRequest, SweepRun
from ledarna_gdpr.privacy import Period, registry
from members.models import (
    Application,
    Bounce,
    Consent,
    Fee,
    FollowUp,
    LoginRecord,
    Mailing,
    Member,
    MembershipPeriod,
    OutgoingMail,
    Payment,
    ReadLog,
    Session,
    ToolResult,
    User,
)
from tests.cases.test_retention import GOES_ON
from tests.factories.choices import (
    BounceFactory,
    ConsentFactory,
    MailingFactory,
    WithdrawalFactory,
)
from tests.factories.courses import (
    AttendanceFactory,
    CodedReplyFactory,
    OccasionFactory,
    RegistrationFactory,
    ReplyFactory,
    SpecialNeedFactory,
    SurveyConsentFactory,
    VotingRollFactory,
)
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    ApplicationFactory,
    FeeFactory,
    FollowUpFactory,
    MemberFactory,
    OutgoingMailFactory,
    PaymentFactory,
    StaffFactory,
    ToolResultFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)
NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 2))


def at(day, hour=12):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def swept(on=TODAY):
    return sweep.run(on, at=at(on, 2))


def held_on(day):
    return OccasionFactory(starts_at=at(day, 9), ends_at=at(day, 16))


def decided(day):
    return {"status": "declined", "decided_at": at(day), "last_activity_at": at(day)}


#: One row for each rule: how to make a record whose anchor is a day, and that day's last
#: day of life and first day of death.
CASES = {
    "R2": (lambda day: MemberFactory(left=day), Member, dt.date(2016, 11, 23)),
    "R3": (lambda day: ApplicationFactory(**decided(day)), Application, dt.date(2026, 8, 23)),
    "R4 fee": (
        lambda day: FeeFactory(fiscal_year_ends_on=day, settled_on=day),
        Fee,
        dt.date(2018, 12, 31),
    ),
    "R4": (lambda day: PaymentFactory(fiscal_year_ends_on=day), Payment, dt.date(2018, 12, 31)),
    "R5": (
        lambda day: FeeFactory(due_on=day, settled_on=None, fiscal_year_ends_on=day),
        Fee,
        dt.date(2016, 11, 23),
    ),
    "R12": (
        lambda day: RegistrationFactory(member=MemberFactory(left=day)),
        Registration,
        dt.date(2025, 11, 23),
    ),
    "R13": (
        lambda day: RegistrationFactory(status="cancelled", occasion=held_on(day)),
        Registration,
        dt.date(2025, 11, 23),
    ),
    "R14": (
        lambda day: SpecialNeedFactory(registration__occasion=held_on(day)),
        SpecialNeed,
        dt.date(2026, 11, 16),
    ),
    "R16": (
        lambda day: AttendanceFactory(occasion=held_on(day)),
        Attendance,
        dt.date(2026, 8, 25),
    ),
    "R18": (
        lambda day: VotingRollFactory(locked=True, minutes_approved_on=day),
        VotingRoll,
        dt.date(2025, 11, 23),
    ),
    "R20": (
        lambda day: ToolResultFactory(saved_at=at(day)),
        ToolResult,
        dt.date(2023, 11, 23),
    ),
    "R20U": (
        lambda day: ToolResultFactory(member=MemberFactory(left=day)),
        ToolResult,
        dt.date(2026, 10, 24),
    ),
    "R22": (
        lambda day: WithdrawalFactory(withdrawn_at=at(day), consent__given_at=at(day)).consent,
        Consent,
        dt.date(2021, 11, 23),
    ),
    "R22 standing": (
        lambda day: ConsentFactory(member=MemberFactory(left=day)),
        Consent,
        dt.date(2021, 11, 23),
    ),
    "R24": (
        lambda day: FollowUpFactory(period__started_on=day, period__ended_on=day),
        FollowUp,
        dt.date(2026, 8, 23),
    ),
    "R25": (
        lambda day: FollowUpFactory(
            period__started_on=day, period__ended_on=day, purpose="win_back"
        ),
        FollowUp,
        dt.date(2025, 11, 23),
    ),
    "R27": (
        lambda day: SubjectRequestFactory(status="refused", closed_at=at(day)),
        SubjectRequest,
        dt.date(2021, 11, 23),
    ),
    "R30": (
        lambda day: ReadLog.objects.create(at=at(day), subject_id=1, view="v", purpose="p"),
        ReadLog,
        dt.date(2024, 11, 23),
    ),
    "R30S": (
        lambda day: ReadLog.objects.create(
            at=at(day), subject_id=1, view="v", purpose="p", is_protected=True
        ),
        ReadLog,
        dt.date(2021, 11, 23),
    ),
    "R31": (
        lambda day: LoginRecord.objects.create(at=at(day), method="code", succeeded=True),
        LoginRecord,
        dt.date(2025, 11, 23),
    ),
    "R31F": (
        lambda day: LoginRecord.objects.create(at=at(day), method="code", succeeded=False),
        LoginRecord,
        dt.date(2026, 5, 23),
    ),
    "R32": (
        lambda day: Receipt.objects.create(
            at=at(day), model="members.Member", outcome="erased", count=1
        ),
        Receipt,
        dt.date(2021, 11, 23),
    ),
    "A5B": (
        lambda day: BounceFactory(at=at(day)),
        Bounce,
        dt.date(2024, 11, 23),
    ),
    "A5U": (
        lambda day: MailingFactory(created_at=at(day)),
        Mailing,
        dt.date(2025, 11, 23),
    ),
    "A5M": (
        lambda day: OutgoingMailFactory(created_at=at(day)),
        OutgoingMail,
        dt.date(2026, 11, 16),
    ),
    "R15": (
        lambda day: ReplyFactory(invitation__survey__closes_on=day),
        Reply,
        dt.date(2026, 8, 23),
    ),
    "R21": (
        lambda day: CodedReplyFactory(
            pseudonym__invitation__survey__opinion=True,
            pseudonym__invitation__survey__closes_on=day,
        ),
        CodedReply,
        dt.date(2025, 11, 23),
    ),
    "R22 survey": (
        lambda day: SurveyConsentFactory(given_on=day, withdrawn_on=day),
        SurveyConsent,
        dt.date(2021, 11, 23),
    ),
    "R22 survey in force": (
        lambda day: SurveyConsentFactory(
            given_on=day,
            survey__opened_on=day,
            survey__closed_on=day,
            survey__answered=1,
            survey__invited=1,
        ),
        SurveyConsent,
        dt.date(2021, 11, 23),
    ),
    "session": (
        lambda day: Session.objects.create(
            session_key=str(day), session_data="", expire_date=at(day)
        ),
        Session,
        dt.date(2026, 11, 22),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_takes_its_records_on_the_day_and_not_before(name):
    make, model, anchor = CASES[name]
    with time_machine.travel(at(TODAY), tick=False):
        due = make(anchor)
        not_yet = make(anchor + dt.timedelta(days=1))

    swept()

    assert not model.objects.filter(pk=due.pk).exists()
    assert model.objects.filter(pk=not_yet.pk).exists()


def test_every_declared_rule_is_tried_on_both_sides_of_its_day():
    tried = {name.split()[0] for name in CASES}
    own_tests = {"R1", "R17", "R28", "R31A", "A17", "A5", "A5H", "A5I", "A5P"}
    of_cases = {"R8N"} | {KINDS[kind].rule.code for kind in GOES_ON}

    assert {rule.code for rule in registry.rules} - tried - own_tests - of_cases == set()


@pytest.mark.parametrize(("days", "is_reduced"), [(0, True), (1, False)])
def test_a_former_member_becomes_a_stub_after_twelve_months(days, is_reduced):
    left = dt.date(2025, 11, 23) + dt.timedelta(days=days)
    member = MemberFactory(left=left, numbered=True)
    user = UserFactory(member=member)
    Session.objects.create(session_key="k", session_data="", expire_date=at(TODAY), user=user)
    OutgoingMailFactory(member=member, created_at=NOW)

    swept(on=TODAY)

    member.refresh_from_db()
    assert (member.reduced_at is not None) is is_reduced
    assert (member.email == "") is is_reduced
    assert User.objects.exists() is not is_reduced
    assert Session.objects.exists() is not is_reduced
    assert OutgoingMail.objects.exists() is not is_reduced
    assert member.family_name == "Åberg"
    assert member.personnummer_hash is not None
    assert MembershipPeriod.objects.count() == 1
    assert Member.history.filter(id=member.pk).exists() is not is_reduced


def test_someone_who_owes_a_fee_is_not_reduced():
    member = MemberFactory(left=dt.date(2025, 1, 1))
    FeeFactory(member=member, settled_on=None, due_on=dt.date(2025, 1, 31))

    swept()

    member.refresh_from_db()
    assert member.reduced_at is None


def test_a_reduced_member_is_reduced_once():
    MemberFactory(left=dt.date(2025, 1, 1))
    swept()
    receipts = Receipt.objects.count()

    swept(on=TODAY + dt.timedelta(days=1))

    assert Receipt.objects.count() == receipts


def test_a_member_waits_for_the_accounts_that_name_her_and_then_goes():
    member = MemberFactory(left=dt.date(2010, 1, 1))
    payment = PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2019, 12, 31))

    swept()
    assert Member.objects.filter(pk=member.pk).exists()

    swept(on=dt.date(2028, 1, 1))
    assert not Payment.objects.filter(pk=payment.pk).exists()
    assert not Member.objects.filter(pk=member.pk).exists()


def test_a_restricted_person_goes_by_herself_when_nothing_is_retained_any_more():
    member = MemberFactory(left=dt.date(2025, 1, 1))
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))
    Member.objects.filter(pk=member.pk).update(restricted_at=NOW)

    swept(on=dt.date(2032, 12, 31))
    assert Member.objects.filter(pk=member.pk).exists()

    swept(on=dt.date(2033, 1, 1))
    assert not Member.objects.filter(pk=member.pk).exists()
    assert MembershipPeriod.objects.count() == 0


def test_the_request_of_a_deleted_person_stays_without_her():
    member = MemberFactory(left=dt.date(2016, 11, 23))
    request = SubjectRequestFactory(
        member=member, status="refused", closed_at=at(dt.date(2025, 1, 1)), message="Hej"
    )

    swept()

    request.refresh_from_db()
    assert (request.member, request.message) == (None, "")


@pytest.mark.parametrize(("age", "has_address"), [(89, True), (90, False)])
def test_the_address_of_a_log_in_is_emptied_after_ninety_days(age, has_address):
    login = LoginRecord.objects.create(
        at=at(TODAY - dt.timedelta(days=age)),
        method="code",
        succeeded=True,
        ip_address="192.0.2.1",
    )

    swept()

    login.refresh_from_db()
    assert (login.ip_address is not None) is has_address


@pytest.mark.parametrize(("age", "is_there"), [(29, True), (30, False)])
def test_a_package_and_its_file_go_after_thirty_days(age, is_there, settings):
    request = SubjectRequestFactory(status="answered", closed_at=NOW)
    package = AccessPackage(
        request=request, member=request.member, sha256="x", made_at=at(TODAY - dt.timedelta(age))
    )
    package.file.save("x", io.BytesIO(b"secret"))

    swept()

    assert AccessPackage.objects.exists() is is_there
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert bool(files) is is_there


def test_a_hold_stops_the_sweep_and_its_end_lets_it_go():
    member = MemberFactory(left=dt.date(2010, 1, 1))
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2010, 12, 31))
    LegalHold.objects.create(
        member=member,
        reason="Tvist om efterskydd i försäkringen",
        set_on=TODAY,
        until=TODAY,
    )

    swept()
    assert (Member.objects.count(), Payment.objects.count()) == (1, 1)

    swept(on=TODAY + dt.timedelta(days=1))
    assert (Member.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_day_is_swept_once():
    assert swept() is not None
    assert swept() is None
    assert SweepRun.objects.count() == 1


def test_a_dead_sweep_is_taken_over_and_a_living_one_is_not():
    SweepRun.objects.create(on=TODAY, started_at=NOW, heartbeat_at=NOW)

    assert sweep.run(TODAY, at=NOW + sweep.DEAD_AFTER) is None
    assert sweep.run(TODAY, at=NOW + sweep.DEAD_AFTER + dt.timedelta(seconds=1)) is not None


def test_a_missed_night_is_caught_up():
    PaymentFactory(fiscal_year_ends_on=dt.date(2010, 12, 31))

    swept(on=TODAY + dt.timedelta(days=3))

    assert Payment.objects.count() == 0


def test_more_than_a_chunk_goes_in_one_night(monkeypatch):
    monkeypatch.setattr(sweep, "CHUNK", 3)
    member = MemberFactory()
    for _ in range(10):
        PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2010, 12, 31))

    run = swept()

    assert Payment.objects.count() == 0
    assert [receipt.count for receipt in run.receipts.filter(model="members.Payment")] == [
        1,
        3,
        3,
        3,
    ]


def test_the_queries_of_a_sweep_do_not_grow_with_what_is_kept():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            sweep.take_all(SweepRun(on=TODAY, pk=0), at=NOW)
        return len(captured)

    queries()
    before = queries()
    for _ in range(5):
        PaymentFactory(member=MemberFactory())

    assert queries() == before


def test_the_officers_approved_period_replaces_the_default():
    PaymentFactory(fiscal_year_ends_on=dt.date(2018, 12, 31))
    proposer, approver = StaffFactory(), StaffFactory()
    change = PeriodChange.objects.create(
        rule="R4",
        years=9,
        reason="Pågående revision av 2018",
        proposed_by=proposer,
        proposed_at=NOW,
    )
    assert periods.in_force()["R4"] == Period(years=7)

    PeriodChange.objects.filter(pk=change.pk).update(approved_by=approver, approved_at=NOW)

    assert periods.in_force()["R4"] == Period(years=9)
    swept()
    assert Payment.objects.count() == 1


def test_a_dry_run_tells_and_touches_nothing():
    PaymentFactory(fiscal_year_ends_on=dt.date(2010, 12, 31))
    out = io.StringIO()

    call_command("sweep", "--dry-run", stdout=out)

    assert "R4" in out.getvalue()
    assert Payment.objects.count() == 1
    assert SweepRun.objects.count() == Receipt.objects.count() == 0
    assert ledger.last_number() == 0


def test_a_dry_run_can_look_ahead_but_a_sweep_cannot():
    PaymentFactory(fiscal_year_ends_on=dt.date(2025, 12, 31))
    out = io.StringIO()
    call_command("sweep", "--dry-run", "--on", "2033-01-01", stdout=out)
    assert "R4" in out.getvalue()

    with pytest.raises(CommandError):
        call_command("sweep", "--on", "2033-01-01")
    assert Payment.objects.count() == 1


def test_the_command_sweeps_and_shows_its_receipts():
    PaymentFactory(fiscal_year_ends_on=dt.date(2010, 12, 31))
    out = io.StringIO()

    call_command("sweep", stdout=out)
    call_command("sweep", stdout=out)

    assert Payment.objects.count() == 0
    assert "R4" in out.getvalue()
    assert SweepRun.objects.get().finished_at is not None
