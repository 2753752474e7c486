"""Django's database sessions, with the account's key in a column of its own, encrypted.

A session of nobody's, such as one that waits for a log-in code, lives for an hour.
"""

import json
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils.encoding import force_bytes

from ledarna_gdpr import crypto

ANONYMOUS_AGE = 3600


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from members.models import Session  # loaded before the apps are

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session

    def get_session_cookie_age(self) -> int:
        return settings.SESSION_COOKIE_AGE if self.get(SESSION_KEY) else ANONYMOUS_AGE

    def encode(self, session_dict: dict[str, Any]) -> str:
        return crypto.encrypt(json.dumps(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What ``encode`` hid; nothing where the key has been retired: log in again."""
        try:
            return json.loads(crypto.decrypt(force_bytes(session_data)))
        except InvalidToken:
            return {}
