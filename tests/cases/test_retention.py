"""Each kind's rule through the sweep: on its day, not the day before, with all that hangs on it."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from cases.kinds import KINDS, Kind
from cases.models import Case, CaseEvent, Document, Message, Note, Participant
from dsar import erasure, periods, sweep
from dsar.models import LegalHold, PeriodChange, Receipt
from ledarna_gdpr.privacy import registry
from members.models import Member
from tests.factories.cases import (
    CaseDisclosureFactory,
    CaseEventFactory,
    CaseFactory,
    DocumentFactory,
    EmergencyAccessFactory,
    GrantFactory,
    MessageFactory,
    NoteFactory,
    OccurrenceFactory,
    ParticipantFactory,
)
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

CLOSED = dt.date(2026, 11, 23)
EVE = dt.timedelta(days=1)
#: The first day on which a case closed on that day may go.
GOES_ON = {
    Kind.ADVICE: dt.date(2036, 11, 23),
    Kind.NEGOTIATION: dt.date(2036, 11, 23),
    Kind.LITIGATION: dt.date(2036, 11, 23),
    Kind.WORK_INJURY: dt.date(2036, 11, 23),
    Kind.UNEMPLOYMENT: dt.date(2036, 11, 23),
    Kind.SICK_PAY: dt.date(2036, 11, 23),
    Kind.CAREER_COACHING: dt.date(2028, 11, 23),
    Kind.LEADERSHIP_COACHING: dt.date(2028, 11, 23),
    Kind.SERVICE: dt.date(2027, 11, 23),
}


def swept(on):
    return sweep.run(on, at=timezone.make_aware(dt.datetime.combine(on, dt.time(2))))


def full(**fields):
    """A case with something of everything that can hang on one."""
    case = CaseFactory(**fields)
    note = NoteFactory(case=case)
    NoteFactory(case=case, corrects=note)
    participant = ParticipantFactory(case=case, number=1, member=MemberFactory())
    CaseDisclosureFactory(case=case, participant=participant)
    DocumentFactory(case=case, note=note, message=MessageFactory(case=case))
    for factory in (OccurrenceFactory, CaseEventFactory, GrantFactory, EmergencyAccessFactory):
        factory(case=case)
    return case


def parts():
    return [d for d in registry if d.label.startswith("cases.") and d.subject.startswith("case__")]


def files():
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", Kind)
def test_a_case_goes_with_everything_on_its_day_and_not_the_day_before(kind):
    case = full(kind=kind, closed=CLOSED, reviewed=True)
    other = CaseFactory(kind=kind)
    later = CaseFactory(kind=kind, closed=CLOSED + EVE, reviewed=True)
    day = GOES_ON[kind]
    assert case.erased_earliest == day

    swept(day - EVE)
    assert Case.objects.filter(pk=case.pk).exists()
    assert Case.history.filter(id=case.pk).exists()
    assert len(files()) == 1

    swept(day)
    assert set(Case.objects.all()) == {other, later}
    assert not Case.objects.filter(pk=case.pk).exists()
    assert not Case.history.filter(id=case.pk).exists()
    assert {d.label: d.records().count() for d in parts() if d.records().exists()} == {}
    assert files() == []
    receipt = Receipt.objects.get(model="cases.Case")
    assert (receipt.rule, receipt.count, receipt.outcome) == (KINDS[kind].rule.code, 1, "erased")


@pytest.mark.parametrize("kind", [k for k in Kind if k not in GOES_ON or GOES_ON[k].year == 2036])
def test_a_claims_case_that_is_not_closed_is_not_due_in_fifty_years(kind):
    CaseFactory(kind=kind)
    swept(CLOSED.replace(year=2076))
    assert Case.objects.count() == 1


def test_an_open_coaching_case_goes_two_years_after_the_last_contact():
    last = timezone.make_aware(dt.datetime(2026, 11, 23, 23, 59))
    CaseFactory(kind="leadership_coaching", last_contact_at=last)

    swept(dt.date(2028, 11, 22))
    assert Case.objects.count() == 1

    swept(dt.date(2028, 11, 23))
    assert Case.objects.count() == 0


@pytest.mark.parametrize("kind", [k for k in Kind if KINDS[k].is_reviewed])
def test_injury_and_benefit_are_not_due_before_somebody_has_looked(kind):
    case = CaseFactory(kind=kind, closed=CLOSED)
    swept(dt.date(2046, 1, 1))
    assert Case.objects.count() == 1

    Case.objects.filter(pk=case.pk).update(erasure_reviewed_at=timezone.now())
    swept(dt.date(2046, 1, 2))
    assert Case.objects.count() == 0


def test_working_notes_of_a_negotiation_go_after_two_years_and_its_minutes_stay():
    case = CaseFactory(kind="negotiation", closed=CLOSED)
    NoteFactory(case=case, corrects=NoteFactory(case=case))
    minutes = NoteFactory(case=case, protocol=True)
    advice = NoteFactory(case__closed=CLOSED)

    swept(dt.date(2028, 11, 22))
    assert Note.objects.count() == 4

    swept(dt.date(2028, 11, 23))
    assert set(Note.objects.all()) == {minutes, advice}
    assert Case.objects.count() == 2


@pytest.mark.parametrize("ground", ["18.1.a", "18.1.b", "18.1.c", "18.1.d"])
def test_what_its_person_had_restricted_is_not_swept(ground):
    case = CaseFactory(kind="service", closed=CLOSED)
    negotiation = CaseFactory(kind="negotiation", closed=CLOSED)
    NoteFactory(case=negotiation)
    Case.objects.filter(pk__in=[case.pk, negotiation.pk]).update(
        restricted_at=timezone.now(), restriction_ground=ground, restricted_until=CLOSED
    )

    swept(dt.date(2046, 1, 1))

    assert (Case.objects.count(), Note.objects.count()) == (2, 1)


def test_an_erasure_that_waits_is_completed_the_day_after_its_last():
    CaseFactory(restricted_at=timezone.now(), restriction_ground="erasure", restricted_until=CLOSED)
    swept(CLOSED)
    assert Case.objects.count() == 1

    swept(CLOSED + EVE)
    assert Case.objects.count() == 0


def test_a_hold_stops_the_sweep_of_a_case():
    case = full(kind="work_injury", closed=CLOSED, reviewed=True)
    LegalHold.objects.create(
        member=case.member, reason="Tvist", set_on=CLOSED, until=dt.date(2037, 1, 31)
    )
    swept(dt.date(2036, 11, 23))
    assert (Case.objects.count(), Document.objects.count()) == (1, 1)

    swept(dt.date(2037, 2, 1))
    assert (Case.objects.count(), Document.objects.count()) == (0, 0)


def test_the_date_follows_the_period_that_the_officer_has_put_in_force():
    case = CaseFactory(kind="service", closed=CLOSED)
    change = PeriodChange.objects.create(
        rule="R11", months=6, reason="Kortare", proposed_by=StaffFactory(),
        proposed_at=timezone.now(),
    )  # fmt: skip
    assert case.erased_earliest == dt.date(2027, 11, 23)

    periods.approve(change, by=StaffFactory(), at=timezone.now())

    assert case.erased_earliest == dt.date(2027, 5, 23)


def test_a_case_without_its_date_has_no_day():
    assert CaseFactory().erased_earliest is None
    assert CaseFactory(kind="negotiation").erased_earliest is None


# --- erasure ----------------------------------------------------------------------------------


def erased(member, on=CLOSED):
    at = timezone.make_aware(dt.datetime.combine(on, dt.time(12)))
    request = SubjectRequestFactory(kind="erasure", member=member, status="approved")
    erasure.plan(request, on=on)
    erasure.execute(request.pk, at=at)
    return request


def test_a_members_closed_coaching_and_service_go_when_she_asks_and_her_claims_stay():
    member = MemberFactory()
    goes = [full(member=member, kind=k, closed=CLOSED) for k in ("career_coaching", "service")]
    stays = [
        full(member=member, kind="sick_pay", closed=CLOSED),
        full(member=member, kind="advice"),
        full(member=member, kind="leadership_coaching"),
    ]

    erased(member)

    assert set(Case.objects.filter(member=member)) == set(stays)
    assert not Note.objects.filter(case__in=[case.pk for case in goes]).exists()
    assert Message.objects.count() == Document.objects.count() == 3
    assert len(files()) == 3


def test_a_former_members_claims_are_kept_to_their_date_and_then_go_by_themselves():
    member = MemberFactory(left=dt.date(2026, 6, 30))
    kept = full(member=member, kind="negotiation", closed=CLOSED)
    full(member=member, kind="leadership_coaching")

    erased(member)

    assert list(Case.objects.filter(member=member)) == [kept]
    assert not Case.objects.for_user(StaffFactory(is_superuser=True)).exists()

    swept(dt.date(2036, 11, 22))
    assert Case.objects.filter(member=member).exists()
    swept(dt.date(2036, 11, 23))
    assert not Case.objects.filter(member=member).exists()
    swept(dt.date(2036, 11, 24))
    assert not Member.objects.filter(pk=member.pk).exists()


def test_erasing_one_who_is_merely_mentioned_leaves_the_case_and_scrubs_her_from_it():
    erased_member = MemberFactory(left=dt.date(2026, 6, 30))
    case = CaseFactory()
    note = NoteFactory(case=case, body="@1 var med på mötet.")
    mentioned = ParticipantFactory(case=case, number=1, member=erased_member, name="Anna Åberg")
    untouched = ParticipantFactory(case=case, number=2, name="Bo Chef")

    erased(erased_member)

    mentioned.refresh_from_db()
    assert (mentioned.member, mentioned.name, mentioned.organisation, mentioned.contact) == (
        None, "", "", "",
    )  # fmt: skip
    assert (mentioned.number, mentioned.role) == (1, "manager")
    assert Note.objects.get() == note
    assert Participant.objects.get(pk=untouched.pk).name == "Bo Chef"
    assert not Member.objects.filter(pk=erased_member.pk).exists()
    assert CaseEvent.objects.count() == 0
