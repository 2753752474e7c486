"""Model fields that the apps share."""

import json
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


class EncryptedJSONField(EncryptedTextField):
    """Plain data that the database holds as encrypted JSON."""

    _pyi_private_set_type: Any  # what the type checker is told that it takes and gives
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return super().get_prep_value(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None
