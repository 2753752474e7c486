"""The people of the access matrix: every role of the house, and what each may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group

from dsar import roles
from members.models import User
from tests.canary import Canary
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

Account = Callable[[Canary], User | None]


@dataclass(frozen=True)
class Role:
    name: str
    account: Account
    #: Tables of which any word may be shown to it. "her number" is the member's number.
    sees: frozenset[str] = frozenset()
    is_an_employee_without_rights: bool = False


def set_the_scene(bird: Canary) -> None:
    """What the roles need to be who they are."""


def staff(*groups: str, **fields: Any) -> Account:
    return lambda bird: StaffFactory(roles=groups, **fields)


ROLES = [
    Role("anonymous", lambda bird: None),
    Role("the member", lambda bird: bird.member.user),
    Role("another member", lambda bird: UserFactory()),
    Role("deactivated", staff(*Group.__name__)),
]
