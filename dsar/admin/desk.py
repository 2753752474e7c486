"""The data protection panels of the work desk."""

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsar import sweep
from dsar.models import LegalHold, PeriodChange, SubjectRequest, SweepRun
from ledarna_gdpr import charts
from ledarna_gdpr.charts import BARS

SWEEP_HOUR = 2
SHORT = {
    SubjectRequest.Kind.ACCESS: _("access"),
    SubjectRequest.Kind.PORTABILITY: _("portability"),
    SubjectRequest.Kind.RECTIFICATION: _("correction"),
    SubjectRequest.Kind.ERASURE: _("erasure"),
    SubjectRequest.Kind.OBJECTION: _("objection"),
}


@admin.site.panel(order=4)
def requests(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Open requests by days left, the overdue first."""
    if not request.user.has_perm("dsar.view_subjectrequest"):
        return None
    today = timezone.localdate()
    found = sorted(SubjectRequest.objects.for_user(request.user).open(), key=lambda row: row.due_on)
    context = charts.days_left(
        found[:BARS],
        label=lambda row: f"{row.pk} {SHORT[SubjectRequest.Kind(row.kind)]}",
        days=lambda row: row.days_left(today),
    ) | {
        "open": len(found),
        "overdue": sum(row.days_left(today) < 0 for row in found),
        "more": max(0, len(found) - BARS),
    }
    return "admin/panels/requests.html", context


@admin.site.panel(order=20)
def tonight(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """What the next sweep begins with, and whether the last one ran."""
    if not request.user.has_perm("dsar.view_sweeprun"):
        return None
    now = timezone.localtime()
    on = next_sweep(now)
    counts: Counter[tuple[str, str]] = Counter()
    for due in sweep.due(on):
        counts[due.declaration.title, due.anchor.rule.code] += due.records.count()
    last = SweepRun.objects.exclude(finished_at=None).first()
    taken = sum(last.receipts.values_list("count", flat=True)) if last else 0
    context = {
        "on": on,
        "lines": sorted((+counts).items()),
        "total": counts.total(),
        "last": last,
        "taken": taken,
        "missed": last is None or last.on < on - dt.timedelta(days=1),
        "proposed": PeriodChange.objects.filter(approved_at=None).count(),
    }
    return "admin/panels/tonight.html", context


def next_sweep(now: dt.datetime) -> dt.date:
    return now.date() + dt.timedelta(days=now.hour >= SWEEP_HOUR)


@admin.site.panel(order=40)
def holds(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Legal holds that lapse within 30 days."""
    if not request.user.has_perm("dsar.view_legalhold"):
        return None
    today = timezone.localdate()
    visible = LegalHold.objects.for_user(request.user).in_force(today)
    lapsing = visible.filter(until__lte=today + dt.timedelta(days=30)).order_by("until")
    context = {"holds": lapsing[:BARS], "in_force": visible.count()}
    return "admin/panels/holds.html", context
