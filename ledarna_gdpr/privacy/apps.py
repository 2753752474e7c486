from django.apps import AppConfig
from django.core import checks
from django.db.models import Field, ForeignObject

from ledarna_gdpr.privacy.keys import Among


class PrivacyConfig(AppConfig):
    name = "ledarna_gdpr.privacy"
    label = "privacy"

    def ready(self) -> None:
        from ledarna_gdpr.privacy.checks import check_registry  # needs loaded models
        from ledarna_gdpr.privacy.registry import registry

        Field.register_lookup(Among)
        ForeignObject.register_lookup(Among)  # which does not inherit them
        checks.register(check_registry)
        registry.autodiscover()
