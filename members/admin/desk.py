"""The register's panels on the work desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from members.models import Application, ImportJob

SHOWN = 5
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
