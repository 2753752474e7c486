from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

#: What a panel gives: its template and what the template needs. None where the reader may not
#: see it.
Panel = Callable[[HttpRequest], tuple[str, dict[str, Any]] | None]


#: Their own pages would delete rows, show secrets or change roles that are kept in code.
LEFT_OUT = {"auth", "account", "mfa", "socialaccount"}


class WorkDesk(admin.AdminSite):
    """The admin, with the work desk for an index: what waits, before what there is.

    An app lays its panels there as it registers its models.
    """

    site_title = _("Ledarna back-office")
    site_header = _("Ledarna – members and personal data")
    index_title = _("Work desk")
    index_template = "admin/workdesk.html"
    enable_nav_sidebar = True
    #: Staff log in as everyone does, with the same limits, records and second factor.
    login = method_decorator(secure_admin_login)(admin.AdminSite.login)

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._panels: list[tuple[int, Panel]] = []
        # Personal data leave the database through one function only, and not through this one.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Register as usual, but leave libraries' pages out."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label not in LEFT_OUT]
        super().register(ours, *args, **options)

    def panel(self, *, order: int) -> Callable[[Panel], Panel]:
        """Lay a panel on the desk; a lower ``order`` lies further up."""

        def lay(panel: Panel) -> Panel:
            self._panels.append((order, panel))
            return panel

        return lay

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        return [{**app, "name": capfirst(app["name"])} for app in apps]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        panels = []
        for _order, panel in sorted(self._panels, key=lambda pair: pair[0]):
            if content := panel(request):
                template, context = content
                panels.append({"template": template, "context": context})
        return super().index(request, {"panels": panels, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """None: it would carry names in its address. Forms ask for the member number instead."""
        raise Http404
