from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from members.models import OutgoingMail

LATEST = 50


@login_not_required
@never_cache
def mail(request: HttpRequest) -> HttpResponse:
    """What would have been mailed, for a newcomer who tries the product without a mail server.

    There is no such page where mail is delivered, nor in production.
    """
    letters = OutgoingMail.objects.exclude(body="")[:LATEST]
    return render(request, "demo/mail.html", {"letters": letters})
