"""Databases of the benchmark's own on the server that DATABASE_URL names."""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ledarna_gdpr.benchmark import dataset

SUFFIX = "_benchmark"


class Databases:
    """A filled database for each size, and the copy that is worked on.

    Everything it creates or drops has ``_benchmark`` in its name.
    """

    def __init__(self) -> None:
        product = connection.settings_dict["NAME"]
        self.name = product if product.endswith(SUFFIX) else product + SUFFIX

    def work_on(self, members: int, ended: int, left: int) -> None:
        """Point Django at a fresh copy of a register of this size."""
        filled = f"{self.name}_{members}"
        if not self._exists(filled):
            self._fill(filled, members, ended, left)
        connection.close()
        self._admin(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f'CREATE DATABASE "{self.name}" TEMPLATE "{filled}" STRATEGY FILE_COPY',
        )
        connection.settings_dict["NAME"] = self.name
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")

    def drop(self) -> None:
        connection.close()
        with self._server() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            if name == self.name or name.startswith(f"{self.name}_"):
                self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def environment(self) -> dict[str, str]:
        """For a process that is to work on the same copy."""
        url = urlsplit(os.environ["DATABASE_URL"])
        return os.environ | {
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{self.name}")),
            "DATA_DIR": str(settings.DATA_DIR),
            "ERASURE_LEDGER": str(settings.ERASURE_LEDGER),
            "LOG_LEVEL": "WARNING",
        }

    def _fill(self, name: str, members: int, ended: int, left: int) -> None:
        half_done = f"{name}_new"
        self._admin(
            f'DROP DATABASE IF EXISTS "{half_done}" WITH (FORCE)', f'CREATE DATABASE "{half_done}"'
        )
        connection.settings_dict["NAME"] = half_done
        connection.close()
        call_command("migrate", verbosity=0)
        dataset.fill(members, ended=ended, left=left)
        connection.close()
        self._admin(f'ALTER DATABASE "{half_done}" RENAME TO "{name}"')

    def _exists(self, name: str) -> bool:
        with self._server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _admin(self, *statements: str) -> None:
        with self._server() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _server(self) -> Any:
        return connection._nodb_cursor()
