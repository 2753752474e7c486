from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from courses.models import OccasionMessage
from members.admin.base import DeskAdmin, ReadOnly, name_of


@admin.register(OccasionMessage)
class OccasionMessageAdmin(ReadOnly, DeskAdmin):
    """What was written to participants, and how far it has come. Counts alone, no names."""

    list_display = ["subject", "occasion", "created_at", "author", "progress"]
    list_select_related = ["occasion", "sent_by"]
    ordering = ["-pk"]
    fields = [
        "subject",
        "body",
        "occasion",
        "author",
        "created_at",
        "finished_at",
        "progress",
        "without_address",
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user)

    @admin.display(description=_("sent by"))
    def author(self, message: OccasionMessage) -> str:
        return name_of(message.sent_by)

    @admin.display(description=_("written to"))
    def progress(self, message: OccasionMessage) -> str:
        return f"{message.queued} / {message.recipients}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """It renews itself while a worker is at it; one may leave it and come back."""
        response = super().change_view(request, object_id, form_url, extra_context)
        message = self.get_object(request, object_id)
        if message is not None and message.finished_at is None:
            response["Refresh"] = "2"
        return response
