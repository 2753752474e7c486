from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members import services
from members.admin.base import ForUserAdmin, ReadOnly, name_of, posted
from members.models import Application


class StatusFilter(admin.SimpleListFilter):
    """Those that wait for a decision, unless one asks for others."""

    title, parameter_name = _("status"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [*Application.Status.choices, ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        _any, *others = list(super().choices(changelist))
        return others

    def value(self) -> str:
        return super().value() or Application.Status.SUBMITTED

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


@admin.register(Application)
class ApplicationAdmin(ReadOnly, ForUserAdmin):
    """What the applicant wrote, and the decision. Nothing here is edited: P5."""

    read_purpose = _("membership applications")
    list_display = ["__str__", "family_name", "given_names", "status", "last_activity_at"]
    list_filter = [StatusFilter]
    list_select_related = ["member"]
    search_fields = ["pk", "member__member_number"]
    search_help_text = _("Number of the application or member number.")
    ordering = ["last_activity_at", "pk"]
    sortable_by: list[str] = []
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "status",
                    "given_names",
                    "family_name",
                    "preferred_name",
                    "personnummer_masked",
                    "last_activity_at",
                    "notice_version",
                    "member_number",
                ]
            },
        ),
        (
            _("Contact details"),
            {"fields": ["email", "phone", "care_of", "street_address", "postal_line", "country"]},
        ),
        (_("Employment"), {"fields": ["employer", "job_title"]}),
        (_("Decision"), {"fields": ["decided_at", "decided_by_name"]}),
    ]

    @admin.display(description=_("personnummer"))
    def personnummer_masked(self, application: Application) -> str:
        return application.personnummer_masked or "–"

    @admin.display(description=_("postal address"))
    def postal_line(self, application: Application) -> str:
        return application.postal_line or "–"

    @admin.display(description=_("member number"))
    def member_number(self, application: Application) -> Any:
        return application.member.member_number if application.member else "–"

    @admin.display(description=_("decided by"))
    def decided_by_name(self, application: Application) -> str:
        return name_of(application.decided_by)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_urls(self) -> list[URLPattern]:
        permission = "members.decide_application"
        return [
            self.object_url("accept", self.accept, permission=permission),
            self.object_url("decline", self.decline, permission=permission),
            *super().get_urls(),
        ]

    def accept(self, request: HttpRequest, application: Application) -> HttpResponse:
        return self._decide(
            request,
            application,
            services.accept,
            title=_("Accept the application"),
            text=_("The applicant becomes a member from today."),
            button=_("Accept"),
            done=_("The applicant is now a member."),
        )

    def decline(self, request: HttpRequest, application: Application) -> HttpResponse:
        return self._decide(
            request,
            application,
            services.decline,
            title=_("Decline the application"),
            text=_("The application is erased when its period has run out."),
            button=_("Decline"),
            done=_("The application has been declined."),
        )

    def _decide(
        self,
        request: HttpRequest,
        application: Application,
        decision: Any,
        *,
        done: Any,
        **page: Any,
    ) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                decision(application, by=request.user, at=timezone.now())
            except services.CannotDecide as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, application, str(page["title"]))
                self.message_user(request, done, messages.SUCCESS)
                return self.back_to(application)
        return self.ask(request, application, form, **page)
