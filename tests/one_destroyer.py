"""Law 1, watched while tests run: nobody but the destroyer deletes rows of declared models."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection

from dsar import destroyer
from ledarna_gdpr.privacy import registry

DELETE = re.compile(r'\s*DELETE\s+FROM\s+"?(\w+)', re.IGNORECASE)
ROOT = str(settings.BASE_DIR)
TESTS = f"{ROOT}/tests/"
#: Raw SQL that the destroyer is measured beside, in databases of its own.
BENCHMARK = f"{ROOT}/ledarna_gdpr/benchmark/"


class DeletedBehindTheDestroyersBack(AssertionError):
    """A table of declared rows, and the line of the product that emptied it."""


@cache
def guarded_tables() -> frozenset[str]:
    """The tables of declared models and of their history, but for what their owner may delete."""
    declared = [d for d in registry if not d.owner_may_delete]
    models = [m for d in declared for m in (d.model, d.history_model) if m]
    return frozenset(model._meta.db_table for model in models)


@contextmanager
def watched() -> Iterator[None]:
    with connection.execute_wrapper(_watch):
        yield


def _watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    found = DELETE.match(str(sql))
    if found and found[1] in guarded_tables() and not destroyer.is_active():
        line = _line_of_the_product()
        if not line.startswith((TESTS, BENCHMARK)):
            raise DeletedBehindTheDestroyersBack(f"{found[1]}: {line}")
    return execute(sql, params, many, context)


def _line_of_the_product() -> str:
    """The nearest line of ours, of the product or of a test, that led to the statement."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ROOT) and "/site-packages/" not in name and name != __file__:
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return TESTS
