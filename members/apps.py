from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("member register")

    def ready(self) -> None:
        from members.accounts import checks, records  # noqa: F401 - models must be loaded

        register(checks.check_providers)
