"""Files that members fetch."""

import datetime as dt
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dsar import package
from dsar.models import AccessPackage, SubjectRequest
from members import readlog
from members.accounts.views import member_of


@never_cache
def download_package(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer to one's own request, once.

    GET only asks, so that a page that is fetched ahead does not use the answer up.
    """
    asked = get_object_or_404(SubjectRequest.objects.for_user(request.user), public_id=public_id)
    found = get_object_or_404(AccessPackage, request=asked, member=member_of(request))
    if request.method != "POST":
        return render(
            request, "dsar/download_package.html", {"package": found, "subject_request": asked}
        )
    if not _claim(found, timezone.now()):
        return render(
            request,
            "dsar/download_package.html",
            {"package": found, "subject_request": asked},
            status=410,
        )
    readlog.record(
        request.user,
        [found.member],
        view="download_package",
        purpose=_("Your own request for your data"),
    )
    return HttpResponse(
        package.read(found),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="svar.zip"'},
    )


def _claim(found: AccessPackage, at: dt.datetime) -> bool:
    """Of two downloads at the same moment one gets the answer."""
    unused = AccessPackage.objects.filter(pk=found.pk, fetched_at=None)
    return bool(unused.update(fetched_at=at))


@login_not_required
@require_safe
def access_schema(request: HttpRequest) -> HttpResponse:
    """The published description of ``data.json`` (Art. 20(1))."""
    return HttpResponse(package.SCHEMA.read_bytes(), content_type="application/schema+json")
