from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import registering
from courses.models import Registration
from members.admin.base import ReadOnly, WithHistoryAdmin, posted


@admin.register(Registration)
class RegistrationAdmin(ReadOnly, WithHistoryAdmin):
    """Made by the member. Staff cancel for her when she calls."""

    read_purpose = _("organising an occasion")
    list_display = ["number", "who", "occasion", "status", "registered_at"]
    list_filter = ["status"]
    list_select_related = ["member", "occasion"]
    search_fields = ["member__member_number"]
    search_help_text = _("Member number.")
    ordering = ["-pk"]
    sortable_by: list[str] = []
    history_silent_about = ("public_id",)
    fields = [
        "who",
        "occasion",
        "status",
        "registered_at",
        "cancelled_at",
        "invoice_reference",
        "notice_version",
    ]

    @admin.display(description=_("registration"))
    def number(self, registration: Registration) -> str:
        return str(registration).capitalize()

    @admin.display(description=_("member"))
    def who(self, registration: Registration) -> str:
        return registration.member.label_with_name

    def get_urls(self) -> list[URLPattern]:
        permission = "courses.cancel_registration"
        return [self.object_url("cancel", self.cancel, permission=permission), *super().get_urls()]

    def cancel(self, request: HttpRequest, registration: Registration) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                registering.cancel(registration, by=request.user, at=timezone.now())
            except registering.CannotRegister as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, registration, str(_("Cancelled.")))
                self.message_user(request, _("The registration is cancelled."), messages.SUCCESS)
                return self.back_to(registration)
        return self.ask(
            request,
            registration,
            form,
            title=_("Cancel the registration"),
            text=_(
                "The place goes to the next one who waits. What the member told of special needs "
                "is erased at once."
            ),
            button=_("Cancel the registration"),
        )
