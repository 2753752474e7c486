"""Which employees a case can be given to: asked of the database, for dropdowns and checks."""

from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Case, TeamMembership
from members.models import User


def permitted(permission: str) -> Q:
    """The accounts that a permission was given to, by role or one by one."""
    app, codename = permission.split(".")
    named = {"codename": codename, "content_type__app_label": app}
    by_group = {f"groups__permissions__{name}": value for name, value in named.items()}
    by_user = {f"user_permissions__{name}": value for name, value in named.items()}
    return Q(**by_group) | Q(**by_user)


def may_handle(case: Case) -> QuerySet[User]:
    """The employees whose roles let them handle a case, whatever unit they are in."""
    staff = _with(case.facts.permission)
    if case.member.is_protected:
        staff = staff.filter(pk__in=_with("members.handle_protected").values("pk"))
    return staff.order_by("name", "pk")


def may_handle_any_of(permissions: set[str]) -> QuerySet[User]:
    wanted = Q(pk__in=[])
    for permission in permissions:
        wanted |= Q(pk__in=_with(permission).values("pk"))
    return User.objects.filter(wanted).order_by("name", "pk")


def _with(permission: str) -> QuerySet[User]:
    has = permitted(permission) | Q(is_superuser=True)
    staff = User.objects.filter(is_staff=True, is_active=True)
    return staff.filter(pk__in=User.objects.filter(has).values("pk"))


def in_unit(people: QuerySet[User], team: Any) -> QuerySet[User]:
    """Those of them who are in a unit, or in one of several."""
    places = TeamMembership.objects.filter(
        **{"team__in" if isinstance(team, list) else "team": team}
    )
    return people.filter(pk__in=places.values("user"))
