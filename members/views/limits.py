"""A brake on the public forms."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from ledarna_gdpr.crypto import keyed_hash

HOUR = 3600
#: More than one person writes; few enough that nobody fills the database.
FORMS_AN_HOUR = 20


def has_sent_much(request: HttpRequest, form: str) -> bool:
    """Counts a sent form and tells whether too many have come from the same IP address."""
    address = keyed_hash(get_adapter().get_client_ip(request), of="sender of forms")
    key = f"{form}:{address}:{int(time.time() // HOUR)}"
    cache.add(key, 0, timeout=HOUR)
    return cache.incr(key) > FORMS_AN_HOUR
