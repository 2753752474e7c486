"""``manage.py check``: a log-in service that is set up wrongly is told at the start."""

from typing import Any

from django.conf import settings
from django.core import checks

NEEDED = ("id", "name", "client_id", "secret", "server_url", "required_claims")


def check_providers(app_configs: object = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Each of OIDC_PROVIDERS says who it is, what it must have returned and how it names people."""
    found: list[checks.CheckMessage] = []
    for place, provider in enumerate(settings.OIDC_PROVIDERS, start=1):
        needed = NEEDED if provider.get("audience") == "staff" else (*NEEDED, "personnummer_claim")
        missing = [name for name in needed if not provider.get(name)]
        if missing:
            found.append(
                checks.Error(
                    f"Number {place} of OIDC_PROVIDERS lacks {', '.join(missing)}.",
                    hint="See .env.example.",
                    id="members.E001",
                )
            )
    return found
