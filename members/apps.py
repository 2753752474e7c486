from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("member register")

    def ready(self) -> None:
        from members.accounts import records  # noqa: F401 - its receivers; models must be loaded
