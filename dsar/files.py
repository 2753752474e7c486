"""Stored files and the records that name them: neither may be without the other.

A file is stored before the transaction that names it commits. Where that fails, or its process
dies, a file is left behind that nothing names and that no erasure would ever reach.
"""

import datetime as dt
import logging
import posixpath
from dataclasses import dataclass
from typing import Any, cast

from django.core.files.storage import default_storage
from django.db.models import FileField

from dsar import destroyer
from dsar.models import SweepRun
from ledarna_gdpr.privacy import PersonalData, registry

logger = logging.getLogger(__name__)

#: The transaction that is to name a younger file may be under way.
YOUNG = dt.timedelta(days=1)
#: More than so many at once tell of a database that was restored, or of somebody else's files: a
#: person looks before they go.
MANY = 100
#: So many records without their file are named in the log.
TOLD = 20


@dataclass(frozen=True)
class Compared:
    #: Paths of files that no record names.
    unnamed: list[str]
    #: Records whose file is not there: ``app.Model`` and key.
    missing: list[tuple[str, Any]]

    @property
    def are_many(self) -> bool:
        return len(self.unnamed) > MANY


def compare(at: dt.datetime) -> Compared:
    """Hold the store against the database. One or two queries for each field that holds files."""
    named: dict[str, tuple[str, Any]] = {}
    remembered: set[str] = set()
    folders: set[str] = set()
    for declaration in registry:
        for name in declaration.file_fields:
            rows = declaration.records().exclude(**{name: ""}).order_by()
            for key, path in rows.values_list("pk", name).iterator():
                named[path] = declaration.label, key
            remembered |= _in_history(declaration, name)
            folders.add(_folder(declaration, name))
    # After the names: a file stored meanwhile is young, and one of a new record is not missed.
    stored = _stored(folders | {posixpath.dirname(path) for path in named})
    strangers = sorted(stored - named.keys() - remembered)
    return Compared(
        unnamed=[path for path in strangers if _is_older_than(path, at - YOUNG)],
        missing=[named[path] for path in sorted(named.keys() - stored)],
    )


def put_in_order(sweep_run: SweepRun, *, at: dt.datetime) -> None:
    """Remove the files that no record names, unless they are many; tell of missing ones."""
    found = compare(at)
    if not found.are_many:
        destroyer.remove_strangers(found.unnamed)
    for label, key in found.missing[:TOLD]:
        logger.error("The file of %s %s is missing", label, key)
    count = len(found.unnamed)
    SweepRun.objects.filter(pk=sweep_run.pk).update(
        files_removed=0 if found.are_many else count,
        files_unnamed=count if found.are_many else 0,
        files_missing=len(found.missing),
    )


def remove_unnamed(at: dt.datetime) -> int:
    """Remove the files that no record names, however many: somebody has looked. Gives how many."""
    return destroyer.remove_strangers(compare(at).unnamed)


def _in_history(declaration: PersonalData, name: str) -> set[str]:
    """Files that only an earlier state of a record names."""
    history = declaration.history_model
    if history is None or name not in {field.name for field in history._meta.concrete_fields}:
        return set()
    return set(history._base_manager.values_list(name, flat=True).distinct())


def _folder(declaration: PersonalData, name: str) -> str:
    field = cast(FileField, declaration.model._meta.get_field(name))
    return posixpath.dirname(field.generate_filename(declaration.model(), "x"))


def _stored(folders: set[str]) -> set[str]:
    found: set[str] = set()
    for folder in folders:
        try:
            _subfolders, names = default_storage.listdir(folder)
        except FileNotFoundError:  # nothing has been stored there yet
            continue
        found.update(posixpath.join(folder, name) for name in names)
    return found


def _is_older_than(path: str, moment: dt.datetime) -> bool:
    try:
        return default_storage.get_modified_time(path) < moment
    except FileNotFoundError:  # removed in this moment
        return False
