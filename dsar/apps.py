from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DsarConfig(AppConfig):
    name = "dsar"
    verbose_name = _("data protection")

    def ready(self) -> None:
        from dsar import controller, destroyer, holds, notice, periods, roles  # need loaded models
        from ledarna_gdpr.privacy import registry

        registry.notice_in_force = notice.version_in_force
        registry.published_on = notice.published_on
        registry.period_of = periods.period_of
        registry.held_until = holds.held_until
        registry.destroy = destroyer.destroy
        checks.register(controller.check_controller)
        post_migrate.connect(roles.write_roles)
