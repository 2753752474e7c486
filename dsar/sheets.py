"""How an access answer shows the records of a model, as its declaration has it.

All that is the same for every record is settled once, in a sheet; what is left for each value is
to be set in.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db.models import Field
from django.utils import timezone

from ledarna_gdpr.privacy import PersonalData, Source, SubjectData
from ledarna_gdpr.privacy.answers import Mask
from ledarna_gdpr.privacy.declarations import follow

Document = dict[str, Any]
Row = tuple[Any, ...]
Convert = Callable[[Any], Any]

#: What says nothing, and is not shown.
EMPTY = (None, "")


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    #: What is read: the field, or what tells a person more than its key.
    path: str
    source: str
    convert: Convert | None
    mask: Mask | None

    def entry(self, value: Any) -> Document:
        """A value as it stands in a record."""
        entry = {"name": self.name, "label": self.label, "value": value, "source": self.source}
        if self.mask:
            masked = self.mask(value)
            entry["value"] = masked.text
            if masked.grounds:
                entry["masked"] = {str(g.label): count for g, count in masked.grounds.items()}
        elif self.convert:
            entry["value"] = self.convert(value)
        return entry

    def shown(self, value: Any) -> Any:
        """A value alone, as its person may read it."""
        return self.convert(value) if self.convert else value


@dataclass(frozen=True)
class Sheet:
    """How one declaration is read and shown. Made once for each process."""

    declaration: PersonalData
    columns: tuple[Column, ...]
    #: What is named but not shown, and why.
    withheld: Mapping[str, str]

    @cached_property
    def _head(self) -> list[str]:
        """What is read before the values: keys of record and person, and provenance if kept."""
        declaration = self.declaration
        return ["pk", declaration.subject, *filter(None, [declaration.provenance])]

    @property
    def names(self) -> list[str]:
        """What is read of a record, for ``record``."""
        return [*self._head, *(column.path for column in self.columns)]

    def record(self, row: Row) -> Document:
        fields = [
            column.entry(value)
            for column, value in zip(self.columns, row[len(self._head) :], strict=True)
            if value not in EMPTY
        ]
        if self.declaration.provenance:
            _name_sources(fields, row[2] or {})
        return {"fields": fields}

    @cached_property
    def _kept(self) -> list[Column]:
        """The columns that the history has, too."""
        history = self.declaration.history_model
        kept = {field.name for field in history._meta.concrete_fields} if history else set()
        return [column for column in self.columns if column.name in kept]

    @property
    def history_names(self) -> list[str]:
        """What is read of a record's history, for ``version``."""
        pk = self.declaration.model._meta.pk.name
        paths = (column.path for column in self._kept)
        return [pk, "history_date", "history_change_reason", *paths]

    def version(self, row: Row) -> Document:
        _record, changed_at, reason, *values = row
        return {
            "until": moment(changed_at),
            "reason": reason or "",
            "fields": [
                {"name": column.name, "label": column.label, "value": column.shown(value)}
                for column, value in zip(self._kept, values, strict=True)
                if value not in EMPTY
            ],
        }


def _name_sources(fields: list[Document], provenance: Mapping[str, tuple[str, str]]) -> None:
    """Say of each value where it came from and when, where that is known."""
    for entry in fields:
        if entry["name"] in provenance:
            source, since = provenance[entry["name"]]
            entry["source"] = source_label(source)
            if since:
                entry["since"] = since


@cache
def sheet(declaration: PersonalData, portable: bool) -> Sheet:
    """The columns of a declaration. What only points at the person says nothing and is left out."""
    links = {declaration.subject.split("__")[0], "pk"} if declaration.subject else set()
    names = declaration.provided if portable else declaration.fields
    fields = [
        field
        for field in declaration.model._meta.concrete_fields
        if field.name in names
        and field.name != declaration.provenance
        and not (
            field.name in links and (field.is_relation or isinstance(declaration, SubjectData))
        )
    ]
    withheld = declaration.withheld
    # What is taken elsewhere holds the data alone.
    named = () if portable else [field for field in fields if field.name in withheld]
    return Sheet(
        declaration,
        tuple(_column(declaration, field) for field in fields if field.name not in withheld),
        {str(field.verbose_name): str(withheld[field.name]) for field in named},
    )


def _column(declaration: PersonalData, field: Field) -> Column:
    return Column(
        name=field.name,
        label=str(field.verbose_name),
        path=declaration.shown_as.get(field.name, field.name),
        source=source_label(declaration.source),
        convert=_converter(declaration, field),
        mask=declaration.masked.get(field.name),
    )


def _converter(declaration: PersonalData, field: Field) -> Convert | None:
    """What turns a column's value into JSON that its person may read, or None where it is that."""
    if mask := declaration.masked.get(field.name):
        return lambda value: mask(value).text
    if path := declaration.shown_as.get(field.name):
        field = follow(declaration.model, path)
    if field.choices:
        choices = {value: str(label) for value, label in field.flatchoices}
        return lambda value: choices.get(value, value)
    return CONVERTERS.get(field.get_internal_type())


def moment(value: dt.datetime) -> str:
    return value.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")


@cache
def source_label(source: str) -> str:
    return str(Source(source).label) if source in Source.values else source


def place_of(path: str) -> str:
    """The folder of the answer in which a stored file lies."""
    return f"files/{path.rpartition('/')[2]}"


CONVERTERS: dict[str, Convert] = {
    "FileField": place_of,
    "DateTimeField": moment,
    "DateField": dt.date.isoformat,
    "DecimalField": str,
    "UUIDField": str,
}
