"""Who may know of a case: kind × (handler, unit or grant) × protection; or a broken glass."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cases import services
from cases.kinds import KINDS, Kind
from cases.models import (
    Case,
    CaseDisclosure,
    CaseEvent,
    Document,
    EmergencyAccess,
    Grant,
    Message,
    Note,
    Occurrence,
    Participant,
)
from dsar import roles
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
    TeamFactory,
    TeamMembershipFactory,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
#: Which kinds each role handles; every other role handles none.
HANDLES = {
    roles.NEGOTIATOR: {Kind.ADVICE, Kind.NEGOTIATION, Kind.LITIGATION},
    roles.SOCIAL_INSURANCE: {Kind.WORK_INJURY, Kind.UNEMPLOYMENT, Kind.SICK_PAY},
    roles.COACH: {Kind.CAREER_COACHING, Kind.LEADERSHIP_COACHING},
    roles.MEMBER_SERVICE: {Kind.SERVICE},
}


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def one_of_each(team):
    for kind in Kind:
        CaseFactory(kind=kind, team=team)


def seen(user):
    return {Kind(kind) for kind in Case.objects.for_user(user).values_list("kind", flat=True)}


def in_team(team, *names, **fields):
    user = StaffFactory(roles=names, **fields)
    TeamMembershipFactory(team=team, user=user)
    return user


@pytest.mark.parametrize("role", roles.ROLES)
def test_in_the_unit_each_role_sees_the_kinds_it_handles_and_no_other(role, team, one_of_each):
    assert seen(in_team(team, role)) == HANDLES.get(role, set())


@pytest.mark.parametrize("role", roles.ROLES)
def test_outside_the_unit_nobody_sees_anything(role, one_of_each):
    assert seen(StaffFactory(roles=[role])) == set()


def test_an_administrator_with_every_permission_needs_to_have_the_case(team, one_of_each):
    assert seen(StaffFactory(is_superuser=True)) == set()
    assert seen(in_team(team, is_superuser=True)) == set(Kind)


def test_who_has_the_case_sees_it_also_outside_the_unit():
    negotiator = StaffFactory(roles=[roles.NEGOTIATOR])
    mine = CaseFactory(handler=negotiator)
    CaseFactory()

    assert list(Case.objects.for_user(negotiator)) == [mine]


def test_being_named_handler_does_not_lend_the_role():
    coach = StaffFactory(roles=[roles.COACH])
    CaseFactory(kind="work_injury", concerns_health=True, handler=coach)

    assert seen(coach) == set()


def test_a_grant_lasts_until_its_end_and_covers_one_case():
    negotiator = StaffFactory(roles=[roles.NEGOTIATOR])
    now = timezone.now()
    GrantFactory(user=negotiator, granted_at=now - 9 * MINUTE, until=now - MINUTE)
    assert seen(negotiator) == set()

    running = GrantFactory(user=negotiator, until=now + MINUTE, granted_at=now - MINUTE)
    CaseFactory()
    assert list(Case.objects.for_user(negotiator)) == [running.case]


def test_a_grant_does_not_lend_the_role():
    coach = StaffFactory(roles=[roles.COACH])
    GrantFactory(user=coach)
    assert seen(coach) == set()


@pytest.mark.parametrize("role", [*HANDLES, roles.DATA_PROTECTION_OFFICER])
def test_a_broken_glass_shows_the_case_for_its_hour(role):
    user = StaffFactory(roles=[role])
    now = timezone.now()
    EmergencyAccessFactory(user=user, at=now - 61 * MINUTE, until=now - MINUTE)
    assert seen(user) == set()

    running = EmergencyAccessFactory(user=user, at=now - MINUTE, until=now + MINUTE)
    assert list(Case.objects.for_user(user)) == [running.case]


@pytest.mark.parametrize(
    ("how", "sees_it"), [("everyday", False), ("glass", False), ("officers_glass", True)]
)
@pytest.mark.parametrize("what", ["case", "member"])
def test_a_restricted_case_is_read_by_the_officer_with_a_reason_alone(how, sees_it, what, team):
    now = timezone.now()
    if what == "case":
        case = CaseFactory(team=team, restricted=True)
    else:
        case = CaseFactory(team=team, closed=now.date(), member__restricted_at=now)
    user = in_team(
        team,
        roles.DATA_PROTECTION_OFFICER if how == "officers_glass" else roles.NEGOTIATOR,
    )
    assert seen(user) == set()

    if how != "everyday":
        EmergencyAccessFactory(case=case, user=user)
    assert Case.objects.for_user(user).exists() == sees_it


def test_a_protected_identity_is_for_those_who_handle_them(team):
    case = CaseFactory(team=team, member__protected=True)
    colleague = in_team(team, roles.NEGOTIATOR)
    EmergencyAccessFactory(case=case, user=colleague)
    assert seen(colleague) == set()
    assert not Case.objects.behind_glass(colleague).exists()

    assert seen(in_team(team, roles.NEGOTIATOR, roles.PROTECTED_IDENTITIES)) == {Kind.ADVICE}


def test_a_member_sees_her_own_cases_and_nobody_elses():
    user = UserFactory()
    own = CaseFactory(member=user.member, closed=dt.date(2026, 1, 1))
    CaseFactory()
    CaseFactory(member=user.member, restricted=True)

    assert list(Case.objects.for_user(user)) == [own]
    assert Case.objects.restricted_of(user.member).count() == 1


def test_the_member_who_is_merely_a_participant_sees_nothing():
    user = UserFactory()
    ParticipantFactory(member=user.member)
    assert seen(user) == set()
    assert not Participant.objects.for_user(user).exists()


def test_the_deactivated_and_the_anonymous_see_nothing(team, one_of_each):
    left = in_team(team, roles.NEGOTIATOR, is_active=False)
    gone = UserFactory(is_active=False)
    CaseFactory(member=gone.member)
    for user in (left, gone, AnonymousUser()):
        assert seen(user) == set()
        assert not Case.objects.behind_glass(user).exists()
        assert not EmergencyAccess.objects.for_user(user).exists()


PARTS = {
    Note: NoteFactory,
    Message: MessageFactory,
    Document: DocumentFactory,
    Participant: ParticipantFactory,
    Occurrence: OccurrenceFactory,
    CaseEvent: CaseEventFactory,
    CaseDisclosure: CaseDisclosureFactory,
    Grant: GrantFactory,
}
#: What a member finds on her own pages; the rest she gets in an answer to a request.
ON_MY_PAGES = {Message, Document, Occurrence, CaseEvent, CaseDisclosure}


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_a_part_is_seen_by_those_who_see_the_case(model, team):
    mine = PARTS[model](case__team=team)
    PARTS[model]()
    PARTS[model](case__team=team, case__kind="leadership_coaching")

    assert list(model.objects.for_user(in_team(team, roles.NEGOTIATOR))) == [mine]
    assert not model.objects.for_user(StaffFactory(roles=[roles.NEGOTIATOR])).exists()


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_a_member_finds_her_own_side_of_the_case(model):
    user = UserFactory()
    mine = PARTS[model](case__member=user.member)
    PARTS[model](case__member=MemberFactory())

    assert list(model.objects.for_user(user)) == ([mine] if model in ON_MY_PAGES else [])


def test_a_member_finds_what_she_sent_and_was_sent_and_not_the_houses_own_papers():
    user = UserFactory()
    sent = MessageFactory(case__member=user.member, is_from_member=False)
    own = {"is_from_member": False, "case": sent.case}
    got = DocumentFactory(message=sent, **own)
    DocumentFactory(**own)
    DocumentFactory(message=sent, is_privileged=True, **own)

    assert list(Document.objects.for_user(user)) == [got]


def test_emergencies_are_followed_up_by_leads_of_the_unit_and_by_the_officer(team):
    access = EmergencyAccessFactory(case__team=team, user=StaffFactory())
    elsewhere = EmergencyAccessFactory()
    lead = StaffFactory(roles=[roles.TEAM_LEAD])
    TeamMembershipFactory(team=team, user=lead, is_lead=True)

    def listed(user):
        return set(EmergencyAccess.objects.for_user(user))

    assert listed(lead) == {access}
    assert listed(in_team(team, roles.TEAM_LEAD)) == set()
    assert listed(access.user) == {access}
    assert listed(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER])) == {access, elsewhere}


def test_rows_are_found_in_one_statement(team, one_of_each, django_assert_num_queries):
    user = in_team(team, roles.NEGOTIATOR)
    user.has_perm("cases.view_case")  # reads the permissions, once for each request
    with django_assert_num_queries(1):
        list(Case.objects.for_user(user))
    with django_assert_num_queries(1):
        list(Note.objects.for_user(user))


def test_every_kind_has_somebody_to_handle_it():
    assert set().union(*HANDLES.values()) == set(KINDS) == set(Kind)
    for role, kinds in HANDLES.items():
        assert {KINDS[kind].permission for kind in kinds} <= roles.ROLES[role]


def test_the_glass_breaks_for_whom_it_may(team):
    case = CaseFactory(team=team)
    outsider = StaffFactory(roles=[roles.COMMUNICATIONS])
    with pytest.raises(services.CannotDo):
        services.break_glass(case, by=outsider, at=timezone.now(), reason="Nyfiken på ärendet nu")
    assert seen(outsider) == set()


def test_a_lead_who_does_not_handle_protected_identities_sees_no_emergency_about_one(team):
    lead = in_team(team, roles.NEGOTIATOR, roles.TEAM_LEAD)
    lead.team_memberships.update(is_lead=True)
    about_protected = EmergencyAccessFactory(
        case=CaseFactory(team=team, member=MemberFactory(protected=True))
    )
    EmergencyAccessFactory(case=CaseFactory(team=team))

    assert about_protected not in EmergencyAccess.objects.for_user(lead)
    assert EmergencyAccess.objects.for_user(lead).count() == 1


def test_a_dispute_goes_on_for_a_former_member_who_has_been_forgotten_otherwise(team):
    negotiator = in_team(team, roles.NEGOTIATOR)
    case = CaseFactory(kind="advice", team=team, status="open")
    Member.objects.filter(pk=case.member_id).update(restricted_at=timezone.now())
    assert list(Case.objects.for_user(negotiator)) == [case]

    services.close(case, by=negotiator, at=timezone.now())

    assert seen(negotiator) == set()
