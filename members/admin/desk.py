"""The register's panels on the work desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from ledarna_gdpr.privacy import Period
from members.admin.choices import REVIEW
from members.models import Application, ImportJob, Mailing, Suppression

SHOWN = 5
#: How long a no that outlived its person may stand without being reviewed (R23).
REVIEWED_FOR = Period(years=5)
OVER = [ImportJob.Status.DONE, ImportJob.Status.REFUSED, ImportJob.Status.CANCELLED]


@admin.site.panel(order=30)
def applications(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Applications that wait for a decision, the oldest first."""
    if not request.user.has_perm("members.view_application"):
        return None
    waiting = Application.objects.for_user(request.user).waiting()
    oldest = waiting.order_by("last_activity_at").values_list("last_activity_at", flat=True)
    context = {"waiting": waiting.count(), "oldest": oldest.first()}
    return "admin/panels/applications.html", context


@admin.site.panel(order=50)
def imports(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Imports that are not over."""
    if not request.user.has_perm("members.view_importjob"):
        return None
    context = {"jobs": ImportJob.objects.exclude(status__in=OVER)[:SHOWN]}
    return "admin/panels/imports.html", context


@admin.site.panel(order=40)
def mailings(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Mailings that wait for a second person or are being sent."""
    if not request.user.has_perm("members.view_mailing"):
        return None
    under_way = [Mailing.Status.WAITING, Mailing.Status.SENDING]
    found = Mailing.objects.for_user(request.user).filter(status__in=under_way)
    return "admin/panels/mailings.html", {"mailings": found[:SHOWN]}


@admin.site.panel(order=70)
def suppressions(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Noes that have not been reviewed for five years; nothing where there are none."""
    if not request.user.has_perm(REVIEW):
        return None
    latest = REVIEWED_FOR.latest_start(timezone.localdate())
    due = Suppression.objects.exclude(hash="").filter(reviewed_at__date__lte=latest).count()
    return ("admin/panels/suppressions.html", {"due": due}) if due else None
