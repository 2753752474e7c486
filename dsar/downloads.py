"""Files that members fetch."""

import datetime as dt
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dsar import package, periods, rules
from dsar.models import AccessPackage, SubjectRequest
from members import readlog
from members.accounts.views import member_of


@never_cache
def download_package(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer to one's own request, once.

    GET only asks, so that a page that is fetched ahead does not use the answer up.
    """
    member = member_of(request)
    asked = get_object_or_404(SubjectRequest.objects.for_user(request.user), public_id=public_id)
    if not asked.package_sha256:
        raise Http404
    at = timezone.now()
    found = AccessPackage.objects.filter(request=asked, member=member).first()
    if request.method == "POST" and (content := _fetch(found, request, at)):
        return HttpResponse(
            content,
            content_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="svar.zip"'},
        )
    context = {"package": found, "is_there": _is_there(found, at)}
    status = 200 if context["is_there"] else 410
    return render(request, "dsar/download_package.html", context, status=status)


def _is_there(found: AccessPackage | None, at: dt.datetime) -> bool:
    """Whether it can still be fetched; its time runs out also where no sweep has been (R28)."""
    if found is None or found.fetched_at is not None:
        return False
    period = periods.of(rules.R28, periods.in_force())
    return timezone.localdate(at) < period.after(timezone.localdate(found.made_at))


@transaction.atomic
def _fetch(found: AccessPackage | None, request: HttpRequest, at: dt.datetime) -> bytes | None:
    """The file, claimed and logged, or None where it is gone. If any of the three fails, none
    of them has happened, and she may try again."""
    if found is None or not _is_there(found, at):
        return None
    # Of two downloads at the same moment one gets the answer.
    if not AccessPackage.objects.filter(pk=found.pk, fetched_at=None).update(fetched_at=at):
        return None
    purpose = _("Your own request for your data")
    readlog.record(request.user, [found.member], view="download_package", purpose=purpose)
    return package.read(found)


@login_not_required
@require_safe
def access_schema(request: HttpRequest) -> HttpResponse:
    """The published description of ``data.json`` (Art. 20(1))."""
    return HttpResponse(package.SCHEMA.read_bytes(), content_type="application/schema+json")
