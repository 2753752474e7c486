"""History beside each record, and how to write it for many at once."""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, models
from simple_history.models import HistoricalRecords


def _user_of(historical: Any) -> Any:
    return get_user_model()._base_manager.filter(pk=historical.history_user_id).first()


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


def snapshot(
    records: models.QuerySet[Any],
    *,
    kind: str,
    user_id: int | None,
    reason: str,
    at: dt.datetime,
) -> None:
    """Write a history row for each record, as it stands now, in one statement.

    ``kind`` is ``+`` for records that were added and ``~`` for changed ones. Bulk writing makes
    no history by itself, and a row at a time is too slow for a register.
    """
    model = records.model
    historical = getattr(model, model._meta.simple_history_manager_attribute).model
    own = {"history_user_id": user_id, "history_date": at, "history_type": kind}
    own["history_change_reason"] = reason
    shared = [
        field
        for field in model._meta.concrete_fields
        if field.name in {f.name for f in historical._meta.concrete_fields}
    ]
    connection = connections[records.db]
    quote = connection.ops.quote_name
    values = [
        historical._meta.get_field(name).get_db_prep_save(value, connection)
        for name, value in own.items()
    ]
    chosen, parameters = (
        records.order_by().values_list(*(field.attname for field in shared)).query.sql_with_params()
    )
    columns = [historical._meta.get_field(f.name).column for f in shared]
    columns += [historical._meta.get_field(name).column for name in own]
    with connection.cursor() as cursor:
        # Names come from the models, values are parameters.
        cursor.execute(
            f"INSERT INTO {quote(historical._meta.db_table)} ({', '.join(map(quote, columns))})"  # noqa: S608
            f" SELECT chosen.*, {', '.join(['%s'] * len(values))} FROM ({chosen}) AS chosen",
            [*values, *parameters],
        )
