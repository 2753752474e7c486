from typing import Any

from django.conf import settings
from django.http import HttpRequest


def organisation(request: HttpRequest) -> dict[str, Any]:
    """The controller's identity, for every page's foot."""
    return {"controller": settings.CONTROLLER, "mail_is_kept": not settings.DELIVERY_URL}
