"""What is stored encrypted, and what is looked up by keyed hash (Art. 32(1)(a)).

A copy of the database without these keys gives neither the values nor, by trying all numbers,
whom they belong to.
"""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    digests = (hashlib.sha256(key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def encrypt(value: bytes) -> bytes:
    """Without the time of writing, which Fernet would put in front for all to read: when an
    answer was written is half of who wrote it."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).encrypt_at_time(value, 0)


def decrypt(token: bytes) -> bytes:
    """The value behind ``encrypt``; raises ``cryptography.fernet.InvalidToken`` without its key."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).decrypt(token)


def keyed_hash(value: str, *, of: str) -> str:
    """64 hexadecimal digits that only a holder of LOOKUP_KEY can compute.

    ``of`` keeps kinds of value apart: the same text as telephone and as number hashes differently.
    """
    message = f"{of}:{value}".encode()
    return hmac.digest(settings.LOOKUP_KEY.encode(), message, "sha256").hex()
