"""Rows for the declared models that ``dataset`` does not name, from fields and declarations.

Two members of every ``SHARE``, one of them with an account, get a row of each model. Nothing of
it is due on ``EVE``; on ``NEW_YEAR`` what is theirs who ended is.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, models
from django.db.models import F, Field, Model, Q, QuerySet, UniqueConstraint

from dsar.outcomes import due_filter
from ledarna_gdpr.benchmark.days import EVE, NEW_YEAR
from ledarna_gdpr.fields import EncryptedJSONField, EncryptedTextField
from ledarna_gdpr.privacy import Anonymise, PersonalData, Retain, Until, registry
from ledarna_gdpr.privacy.anchors import Anchor
from ledarna_gdpr.privacy.declarations import follow

# ruff: noqa: S608 - every word of these statements is a name of ours

SHARE = 40
#: When that happened which no clock counts from.
BEFORE = dt.date(2026, 6, 1)

#: An expression, and its parameters.
SQL = tuple[str, tuple[Any, ...]]


class NeedsAStatement(Exception):
    """A model's rows cannot be made from its fields: the message tells what to write instead."""

    def __init__(self, model: type[Model], why: object) -> None:
        table = model._meta.db_table
        super().__init__(f"{table} needs a statement of its own in dataset.STATEMENTS: {why}")


def write(cursor: Any, *, named: Collection[str], ended: int) -> None:
    """Write rows of every declared model whose table is not among the ``named``.

    ``ended`` is the number of those, first in the register, who go on ``NEW_YEAR``. Raises
    ``NeedsAStatement``.
    """
    unnamed = [d for d in registry.children_first() if d.model._meta.db_table not in named]
    rows = _Rows(clocks(), ended)
    for declaration in reversed(unnamed):
        rows.write(cursor, declaration)
    unfit = _Unfit({d.model for d in unnamed}, ended)
    for declaration in unnamed:
        unfit.take_back(declaration)


# --- dates ------------------------------------------------------------------------------------


@dataclass
class Clock:
    """The day of a model's rows that suits every clock which counts from one of their dates."""

    anchors: list[Anchor] = dataclasses.field(default_factory=list)
    dates: set[str] = dataclasses.field(default_factory=set)
    #: Whether a person who ended would have to stay until it has run out.
    is_late: bool = False

    @property
    def running(self) -> dt.date:
        """A day from which no time is over yet."""
        if any(isinstance(anchor, Until) for anchor in self.anchors):
            return NEW_YEAR + dt.timedelta(days=180)
        latest = self._latest(EVE)
        return latest + (EVE - latest) / 2

    @property
    def over(self) -> dt.date:
        """The day from which the time is over on ``NEW_YEAR``, and not before."""
        return self._latest(NEW_YEAR)

    def _latest(self, on: dt.date) -> dt.date:
        return max(anchor.latest_anchor(on, anchor.rule.period) for anchor in self.anchors)


def clocks() -> dict[type[Model], Clock]:
    """The clocks that count from a model's dates, whosever records they end."""
    found: dict[type[Model], Clock] = defaultdict(Clock)
    for declaration in registry:
        for anchor in declaration.anchors:
            date = follow(declaration.model, anchor.path)
            clock = found[date.model]
            clock.anchors.append(anchor)
            clock.dates.add(date.name)
            clock.is_late |= is_late(declaration)
    return found


def is_late(declaration: PersonalData) -> bool:
    """Whether only their own clocks take the records, and their person waits for it."""
    return not declaration.companions and not isinstance(declaration.on_erasure, Anonymise)


# --- rows -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    clocks: dict[type[Model], Clock]
    ended: int

    def write(self, cursor: Any, declaration: PersonalData) -> None:
        """A row for each of what the model's records hang on, of those who have a share."""
        model = declaration.model
        first, _, rest = declaration.subject.partition("__")
        if isinstance(declaration.on_erasure, Retain) and rest:
            raise NeedsAStatement(model, "its records are retained, and hang on what is not")
        whole: Any = model._meta.get_field(first).related_model or registry.subject.model
        wholes = whole._base_manager.annotate(person=F(rest or "pk"))
        wholes = wholes.alias(of_share=F("person") % SHARE).filter(of_share__lt=2)
        self._insert(cursor, model, _sql(wholes.values_list("pk", "person")), declaration)

    def _insert(
        self, cursor: Any, model: type[Model], wholes: SQL, declaration: PersonalData | None
    ) -> None:
        columns: list[str] = []
        expressions: list[SQL] = []
        joins: list[SQL] = []
        for field in model._meta.concrete_fields:
            if isinstance(field, models.AutoField):
                continue
            if declaration and field.name == declaration.subject.partition("__")[0]:
                value: SQL | None = ("whole", ())
            elif field.is_relation and not field.null:
                joined = f"r{len(joins)}"
                joins.append(self._related(cursor, field, joined, declaration))
                value = (f"{joined}.key", ())
            else:
                value = self._value(field, declaration)
            if value is not None:
                columns.append(f'"{field.column}"')
                expressions.append(value)
        sql, parameters = _joined(", ", expressions)
        joins_sql, joins_parameters = _joined("", joins)
        try:
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)})'
                " WITH chosen AS"
                " (SELECT whole, person, row_number() OVER (ORDER BY whole) AS number"
                f" FROM ({wholes[0]}) AS wholes(whole, person))"
                f" SELECT {sql} FROM chosen{joins_sql}",
                (*wholes[1], *parameters, *joins_parameters),
            )
        except IntegrityError as error:
            raise NeedsAStatement(model, error) from error

    def _related(
        self, cursor: Any, field: Field, name: str, declaration: PersonalData | None
    ) -> SQL:
        """Joins what a column has to refer to: the same person's, or else any; made, if need be."""
        related: Any = field.related_model
        if related in registry:
            rows = related._base_manager.annotate(person=F(registry[related].subject))
            sql, parameters = _sql(rows.values_list("pk", "person"))
            return (
                " JOIN (SELECT DISTINCT ON (person) key, person"
                f" FROM ({sql}) AS rows(key, person) ORDER BY person, key) {name} USING (person)",
                parameters,
            )
        rows = related._base_manager.order_by()
        if not rows.exists():
            self._insert(cursor, related, ("SELECT 1, NULL::bigint", ()), None)
        sql, parameters = _sql(rows.values_list("pk"))
        number = "number" if _is_one_each(field, declaration) else f"1 + mod(number, {name}.of)"
        return (
            f" JOIN (SELECT key, row_number() OVER (ORDER BY key) AS n, count(*) OVER () AS of"
            f" FROM ({sql}) AS rows(key)) {name} ON {name}.n = {number}",
            parameters,
        )

    def _value(self, field: Field, declaration: PersonalData | None) -> SQL | None:
        """What the plainest row has in a column, or None for nothing."""
        clock = self.clocks.get(field.model) if declaration else None
        if field.null and not (clock and field.name in clock.dates):
            return None
        if isinstance(field, models.DateField):
            return self._moment(field, clock), ()
        if isinstance(field, models.UUIDField):
            return "gen_random_uuid()", ()
        if field.has_default():
            return "%s", (field.get_db_prep_save(field.get_default(), connection),)
        if field.empty_strings_allowed and field.blank:
            return "''", ()
        if field.choices:
            return "%s", (field.flatchoices[0][0],)
        if isinstance(field, EncryptedTextField):
            content = {} if isinstance(field, EncryptedJSONField) else "Samma ord."
            return "%s", (field.get_db_prep_save(content, connection),)
        if isinstance(field, models.BooleanField):
            return "false", ()
        if isinstance(field, models.IntegerField):
            return ("number" if _is_one_each(field, declaration) else "1"), ()
        if isinstance(field, models.DecimalField | models.FloatField):
            return "1", ()
        if isinstance(field, models.JSONField):
            return "'{}'", ()
        if isinstance(field, models.CharField | models.TextField | models.FileField):
            return f"left('row ' || number, {field.max_length or 100})", ()
        raise NeedsAStatement(field.model, f"it has no value for {field.name}")

    def _moment(self, field: Field, clock: Clock | None) -> str:
        """All dates of a row are one day's, and its times in the order of the fields."""
        day = f"date '{clock.running if clock else BEFORE}'"
        if clock and clock.is_late:
            day = f"CASE WHEN person <= {self.ended} THEN date '{clock.over}' ELSE {day} END"
        if not isinstance(field, models.DateTimeField):
            return day
        number = field.model._meta.concrete_fields.index(field)
        return f"{day} + interval '12 hours {number} minutes'"


@dataclass(frozen=True)
class _Unfit:
    """Rows that the dates of others make due when they should not be, or not when they should."""

    unnamed: set[type[Model]]
    ended: int

    def take_back(self, declaration: PersonalData) -> None:
        rows = declaration.records().filter(self._which(declaration))
        rows._raw_delete(rows.db)

    def _which(self, declaration: PersonalData) -> Q:
        has_ended = Q(**{f"{declaration.subject}__lte": self.ended})
        on_new_year = due_filter(declaration, NEW_YEAR, {})
        unfit = due_filter(declaration, EVE, {}) | on_new_year & ~has_ended
        if is_late(declaration):
            unfit |= ~on_new_year & has_ended
        first = declaration.subject.partition("__")[0]
        for field in declaration.model._meta.concrete_fields:
            is_set = not field.null or field.name == first
            if is_set and field.related_model in self.unnamed:
                whole = registry[field.related_model]
                gone = whole.records().filter(self._which(whole))
                unfit |= Q(**{f"{field.name}__in": gone})
        return unfit


def _is_one_each(field: Field, declaration: PersonalData | None) -> bool:
    """Whether a value must not come twice, apart from what the records hang on."""
    if field.unique:
        return True
    meta = field.model._meta
    sets: list[Collection[str]] = [
        constraint.fields
        for constraint in meta.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    whole = declaration.subject.partition("__")[0] if declaration else ""
    return any(
        field.name in names and whole not in names for names in [*sets, *meta.unique_together]
    )


def _sql(rows: QuerySet[Any]) -> SQL:
    return rows.order_by().query.sql_with_params()


def _joined(between: str, parts: Iterable[SQL]) -> SQL:
    parts = list(parts)
    parameters = tuple(parameter for _, own in parts for parameter in own)
    return between.join(sql for sql, _ in parts), parameters
