"""What an app says of one model. Written in the style of ``ModelAdmin``; see its ``privacy``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, FileField, Model, Q, QuerySet

from ledarna_gdpr.privacy.actions import Anonymise, Delete, Reduce, Retain, Scrub
from ledarna_gdpr.privacy.anchors import Anchor, Retention, With
from ledarna_gdpr.privacy.answers import Mask, Outside, Recipient
from ledarna_gdpr.privacy.rules import Rule
from ledarna_gdpr.privacy.words import Category, Consent, Purpose, Source, Text

HISTORY_FIELDS = frozenset(
    {
        "history_id",
        "history_date",
        "history_type",
        "history_change_reason",
        "history_user",
        "history_user_id",
    }
)


@dataclass(frozen=True, kw_only=True)
class Also:
    """What of a model another purpose needs: these fields, under these rules; else all of them."""

    fields: Collection[str] | None = None
    rules: Collection[Rule] | None = None


def follow(model: type[Model], path: str) -> Field:
    """The field that a lookup path ends in.

    Raises ``FieldDoesNotExist`` where it leads nowhere.
    """
    *steps, last = path.split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(f"{model._meta.label}.{step} leads to no model")
        model = related
    return model._meta.pk if last == "pk" else model._meta.get_field(last)  # type: ignore[return-value]


class PersonalData:
    """One model's personal data.

    The world is closed: each concrete field is in exactly one of ``fields`` and ``technical``.
    A historical copy of the model (django-simple-history) is covered by the same declaration
    and shares each record's outcome.
    """

    #: Why it is processed.
    purpose: ClassVar[Purpose]
    #: Other purposes that some of the records, or some of their fields, serve.
    also: ClassVar[Mapping[Purpose, Also]] = {}
    #: Lookup path from the model to the person, or to a column that holds the person's key.
    subject: ClassVar[str]
    #: Personal fields and what kind of data each holds.
    fields: ClassVar[Mapping[str, Category]]
    #: Fields that say nothing about the person.
    technical: ClassVar[Collection[str]] = frozenset()
    #: Personal fields that an access answer names but does not print, and why (Art. 15(4), 32).
    withheld: ClassVar[Mapping[str, Text]] = {}
    #: Personal fields whose content the person provided (Art. 20(1)).
    provided: ClassVar[Collection[str]] = frozenset()
    #: Narrows ``provided`` to the records that are the person's own words.
    provided_records: ClassVar[Q | None] = None
    #: For each field that holds a file, the one that holds its name.
    file_names: ClassVar[Mapping[str, str]] = {}
    #: For links, what an answer prints instead of the key: a lookup path, ``occasion__title``.
    shown_as: ClassVar[Mapping[str, str]] = {}
    #: Records that an access answer counts but does not show.
    outside: ClassVar[tuple[Outside, ...]] = ()
    #: Text fields that an access answer shows with other people's data masked (Art. 15(4)).
    masked: ClassVar[Mapping[str, Mask]] = {}
    #: Who else received a record's data (Art. 15(1)(c)).
    recipient: ClassVar[Recipient | None] = None
    #: Personal fields that are emptied when someone whose agreement runs asks for erasure.
    optional: ClassVar[Collection[str]] = frozenset()
    #: Where the data come from, unless ``provenance`` knows it field by field (Art. 15(1)(g)).
    source: ClassVar[Source]
    #: The JSON field that holds ``{field: [source, ISO time]}``.
    provenance: ClassVar[str | None] = None
    #: When records go: the first that is due decides.
    retention: ClassVar[tuple[Retention, ...]]
    #: What a request for erasure does. ``With`` shares the outcome of the record it hangs on.
    on_erasure: ClassVar[Delete | Anonymise | Retain | With] = Delete()
    #: Which records a running agreement needs, where it does not need all: the others go also
    #: when a member asks. Only for purposes that rest on the agreement.
    needed: ClassVar[Q | None] = None
    #: Links to people whom a record of someone else's mentions, and what becomes of it when one
    #: of them is erased.
    mentions: ClassVar[Mapping[str, Scrub]] = {}
    #: The record for which the destruction of these is receipted by itself, if there is one.
    receipt_for: ClassVar[str] = ""
    #: The consent on which alone the records rest: they go at once when it is withdrawn.
    rests_on: ClassVar[Consent | None] = None
    #: Rows that their owner ends through the library's own screens: log-out, removing a passkey.
    owner_may_delete: ClassVar[bool] = False

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.label}>"

    @property
    def label(self) -> str:
        """``app.Model``: the declaration's name in journals and receipts."""
        return self.model._meta.label

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def anchors(self) -> list[Anchor]:
        return [step for step in self.retention if isinstance(step, Anchor)]

    @property
    def purposes(self) -> list[Purpose]:
        return [self.purpose, *self.also]

    def anchors_for(self, purpose: Purpose) -> list[Anchor]:
        """Those whose rule is a purpose's own; the main purpose has what is no other's."""
        if purpose in self.also:
            rules = self.also[purpose].rules
            return [anchor for anchor in self.anchors if rules is None or anchor.rule in rules]
        others = [rule for also in self.also.values() for rule in also.rules or ()]
        return [anchor for anchor in self.anchors if anchor.rule not in others]

    def categories_for(self, purpose: Purpose) -> list[Category]:
        """What kinds of data a purpose needs of these records, each once."""
        fields = self.also[purpose].fields if purpose in self.also else None
        wanted = self.fields if fields is None else fields
        return list(dict.fromkeys(self.fields[name] for name in wanted))

    @property
    def companions(self) -> list[With]:
        return [step for step in self.retention if isinstance(step, With)]

    @property
    def history_model(self) -> type[Model] | None:
        """The model of the historical copies, where there is one."""
        manager = getattr(self.model._meta, "simple_history_manager_attribute", None)
        return getattr(self.model, manager).model if manager else None

    @property
    def file_fields(self) -> list[str]:
        return [f.name for f in self.model._meta.concrete_fields if isinstance(f, FileField)]

    def leave_behind(self, records: QuerySet[Any], at: dt.datetime) -> None:
        """Called with records that are about to be deleted: a declaration writes here what the
        law has outlive them, without the person (Art. 21(3))."""

    def records(self) -> QuerySet[Any]:
        return self.model._base_manager.all()

    def records_of(self, subject_ids: Iterable[Any]) -> QuerySet[Any]:
        """Everything this model holds of these people, ``subject_ids`` being their keys."""
        return self.records().filter(**{f"{self.subject}__among": list(subject_ids)})

    def records_with(self, keys: Iterable[Any]) -> QuerySet[Any]:
        """The records with these primary keys."""
        return self.records().filter(pk__among=list(keys))


class SubjectData(PersonalData):
    """The declaration of the model that *is* the person. There is exactly one."""

    subject = "pk"
    #: A random value that is never given to anyone else, also after a restored backup.
    token: ClassVar[str]
    #: The date field that is empty while the agreement with the person runs.
    agreement_ended_on: ClassVar[str]
    #: The date-time field that is set while the person is restricted (Art. 18).
    restricted_at: ClassVar[str]
    #: What remains of an erased person while something else has to be retained.
    stub: ClassVar[Reduce]
    #: Fields by their names in schema.org, for machines that read an answer.
    vocabulary: ClassVar[Mapping[str, str]] = {}


class Trace(PersonalData):
    """Rows that point at any record by content type and key, such as the admin log.

    They go with the record and have neither subject path nor clock of their own.
    """

    subject = ""
    retention = ()
    content_type: ClassVar[str] = "content_type"
    object_id: ClassVar[str] = "object_id"
