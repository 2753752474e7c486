"""The people of the access matrix: every role of the house, and what each may see of a member who
has a negotiation going on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cases.kinds import Kind
from cases.models import Case
from courses.models import Occasion
from dsar import roles
from ledarna_gdpr.privacy import registry
from members.models import User
from tests.canary import Canary
from tests.factories import factory_of
from tests.factories.cases import (
    CaseFactory,
    EmergencyAccessFactory,
    GrantFactory,
    TeamFactory,
    TeamMembershipFactory,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory


@dataclass(frozen=True)
class Role:
    name: str
    account: Callable[[Canary], User | None]
    #: Tables of which any word may be shown to it.
    sees: frozenset[str] = frozenset()
    is_an_employee_without_rights: bool = False


def set_the_scene(bird: Canary) -> None:
    """An open negotiation of hers with a part of every kind; nobody has it yet."""
    case = CaseFactory(member=bird.member, kind=Kind.NEGOTIATION, team=TeamFactory(), status="open")
    for part, _step in registry.companions_of(registry[Case]):
        factory_of(part.model)(case=case)


def case_of(bird: Canary) -> Case:
    return Case.objects.get(member=bird.member)


def staff(*groups: str, **fields: object) -> Callable[[Canary], User]:
    return lambda bird: StaffFactory(roles=groups, **fields)


def handler(*groups: str, **fields: object) -> Callable[[Canary], User]:
    """An employee of these roles who has been given the case."""

    def account(bird: Canary) -> User:
        user = StaffFactory(roles=groups, **fields)
        Case.objects.filter(pk=case_of(bird).pk).update(handler=user)
        return user

    return account


def in_the_unit(*groups: str, is_lead: bool = False, **fields: object) -> Callable[[Canary], User]:
    def account(bird: Canary) -> User:
        user = StaffFactory(roles=groups, **fields)
        TeamMembershipFactory(team=case_of(bird).team, user=user, is_lead=is_lead)
        return user

    return account


def granted(bird: Canary) -> User:
    user = StaffFactory(roles=[roles.NEGOTIATOR])
    GrantFactory(case=case_of(bird), user=user)
    return user


def behind_broken_glass(bird: Canary) -> User:
    user = StaffFactory(roles=[roles.NEGOTIATOR])
    EmergencyAccessFactory(case=case_of(bird), user=user)
    return user


def organiser_of(bird: Canary) -> User:
    user = StaffFactory(roles=[roles.COURSE_ORGANISER])
    for occasion in Occasion.objects.all():
        occasion.organisers.add(user)
    return user


def tables(app: str, *names: str) -> frozenset[str]:
    return frozenset(f"{app}_{name}" for name in names)


NOBODY: frozenset[str] = frozenset()
REGISTER = {"her number"} | tables("members", "member")
CASE = tables(
    "cases", "case", "casedisclosure", "caseevent", "document", "grant", "message", "note",
    "participant",
)  # fmt: skip
EMERGENCIES = tables("cases", "emergencyaccess")
FEES = tables("members", "payment")
REQUESTS = tables("dsar", "subjectrequest")
HOLDS = tables("dsar", "legalhold")
#: Signed with the name on her account, as if an employee had done it.
DECISIONS = tables("dsar", "periodchange") | tables("members", "user")
SERVICE = REGISTER | FEES | REQUESTS | tables("members", "application", "bounce", "importissue")
COURSES = REGISTER | tables("members", "user") | tables(
    "courses", "attendance", "historicalregistration", "historicalrollentry", "occasionmessage",
    "registration", "rollentry",
)  # fmt: skip
OFFICER = (
    SERVICE | HOLDS | DECISIONS | EMERGENCIES
    | tables("members", "historicalpayment", "loginrecord", "readlog")
)  # fmt: skip

ROLES = [
    Role("anonymous", lambda bird: None, NOBODY),
    Role(
        "the member",
        lambda bird: bird.member.user,
        REGISTER | FEES | REQUESTS | tables("cases", "case", "document", "message"),
    ),
    Role("another member", lambda bird: UserFactory(), NOBODY),
    Role(
        "an ex-member",
        lambda bird: UserFactory(member=MemberFactory(left=dt.date(2026, 1, 1))),
        NOBODY,
    ),
    Role("the handler", handler(roles.NEGOTIATOR), REGISTER | CASE),
    Role("a colleague in the unit", in_the_unit(roles.NEGOTIATOR), REGISTER | CASE),
    Role("somebody granted access", granted, REGISTER | CASE),
    Role("somebody behind broken glass", behind_broken_glass, REGISTER | CASE),
    Role("a negotiator of another unit", staff(roles.NEGOTIATOR), REGISTER),
    Role("a handler of another kind", handler(roles.SOCIAL_INSURANCE), REGISTER),
    Role("a coach in the unit", in_the_unit(roles.COACH), REGISTER),
    Role(
        "the unit's lead",
        in_the_unit(roles.NEGOTIATOR, roles.TEAM_LEAD, is_lead=True),
        REGISTER | CASE | EMERGENCIES,
    ),
    Role("a lead without the kind", in_the_unit(roles.TEAM_LEAD, is_lead=True), EMERGENCIES),
    Role("communications", staff(roles.COMMUNICATIONS), tables("members", "user")),
    Role("finance", staff(roles.FINANCE), REGISTER | FEES | tables("members", "historicalpayment")),
    Role("membership service", staff(roles.MEMBER_SERVICE), SERVICE),
    Role("course administration", staff(roles.COURSE_ADMINISTRATION), COURSES),
    Role(
        "her occasions' organiser",
        organiser_of,
        COURSES - tables("courses", "historicalregistration"),
    ),
    Role("an organiser of other occasions", staff(roles.COURSE_ORGANISER), NOBODY),
    Role(
        "the privacy office",
        staff(roles.PRIVACY_OFFICE),
        REGISTER | FEES | REQUESTS | HOLDS | DECISIONS,
    ),
    Role("the data protection officer", staff(roles.DATA_PROTECTION_OFFICER), OFFICER),
    Role("an administrator", staff(is_superuser=True), OFFICER | COURSES),
    Role("an employee without a role", staff(), NOBODY, is_an_employee_without_rights=True),
    Role("a deactivated handler", handler(roles.NEGOTIATOR, is_active=False), NOBODY),
]
