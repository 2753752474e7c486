"""Everything about a person, read through the declarations alone (Art. 15 and 20).

``collect`` reads many people at once: one query for each model, each history and each kind of
trace, however many people and rows there are. What it gives is plain data, the content of
``data.json``; ``schema/access-1.json`` describes it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Field, Q, QuerySet
from django.utils import timezone

from dsar import controller, periods, recipients
from dsar.periods import Periods
from ledarna_gdpr.privacy import PersonalData, Purpose, Source, SubjectData, registry
from ledarna_gdpr.privacy.answers import Mask, Masked
from ledarna_gdpr.privacy.declarations import follow

SCHEMA = "access-1"

Document = dict[str, Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    #: What is read: the field, or what tells a person more than its key.
    path: str
    withheld: str | None
    convert: Convert | None
    mask: Mask | None = None


@dataclass(frozen=True)
class Passage:
    """A text of which a part is masked, as it stands and as its person may read it."""

    declaration: PersonalData
    record: Any
    column: Column
    original: str
    masked: Masked


@dataclass(frozen=True)
class Sheet:
    """How one declaration is read and shown. Made once for each process and language."""

    declaration: PersonalData
    columns: tuple[Column, ...]
    #: What is selected: the row's key, the person's key, provenance where there is, then values.
    names: tuple[str, ...]
    source: str

    @cached_property
    def printed(self) -> list[Column]:
        return [column for column in self.columns if column.withheld is None]


def collect(
    subject_ids: Iterable[Any], *, at: dt.datetime, portable: bool = False
) -> dict[Any, Document]:
    """The documents of these people by key.

    ``portable`` narrows them to what Art. 20(1) covers: what the person provided herself, under
    consent or contract, without history or log.
    """
    in_force = periods.in_force()
    on = timezone.localdate(at)
    keys = list(subject_ids)
    sections: dict[Any, list[Document]] = {key: [] for key in keys}
    received: dict[Any, dict[str, list[recipients.Told]]] = {key: defaultdict(list) for key in keys}
    for declaration in registry.children_first()[::-1]:
        if portable and not (declaration.purpose.is_portable and declaration.provided):
            continue
        for key, section in _sections(sheet(declaration, portable), keys, portable, on):
            sections[key].append(section)
        if not portable:
            for key, recipient in recipients.of_people(declaration, keys):
                received[key][declaration.purpose.key].append(recipient)
    head = _head(at, portable)
    processing = _processing(in_force)
    return {
        key: head
        | {
            "subject": _subject(found),
            "processing": [_received(purpose, received[key]) for purpose in processing],
            "sections": found,
        }
        for key, found in sections.items()
    }


# --- reading ----------------------------------------------------------------------------------


def _sections(
    shown: Sheet, keys: list[Any], portable: bool, on: dt.date
) -> Iterator[tuple[Any, Document]]:
    declaration = shown.declaration
    records: dict[Any, list[Document]] = defaultdict(list)
    owner: dict[Any, Any] = {}
    for row in inside(declaration, keys, portable, on).order_by("pk").values_list(*shown.names):
        owner[row[0]] = row[1]
        records[row[1]].append(_record(shown, row))
    left_out = {} if portable else _outside(declaration, keys, on)
    earlier = {} if portable or not owner else _earlier(shown, owner)
    entries = {} if portable or not owner else _entries(declaration, owner)
    withheld = {c.label: c.withheld for c in shown.columns if c.withheld is not None}
    title = declaration.title
    for key in keys if left_out else records:
        if not (key in records or key in left_out):
            continue
        section: Document = {
            "model": declaration.label,
            "title": title,
            "purpose": declaration.purpose.key,
            "records": records.get(key, []),
        }
        if withheld and not portable:
            section["withheld"] = withheld
        if key in left_out:
            section["left_out"] = left_out[key]
        if key in earlier:
            section["earlier_versions"] = earlier[key]
        if key in entries:
            section["log"] = entries[key]
        yield key, section


def inside(
    declaration: PersonalData, keys: list[Any], portable: bool, on: dt.date
) -> QuerySet[Any]:
    """The records of these people that an answer shows."""
    records = declaration.records_of(keys)
    if portable and declaration.provided_records is not None:
        records = records.filter(declaration.provided_records)
    for outside in declaration.outside:
        records = records.exclude(outside.applies(on))
    return records


def _outside(declaration: PersonalData, keys: list[Any], on: dt.date) -> dict[Any, list[Document]]:
    """How many records an answer leaves out and why, by person."""
    found: dict[Any, list[Document]] = defaultdict(list)
    counted = Q()
    for outside in declaration.outside:
        left_out = declaration.records_of(keys).filter(outside.applies(on)).exclude(counted)
        counts = left_out.order_by().values_list(declaration.subject).annotate(count=Count("pk"))
        for key, count in counts:
            found[key].append({"count": count, "reason": str(outside.because)})
        counted |= outside.applies(on)
    return found


def masked_passages(subject_id: Any, *, at: dt.datetime) -> list[Passage]:
    """The texts that an answer to this person masks, for a second look before they leave.

    A query for each model with such texts.
    """
    found = []
    for declaration in registry:
        columns = [c for c in sheet(declaration, False).printed if c.mask is not None]
        if not columns:
            continue
        records = inside(declaration, [subject_id], False, timezone.localdate(at))
        for key, *texts in records.order_by("pk").values_list("pk", *(c.name for c in columns)):
            for column, text in zip(columns, texts, strict=True):
                masked = column.mask(text or "")  # type: ignore[misc]
                if masked.grounds:
                    found.append(Passage(declaration, key, column, text, masked))
    return found


def _record(shown: Sheet, row: tuple[Any, ...]) -> Document:
    values = row[2:]
    if shown.declaration.provenance:
        provenance, values = values[0], values[1:]
    else:
        provenance = None
    fields = []
    for column, value in zip(shown.printed, values, strict=True):
        if value is None or value == "":
            continue
        source = shown.source
        if provenance and column.name in provenance:
            source, since = provenance[column.name]
            source = source_label(source)
        else:
            since = None
        entry = {
            "name": column.name,
            "label": column.label,
            "value": value,
            "source": source,
        }
        if column.mask:
            masked = column.mask(value)
            entry["value"] = masked.text
            if masked.grounds:
                entry["masked"] = {str(g.label): count for g, count in masked.grounds.items()}
        elif column.convert:
            entry["value"] = column.convert(value)
        if since:
            entry["since"] = since
        fields.append(entry)
    return {"fields": fields}


def _earlier(shown: Sheet, owner: dict[Any, Any]) -> dict[Any, list[Document]]:
    """The history rows of the records, by person."""
    history = shown.declaration.history_model
    if history is None:
        return {}
    kept = {f.name for f in history._meta.concrete_fields}
    columns = [column for column in shown.printed if column.name in kept]
    key = shown.declaration.model._meta.pk.name
    rows = (
        history._base_manager.filter(**{f"{key}__among": owner})
        .order_by("history_date", "history_id")
        .values_list(key, "history_date", "history_change_reason", *(c.path for c in columns))
    )
    found: dict[Any, list[Document]] = defaultdict(list)
    for record, changed_at, reason, *values in rows:
        found[owner[record]].append(
            {
                "until": _moment(changed_at),
                "reason": reason or "",
                "fields": [
                    {
                        "name": column.name,
                        "label": column.label,
                        "value": column.convert(value) if column.convert else value,
                    }
                    for column, value in zip(columns, values, strict=True)
                    if value not in (None, "")
                ],
            }
        )
    return found


def _entries(declaration: PersonalData, owner: dict[Any, Any]) -> dict[Any, list[Document]]:
    """What other tables say of the records by content type and key, such as the admin log."""
    found: dict[Any, list[Document]] = defaultdict(list)
    kind = ContentType.objects.get_for_model(declaration.model)
    by_text = {str(record): key for record, key in owner.items()}
    for trace in registry.traces:
        columns = sheet(trace, False).printed
        pointing = {trace.content_type: kind, f"{trace.object_id}__among": by_text}
        rows = trace.records().filter(**pointing).order_by("pk")
        for record, *values in rows.values_list(trace.object_id, *(c.name for c in columns)):
            found[by_text[record]].append(
                {
                    column.label: column.convert(value) if column.convert else value
                    for column, value in zip(columns, values, strict=True)
                    if value not in (None, "")
                }
            )
    return found


# --- how a model is shown ---------------------------------------------------------------------


@cache
def sheet(declaration: PersonalData, portable: bool) -> Sheet:
    """The columns of a declaration. What only points at the person says nothing and is left out."""
    links = {declaration.subject.split("__")[0], "pk"} if declaration.subject else set()
    names = declaration.provided if portable else declaration.fields
    columns = tuple(
        Column(
            name=field.name,
            label=str(field.verbose_name),
            path=declaration.shown_as.get(field.name, field.name),
            withheld=_withheld(declaration, field.name),
            convert=_converter(declaration, field),
            mask=declaration.masked.get(field.name),
        )
        for field in declaration.model._meta.concrete_fields
        if field.name in names
        and field.name != declaration.provenance
        and not (
            field.name in links and (field.is_relation or isinstance(declaration, SubjectData))
        )
    )
    head = ["pk", declaration.subject] if declaration.subject else ["pk"]
    if declaration.provenance:
        head.append(declaration.provenance)
    printed = [column.path for column in columns if column.withheld is None]
    return Sheet(declaration, columns, (*head, *printed), source_label(declaration.source))


def _withheld(declaration: PersonalData, name: str) -> str | None:
    why = declaration.withheld.get(name)
    return None if why is None else str(why)


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


def _moment(value: dt.datetime) -> str:
    return value.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")


@cache
def source_label(source: str) -> str:
    return str(Source(source).label) if source in Source.values else source


def place_of(path: str) -> str:
    """The folder of the answer in which a stored file lies."""
    return f"files/{path.rpartition('/')[2]}"


CONVERTERS: dict[str, Convert] = {
    "FileField": place_of,
    "DateTimeField": _moment,
    "DateField": dt.date.isoformat,
    "DecimalField": str,
    "UUIDField": str,
}


# --- what is told beside the data (Art. 15(1)(a)-(h), 15(2)) -----------------------------------


def _head(at: dt.datetime, portable: bool) -> Document:
    on = timezone.localdate(at)
    return {
        "schema": SCHEMA,
        "kind": "portability" if portable else "access",
        "generated": _moment(at),
        "controller": controller.identity(),
        "data_protection_officer": controller.officer(on),
        "authority": controller.authority(),
    }


def _subject(sections: list[Document]) -> Document:
    """The person in the terms of schema.org, from the record that is herself."""
    words = registry.subject.vocabulary
    label = registry.subject.label
    own: list[Document] = next((s["records"] for s in sections if s["model"] == label), [])
    fields = [field for record in own for field in record["fields"]]
    return {"@type": "Person"} | {
        words[field["name"]]: field["value"] for field in fields if field["name"] in words
    }


def _processing(in_force: Periods) -> list[Document]:
    return [_purpose(purpose, in_force) for purpose in registry.purposes]


def _received(purpose: Document, by_purpose: dict[str, list[recipients.Told]]) -> Document:
    """What is told of a purpose, with who has received this person's data for it."""
    found = by_purpose.get(purpose["purpose"])
    if not found:
        return purpose
    return purpose | {
        "recipients": sorted({recipients.in_words(told) for told in found}),
        "transfers_outside_eea": sorted(set(recipients.transfers(found))),
    }


def _purpose(purpose: Purpose, in_force: Periods) -> Document:
    declarations = registry.serving(purpose)
    rules = {a.rule.code: (a, d) for d in declarations for a in d.anchors_for(purpose)}
    return {
        "purpose": purpose.key,
        "title": str(purpose.title),
        "description": str(purpose.description),
        "legal_basis": [str(basis.label) for basis in purpose.basis],
        "special_category_condition": [str(condition.label) for condition in purpose.condition],
        "categories": [str(category.label) for category in registry.categories(purpose)],
        "sources": sorted({source_label(d.source) for d in declarations}),
        "recipients": [],
        "transfers_outside_eea": [],
        "automated_decisions": False,
        "retention": [
            {
                "rule": code,
                "records": declaration.title,
                "period": periods.in_words(anchor, declaration, in_force),
                "reason": str(anchor.rule.reason),
            }
            for code, (anchor, declaration) in sorted(rules.items())
        ],
        "rights": controller.rights(purpose),
    }
