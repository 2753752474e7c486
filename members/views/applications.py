"""The application for membership (P5). It answers members and strangers alike (law 9)."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from members import services
from members.forms import ApplicationForm
from members.models import Application
from members.views.limits import has_sent_much


@method_decorator([login_not_required, never_cache], name="dispatch")
class ApplyView(FormView):
    form_class = ApplicationForm
    template_name = "members/apply.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_sent_much(request, "application"):
            return render(request, "429.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ApplicationForm) -> HttpResponse:
        if not form.is_from_a_robot:
            application = form.instance
            path = reverse("confirm_application", args=[application.public_id])
            link = self.request.build_absolute_uri(path)
            services.start(application, link=link, at=timezone.now())
        return redirect("application_sent")


@login_not_required
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "members/application_sent.html")


@method_decorator([login_not_required, never_cache], name="dispatch")
class ConfirmView(View):
    """The link in the mail. It asks first: mail scanners open links, too."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.application = get_object_or_404(Application, public_id=kwargs["public_id"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.submit(self.application, at=timezone.now())
        self.application.refresh_from_db(fields=["status"])
        return self.show(request)

    def show(self, request: HttpRequest) -> HttpResponse:
        is_started = self.application.status == Application.Status.STARTED
        return render(request, "members/confirm_application.html", {"is_started": is_started})
