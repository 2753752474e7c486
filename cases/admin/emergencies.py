from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import services
from cases.models import EmergencyAccess
from members.admin.base import ForUserAdmin, ReadOnly, name_of, posted


class FollowedUpFilter(admin.SimpleListFilter):
    title, parameter_name = _("follow-up"), "followed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("waiting", _("to follow up"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting() if self.value() == "waiting" else queryset


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(ReadOnly, ForUserAdmin):
    """Who broke the glass and why: for the leads of the unit and the officer."""

    member_path = "case__member"
    read_purpose = _("follow-up of an emergency access")
    refusal = services.CannotDo
    change_form_template = "admin/cases/emergencyaccess/change_form.html"
    list_display = ["__str__", "case_number", "employee", "at", "follower", "followed_up_at"]
    list_select_related = ["case__member", "user", "followed_up_by"]
    list_filter = [FollowedUpFilter]
    search_fields = ["case"]
    search_help_text = _("Case number.")
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fields = ["case_number", "employee", "reason", "at", "until", "follower", "followed_up_at"]
    readonly_fields = ["case_number", "employee", "follower"]

    @admin.display(description=_("case"))
    def case_number(self, access: EmergencyAccess) -> int:
        return access.case_id

    @admin.display(description=_("employee"))
    def employee(self, access: EmergencyAccess) -> str:
        return name_of(access.user)

    @admin.display(description=_("followed up by"))
    def follower(self, access: EmergencyAccess) -> str:
        return name_of(access.followed_up_by)

    def get_urls(self) -> list[URLPattern]:
        permission = "cases.view_emergencyaccess"
        return [
            self.object_url("follow_up", self.follow_up, permission=permission),
            *super().get_urls(),
        ]

    def follow_up(self, request: HttpRequest, access: EmergencyAccess) -> HttpResponse:
        return self.step(
            request,
            access,
            forms.Form(posted(request)),
            lambda: services.follow_up(access, by=request.user, at=timezone.now()),
            done=_("Followed up."),
            title=_("Followed up"),
            text=_("You have asked why the case was opened, and the reason holds."),
            button=_("Followed up"),
        )
