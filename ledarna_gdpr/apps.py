from django.apps import AppConfig
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created

from ledarna_gdpr.sqlite import teach_swedish


class LedarnaConfig(AppConfig):
    """The project itself: its commands, static files and checks."""

    name = "ledarna_gdpr"

    def ready(self) -> None:
        connection_created.connect(teach_swedish)
        if settings.USES_SQLITE:  # which makes its file, but not the folder
            settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


class WorkDeskConfig(AdminConfig):
    default_site = "ledarna_gdpr.workdesk.WorkDesk"

    def ready(self) -> None:
        super().ready()
        # allauth lays its tables on the desk. They hold its holders' secrets: nobody else's work.
        for model in [*admin.site._registry]:
            if model.__module__.startswith("allauth."):
                admin.site.unregister(model)
