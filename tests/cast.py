"""The people of the access matrix: every role of the house, and what each may see of a member who
has a negotiation going on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cases.kinds import Kind
from cases.models import Case
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


REGISTER = {"members_member", "members_historicalmember", "her number"}
ROLES = [
    Role("anonymous", lambda bird: None),
    Role("the member", lambda bird: bird.member.user),
    Role("another member", lambda bird: UserFactory()),
    Role("an ex-member", lambda bird: UserFactory(member=MemberFactory(left=dt.date(2026, 1, 1)))),
    Role("the handler", handler(roles.NEGOTIATOR)),
]
