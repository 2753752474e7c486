"""Whom we write to after exit, how often, and why it ended. Nobody here sends anything."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.admin.base import ForUserAdmin, ReadOnly
from members.models import FollowUp


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("running", _("goes on")), ("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "running":
                return queryset.running()
            case "ended":
                return queryset.exclude(ended_on=None)
        return queryset


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly, ForUserAdmin):
    member_path = "period__member"
    read_purpose = _("contact after exit")
    list_display = [
        "member_number",
        "purpose",
        "left_on",
        "sent",
        "maximum",
        "last_sent_on",
        "ended_on",
        "ended_because",
    ]
    list_filter = ["purpose", StateFilter]
    search_fields = ["period__member__member_number"]
    search_help_text = _("Member number.")
    ordering = ["-pk"]
    sortable_by: list[str] = []
    list_select_related = ["period__member"]
    fields = list_display
    readonly_fields = ["member_number", "left_on"]

    @admin.display(description=_("member number"))
    def member_number(self, follow_up: FollowUp) -> int:
        return follow_up.period.member.member_number

    @admin.display(description=_("left on"))
    def left_on(self, follow_up: FollowUp) -> Any:
        return follow_up.period.ended_on
