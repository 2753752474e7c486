"""The way that a case's files leave: decrypted for one who may see them, logged, as a download."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cases.models import Document
from ledarna_gdpr.privacy.words import Text
from members import readlog
from members.accounts.views import member_of

OWN_FILE = _("the member's own reading")


def serve(request: HttpRequest, document: Document, *, purpose: Text) -> HttpResponse:
    """The file itself, after the read log has its row (law 8).

    The caller has got the document from ``for_user``. Whatever is in it, a browser saves it and
    runs nothing of it.
    """
    view = request.resolver_match.view_name if request.resolver_match else ""
    readlog.record(request.user, [document.case.member], view=view, purpose=purpose)
    try:
        content = document.content()
    except FileNotFoundError:  # the sweep was there between two clicks
        raise Http404 from None
    return HttpResponse(
        content,
        content_type=document.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, document.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@never_cache
@require_GET
def my_document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file that the member sent, or that she was sent; another's is not to be told from none."""
    own = Document.objects.for_user(request.user).select_related("case__member")
    found = get_object_or_404(own, case__member=member_of(request), public_id=public_id)
    return serve(request, found, purpose=OWN_FILE)
