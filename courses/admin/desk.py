"""The courses' panels on the work desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from courses import platforms
from courses.models import Occasion, Platform

SHOWN = 5


@admin.site.panel(order=35)
def platform_checks(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Platforms in use whose certificate or policy nobody has looked at for a year (P21)."""
    if not request.user.has_perm("courses.view_platform"):
        return None
    today = timezone.localdate()
    found = {platform.pk: platform for platform in Platform.objects.in_use().stale(today)}
    unfit = [p for p in Platform.objects.in_use() if platforms.lacks(p, today)]
    found |= {platform.pk: platform for platform in unfit}
    if not found:
        return None
    return "admin/panels/platforms.html", {"platforms": list(found.values())}


@admin.site.panel(order=45)
def occasions(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """The next ones of those that the reader organises or sees."""
    if not request.user.has_perm("courses.view_occasion"):
        return None
    visible = Occasion.objects.for_user(request.user).to_come(timezone.now()).with_counts()
    return "admin/panels/occasions.html", {"occasions": visible.order_by("starts_at")[:SHOWN]}
