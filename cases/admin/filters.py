"""What an employee asks her inbox for. Each choice is answered by an index."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import kinds, limitation, services
from cases.models import Case, Team
from ledarna_gdpr.days_left import SOON


class StateFilter(admin.SimpleListFilter):
    """An inbox holds what is running; what is searched for may be closed."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        self.is_search = SEARCH_VAR in request.GET
        states = [(value, label) for value, label in Case.STATUS.choices]
        return [("running", _("not closed")), *states, ("any", _("all"))]

    def value(self) -> str:
        return super().value() or ("any" if self.is_search else "running")

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "running":
                return queryset.running()
            case "any":
                return queryset
        return queryset.filter(status=self.value())


class WhoseFilter(admin.SimpleListFilter):
    title, parameter_name = _("handler"), "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("mine", _("mine")), ("unit", _("my unit's")), ("nobody", _("nobody's"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "mine":
                return queryset.filter(handler=request.user)
            case "unit":
                return queryset.filter(team__in=list(Team.objects.of(request.user)))
            case "nobody":
                return queryset.unassigned()
        return queryset


class DueFilter(admin.SimpleListFilter):
    title, parameter_name = _("time"), "time"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("overdue", _("overdue")),
            ("soon", _("due within a week")),
            ("limitation", _("limitation within a month")),
            ("review", _("to review before erasure")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        match self.value():
            case "overdue":
                return queryset.overdue(on=today)
            case "soon":
                latest = today + dt.timedelta(days=SOON)
                return queryset.running().filter(due_on__lte=latest)
            case "limitation":
                near = limitation.approaching(queryset.order_by(), on=today)
                return queryset.filter(pk__in={last.case.pk for last in near})
            case "review":
                return services.awaiting_review(queryset, on=today)
        return queryset


class KindFilter(admin.SimpleListFilter):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(kind.value, kind.label) for kind in kinds.handled_by(request.user)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset
