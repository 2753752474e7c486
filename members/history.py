from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


def _user_of(historical: Any) -> Any:
    from members.models import User  # the models of this module's own users load after it

    return User.objects.filter(pk=historical.history_user_id).first()


def _set_user(historical: Any, user: Any) -> None:
    historical.history_user_id = user.pk if user else None


class History(HistoricalRecords):
    """History whose author is a bare number: it must not keep the author's account standing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            history_user_id_field=models.BigIntegerField(null=True),
            history_user_getter=_user_of,
            history_user_setter=_set_user,
            **kwargs,
        )
