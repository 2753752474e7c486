"""Everything about a person, read through the declarations alone (Art. 15 and 20).

``collect`` reads many people at once: one query for each model, each history and each kind of
trace, however many people and rows there are. ``sheets`` has how the rows of a model are shown.
What comes of it is plain data, the content of ``data.json``; ``schema/access-1.json`` describes it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dsar import controller, periods, recipients
from dsar.periods import Periods
from dsar.sheets import EMPTY, Column, Document, Row, Sheet, moment, sheet, source_label
from ledarna_gdpr.privacy import PersonalData, Purpose, registry
from ledarna_gdpr.privacy.answers import Masked
from ledarna_gdpr.privacy.keys import Pairs

SCHEMA = "access-1"

#: Who received data of a person, by the key of the purpose.
Received = dict[str, list[recipients.Told]]


@dataclass(frozen=True)
class Passage:
    """A text of which a part is masked, as it stands and as its person may read it."""

    declaration: PersonalData
    record: Any
    column: Column
    original: str
    masked: Masked


def collect(
    subject_ids: Iterable[Any], *, at: dt.datetime, portable: bool = False
) -> Mapping[Any, Document]:
    """The documents of these people by key.

    ``portable`` narrows them to what Art. 20(1) covers: what the person provided herself, under
    consent or contract, without history or log.
    """
    keys = list(subject_ids)
    declarations = registry.children_first()[::-1]
    if portable:
        declarations = [d for d in declarations if d.purpose.is_portable and d.provided]
    on = timezone.localdate(at)
    holdings = [
        _read(sheet(declaration, portable), keys, portable, on) for declaration in declarations
    ]
    if not portable:
        _read_logs(holdings)
    return Answers(
        _head(at, portable),
        _processing(periods.in_force()),
        _by_person(holdings, keys),
        _received([] if portable else declarations, keys),
    )


@dataclass(frozen=True, eq=False)
class Answers(Mapping[Any, Document]):
    """What was read of these people, as a document for each.

    A document is written when it is asked for: of many people, no more than one need be held.
    """

    head: Document
    processing: list[Document]
    holdings: dict[Any, list["Holding"]]
    received: dict[Any, Received]

    def __getitem__(self, person: Any) -> Document:
        sections = [holding.section(person) for holding in self.holdings[person]]
        received = self.received[person]
        return self.head | {
            "subject": _subject(sections),
            "processing": [_with_recipients(purpose, received) for purpose in self.processing],
            "sections": sections,
        }

    def __iter__(self) -> Iterator[Any]:
        return iter(self.holdings)

    def __len__(self) -> int:
        return len(self.holdings)


@dataclass(frozen=True)
class Holding:
    """What a model holds of these people, as it was read, by person."""

    shown: Sheet
    #: What each section begins with.
    heading: Document
    records: dict[Any, list[Row]]
    left_out: dict[Any, list[Document]]
    earlier: dict[Any, list[Row]]
    log: dict[Any, list[Document]]
    #: Whose each record is, by the record's key.
    owners: dict[Any, Any]

    @property
    def people(self) -> set[Any]:
        """Those who have a section."""
        return self.records.keys() | self.left_out.keys()

    def add_to_log(self, key: str, entry: Document) -> None:
        """What was logged of the record with this key, which a log writes as text."""
        record = self.shown.declaration.model._meta.pk.to_python(key)
        self.log[self.owners[record]].append(entry)

    def section(self, person: Any) -> Document:
        section = {
            **self.heading,
            "records": [self.shown.record(row) for row in self.records.get(person, ())],
        }
        if self.shown.withheld:
            section["withheld"] = self.shown.withheld
        if person in self.left_out:
            section["left_out"] = self.left_out[person]
        if person in self.earlier:
            section["earlier_versions"] = [self.shown.version(row) for row in self.earlier[person]]
        if person in self.log:
            section["log"] = self.log[person]
        return section


# --- reading ----------------------------------------------------------------------------------


def _read(shown: Sheet, keys: list[Any], portable: bool, on: dt.date) -> Holding:
    """The rows of a model, but for its logs. A portable answer is about the records alone."""
    declaration = shown.declaration
    records: dict[Any, list[Row]] = defaultdict(list)
    owners: dict[Any, Any] = {}
    for row in inside(declaration, keys, portable, on).order_by("pk").values_list(*shown.names):
        owners[row[0]] = row[1]
        records[row[1]].append(row)
    return Holding(
        shown,
        {
            "model": declaration.label,
            "title": declaration.title,
            "purpose": declaration.purpose.key,
        },
        records,
        left_out={} if portable else _left_out(declaration, keys, on),
        earlier={} if portable else _earlier(shown, owners),
        log=defaultdict(list),
        owners=owners,
    )


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


def _left_out(declaration: PersonalData, keys: list[Any], on: dt.date) -> dict[Any, list[Document]]:
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
        columns = [c for c in sheet(declaration, False).columns if c.mask is not None]
        if not columns:
            continue
        records = inside(declaration, [subject_id], False, timezone.localdate(at))
        for key, *texts in records.order_by("pk").values_list("pk", *(c.name for c in columns)):
            for column, text in zip(columns, texts, strict=True):
                masked = column.mask(text or "")  # type: ignore[misc]
                if masked.grounds:
                    found.append(Passage(declaration, key, column, text, masked))
    return found


def _earlier(shown: Sheet, owners: dict[Any, Any]) -> dict[Any, list[Row]]:
    """The history rows of the records, by person."""
    history = shown.declaration.history_model
    found: dict[Any, list[Row]] = defaultdict(list)
    if history is None or not owners:
        return found
    key = shown.declaration.model._meta.pk.name
    rows = history._base_manager.filter(**{f"{key}__among": owners})
    for row in rows.order_by("history_date", "history_id").values_list(*shown.history_names):
        found[owners[row[0]]].append(row)
    return found


def _read_logs(holdings: list[Holding]) -> None:
    """Add what other tables say of the records by content type and key, such as the admin log.

    One query for each such table, whatever the number of models.
    """
    models = [holding.shown.declaration.model for holding in holdings]
    types = ContentType.objects.get_for_models(*models)
    by_type = {types[model].pk: holding for model, holding in zip(models, holdings, strict=True)}
    kinds: list[Any] = [kind for kind, holding in by_type.items() for _record in holding.owners]
    keys: list[Any] = [str(record) for holding in by_type.values() for record in holding.owners]
    for trace in registry.traces:
        columns = sheet(trace, False).columns
        about = Pairs(**{trace.content_type: kinds, trace.object_id: keys})
        names = [trace.content_type, trace.object_id, *(column.path for column in columns)]
        for kind, key, *values in trace.records().filter(about).order_by("pk").values_list(*names):
            by_type[kind].add_to_log(
                key,
                {
                    column.label: column.shown(value)
                    for column, value in zip(columns, values, strict=True)
                    if value not in EMPTY
                },
            )


def _by_person(holdings: list[Holding], keys: list[Any]) -> dict[Any, list[Holding]]:
    found: dict[Any, list[Holding]] = {key: [] for key in keys}
    for holding in holdings:
        for key in holding.people:
            found[key].append(holding)
    return found


def _received(declarations: list[PersonalData], keys: list[Any]) -> dict[Any, Received]:
    """Who received what of these people, by person."""
    found: dict[Any, Received] = {key: defaultdict(list) for key in keys}
    for declaration in declarations:
        for key, recipient in recipients.of_people(declaration, keys):
            found[key][declaration.purpose.key].append(recipient)
    return found


# --- what is told beside the data (Art. 15(1)(a)-(h), 15(2)) -----------------------------------


def _head(at: dt.datetime, portable: bool) -> Document:
    on = timezone.localdate(at)
    return {
        "schema": SCHEMA,
        "kind": "portability" if portable else "access",
        "generated": moment(at),
        "controller": controller.identity(),
        "data_protection_officer": controller.officer(on),
        "authority": controller.authority(),
    }


def _subject(sections: list[Document]) -> Document:
    """The person in the terms of schema.org, from the record that is herself."""
    person = registry.subject
    words = person.vocabulary
    own: list[Document] = next((s["records"] for s in sections if s["model"] == person.label), [])
    fields = [field for record in own for field in record["fields"]]
    return {"@type": "Person"} | {
        words[field["name"]]: field["value"] for field in fields if field["name"] in words
    }


def _processing(in_force: Periods) -> list[Document]:
    return [_purpose(purpose, in_force) for purpose in registry.purposes]


def _with_recipients(purpose: Document, received: Received) -> Document:
    """What is told of a purpose, and who has received this person's data for it."""
    found = received.get(purpose["purpose"])
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
