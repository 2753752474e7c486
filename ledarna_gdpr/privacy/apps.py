from django.apps import AppConfig
from django.core import checks


class PrivacyConfig(AppConfig):
    name = "ledarna_gdpr.privacy"
    label = "privacy"

    def ready(self) -> None:
        from ledarna_gdpr.privacy.checks import check_registry  # needs loaded models
        from ledarna_gdpr.privacy.registry import registry

        checks.register(check_registry)
        registry.autodiscover()
