"""The work desk's panels of cases. Each asks a constant number of questions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from cases import kinds, limitation, services
from cases.admin.page import Warning
from cases.kinds import Kind
from cases.models import Case, EmergencyAccess, Team
from ledarna_gdpr import charts
from ledarna_gdpr.privacy import registry

SHOWN = 8


@admin.site.panel(order=3)
def my_cases(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """One's own cases by days left, and how many in the unit that nobody has."""
    if not request.user.has_perm("cases.change_case"):
        return None
    today = timezone.localdate()
    visible = Case.objects.for_user(request.user).within_reach(request.user).running()
    mine = visible.filter(handler=request.user)
    dated = mine.exclude(due_on=None).order_by("due_on", "pk")[: charts.BARS]
    context = charts.days_left(
        dated,
        label=str,
        days=lambda case: (case.due_on - today).days,
    )
    context |= {
        "mine": mine.count(),
        "overdue": mine.overdue(on=today).count(),
        "nobodys": visible.filter(team__in=list(Team.objects.of(request.user)))
        .unassigned()
        .count(),
    }
    return "admin/panels/my_cases.html", context


@admin.site.panel(order=5)
def last_days(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Limitation that comes within a month, or has just come."""
    if not request.user.has_perm("cases.view_occurrence"):
        return None
    today = timezone.localdate()
    visible = Case.objects.for_user(request.user).within_reach(request.user)
    near = limitation.approaching(visible, on=today)
    context = {"near": [Warning(last, today) for last in near[:SHOWN]], "count": len(near)}
    return "admin/panels/last_days.html", context


@admin.site.panel(order=7)
def emergencies(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Cases that were opened in an emergency, until somebody has asked why."""
    if not request.user.has_perm("cases.view_emergencyaccess"):
        return None
    visible = EmergencyAccess.objects.for_user(request.user)
    waiting = visible.waiting().exclude(user=request.user).select_related("user")
    return "admin/panels/emergencies.html", {"waiting": waiting.order_by("at")[:SHOWN]}


@admin.site.panel(order=25)
def reviews(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Cases that somebody has to look at before their time ends them."""
    if not request.user.has_perm("cases.review_case"):
        return None
    visible = Case.objects.for_user(request.user).within_reach(request.user)
    waiting = services.awaiting_review(visible, on=timezone.localdate()).order_by("pk")
    periods = {
        kind: registry.period_of(kinds.KINDS[kind].rule) for kind in kinds.those(is_reviewed=True)
    }
    days = [
        (case, case.counts_from and periods[Kind(case.kind)].after(case.counts_from))
        for case in waiting[:SHOWN]
    ]
    context = {"waiting": days, "count": waiting.count()}
    return "admin/panels/reviews.html", context
