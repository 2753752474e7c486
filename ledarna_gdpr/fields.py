"""Model fields that the apps share."""

from typing import Any

from django.db import models

from ledarna_gdpr import crypto


class EncryptedTextField(models.TextField):
    """Text that the database holds encrypted. It cannot be searched; look it up by keyed hash."""

    def get_prep_value(self, value: Any) -> str | None:
        if value in (None, ""):
            return value
        return crypto.encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value in (None, ""):
            return value
        return crypto.decrypt(value.encode()).decode()
