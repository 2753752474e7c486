"""``manage.py check``: the declarations cover everything and say what they must.

All are errors: a table that nobody declared is a table that nobody erases.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model, UniqueConstraint

from ledarna_gdpr.privacy.anchors import Anchor, With
from ledarna_gdpr.privacy.declarations import (
    HISTORY_FIELDS,
    PersonalData,
    SubjectData,
    Trace,
    follow,
)
from ledarna_gdpr.privacy.registry import Registry, registry
from ledarna_gdpr.privacy.rules import Rule
from ledarna_gdpr.privacy.words import LegalBasis

VAGUE = {"", "-", "?", "tbd", "todo", "n/a", "na", "none", "unknown", "later", "fixme", "xxx"}
SHORTEST_REASON = 12


def is_vague(reason: object) -> bool:
    """A reason that would not satisfy a supervisory authority."""
    text = str(reason).strip().rstrip(".!").lower()
    return text in VAGUE or len(text) < SHORTEST_REASON


def check_registry(app_configs: object = None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [*errors(registry)]


def errors(registry: Registry) -> Iterator[checks.Error]:
    """Everything that is wrong with a registry."""
    yield from _undeclared(registry)
    yield from _subject(registry)
    for declaration in registry:
        yield from _fields(declaration)
        if isinstance(declaration, Trace):
            continue
        yield from _subject_path(registry, declaration)
        yield from _paths(registry, declaration)
        yield from _retention(registry, declaration)
        yield from _consent(declaration)
    yield from _purposes(registry)
    yield from _reasons(registry)
    yield from _rules(registry)
    yield from _not_personal(registry)


def _undeclared(registry: Registry) -> Iterator[checks.Error]:
    for model in registry.undeclared():
        yield checks.Error(
            f"{model._meta.label} is not declared.",
            hint="Declare it in an app's privacy module, or say not_personal(..., because=...).",
            obj=model,
            id="privacy.E001",
        )


def _fields(declaration: PersonalData) -> Iterator[checks.Error]:
    concrete = {f.name for f in declaration.model._meta.concrete_fields}
    personal, technical = set(declaration.fields), set(declaration.technical)
    for name in sorted(concrete - personal - technical):
        yield checks.Error(
            f"{declaration.label}.{name} is neither personal nor technical.",
            hint=f'Put "{name}" in fields, with its category, or in technical.',
            obj=declaration.model,
            id="privacy.E002",
        )
    named = {
        "fields": personal,
        "technical": technical,
        "withheld": set(declaration.withheld),
        "provided": set(declaration.provided),
        "optional": set(declaration.optional),
        "masked": set(declaration.masked),
        "mentions": set(declaration.mentions),
        "shown_as": set(declaration.shown_as),
        "file_names": {*declaration.file_names, *declaration.file_names.values()},
    }
    named |= {f"mentions {path}": set(scrub.empty) for path, scrub in declaration.mentions.items()}
    for word, names in named.items():
        for name in sorted(names - concrete):
            yield checks.Error(
                f"{declaration.label}: {word} names {name}, which is no field.",
                obj=declaration.model,
                id="privacy.E002",
            )
    for name in sorted(personal & technical):
        yield checks.Error(
            f"{declaration.label}.{name} is both personal and technical.",
            obj=declaration.model,
            id="privacy.E002",
        )
    if history := declaration.history_model:
        extra = {f.name for f in history._meta.concrete_fields} - concrete - HISTORY_FIELDS
        for name in sorted(extra):
            yield checks.Error(
                f"{history._meta.label}.{name} is in the history alone and not declared.",
                obj=history,
                id="privacy.E002",
            )


def _retention(registry: Registry, declaration: PersonalData) -> Iterator[checks.Error]:
    if not declaration.retention:
        yield checks.Error(
            f"{declaration.label} has no retention.",
            hint="Give it an anchor and a rule, or let it go With another record.",
            obj=declaration.model,
            id="privacy.E003",
        )
    for step in declaration.retention:
        try:
            field = follow(declaration.model, step.path)
        except FieldDoesNotExist as error:
            yield checks.Error(
                f"{declaration.label}: retention path {step.path} leads nowhere ({error}).",
                obj=declaration.model,
                id="privacy.E003",
            )
            continue
        if isinstance(step, Anchor):
            if not has_index(field):
                yield checks.Error(
                    f"{declaration.label}: the retention anchor {step.path} has no index.",
                    hint=f"Add an index that begins with {field.name}.",
                    obj=declaration.model,
                    id="privacy.E004",
                )
        elif field.related_model is None or field.related_model not in registry:
            yield checks.Error(
                f"{declaration.label} goes with {step.path}, which leads to no declared model.",
                obj=declaration.model,
                id="privacy.E003",
            )


def _consent(declaration: PersonalData) -> Iterator[checks.Error]:
    if declaration.rests_on is None:
        return
    if LegalBasis.CONSENT not in declaration.purpose.basis:
        yield checks.Error(
            f"{declaration.label} rests on a consent, but its purpose does not.",
            obj=declaration.model,
            id="privacy.E010",
        )
    if path := declaration.rests_on.scope:
        try:
            follow(declaration.model, path)
        except FieldDoesNotExist as error:
            yield checks.Error(
                f"{declaration.label}: the scope {path} leads nowhere ({error}).",
                obj=declaration.model,
                id="privacy.E010",
            )


def has_index(field: Field) -> bool:
    """Whether the database finds rows by this field without reading the table."""
    if getattr(field, "db_index", False) or field.unique:
        return True
    meta = field.model._meta
    leading = [index.fields[0] for index in meta.indexes if index.fields]
    unique = [c for c in meta.constraints if isinstance(c, UniqueConstraint)]
    leading += [constraint.fields[0] for constraint in unique if constraint.fields]
    return field.name in {name.lstrip("-") for name in leading}


def _subject(registry: Registry) -> Iterator[checks.Error]:
    found = [d for d in registry if isinstance(d, SubjectData)]
    if len(found) != 1:
        yield checks.Error(
            f"There must be exactly one declaration of the person; there are {len(found)}.",
            hint="Derive one, and only one, declaration from SubjectData.",
            id="privacy.E005",
        )


def _subject_path(registry: Registry, declaration: PersonalData) -> Iterator[checks.Error]:
    if isinstance(declaration, SubjectData):
        return
    try:
        field = follow(declaration.model, declaration.subject)
    except FieldDoesNotExist as error:
        problem = f"leads nowhere ({error})"
    else:
        people = {d.model for d in registry if isinstance(d, SubjectData)}
        holds_key = not field.is_relation and getattr(field, "db_index", False)
        if field.related_model in people or holds_key:
            return
        problem = "leads to no person"
    yield checks.Error(
        f"{declaration.label}: the subject path {declaration.subject!r} {problem}.",
        hint="Name a lookup path to the person, or an indexed column that holds its key.",
        obj=declaration.model,
        id="privacy.E006",
    )


def _paths(registry: Registry, declaration: PersonalData) -> Iterator[checks.Error]:
    """Lookup paths of the declaration's other words, and where they must lead."""
    people = {d.model for d in registry if isinstance(d, SubjectData)}
    paths: dict[str, Collection[type[Model]] | None] = dict.fromkeys(declaration.mentions, people)
    if isinstance(declaration.on_erasure, With):
        paths[declaration.on_erasure.path] = {d.model for d in registry}
    if declaration.recipient:
        paths |= dict.fromkeys(declaration.recipient.paths)
    paths |= dict.fromkeys(declaration.shown_as.values())
    if declaration.receipt_for:
        paths[declaration.receipt_for] = None
    for path, wanted in paths.items():
        try:
            field = follow(declaration.model, path)
        except FieldDoesNotExist as error:
            problem = f"leads nowhere ({error})"
        else:
            if wanted is None or field.related_model in wanted:
                continue
            problem = "leads to no declared model" if wanted != people else "leads to no person"
        yield checks.Error(
            f"{declaration.label}: the path {path!r} {problem}.",
            hint="Name a lookup path that begins at the declared model.",
            obj=declaration.model,
            id="privacy.E006",
        )


def _purposes(registry: Registry) -> Iterator[checks.Error]:
    for purpose in registry.purposes:
        if not purpose.basis or not purpose.condition:
            yield checks.Error(
                f"The purpose {purpose.key} has no legal basis under both Art. 6(1) and 9(2).",
                id="privacy.E007",
            )
        if is_vague(purpose.description):
            yield checks.Error(
                f"The purpose {purpose.key} does not say what it is for.",
                id="privacy.E008",
            )


def _reasons(registry: Registry) -> Iterator[checks.Error]:
    reasons: dict[str, object] = {f"rule {rule.code}": rule.reason for rule in registry.rules}
    for declaration in registry:
        for name, why in declaration.withheld.items():
            reasons[f"{declaration.label}.{name} (withheld)"] = why
        for outside in declaration.outside:
            reasons[f"{declaration.label} (outside an answer)"] = outside.because
    for model, why in (registry._not_personal | registry._pseudonymous).items():
        reasons[f"{model._meta.label} (not declared)"] = why
    for what, reason in reasons.items():
        if is_vague(reason):
            yield checks.Error(
                f"{what}: the reason says nothing.",
                hint="Name the law, or the interest in one sentence.",
                id="privacy.E008",
            )


def _rules(registry: Registry) -> Iterator[checks.Error]:
    """A code is how the officer, a receipt and a letter name a rule: it means one."""
    known: dict[str, Rule] = {}
    for rule in (anchor.rule for declaration in registry for anchor in declaration.anchors):
        if known.setdefault(rule.code, rule) != rule:
            yield checks.Error(
                f"Two rules have the code {rule.code}.",
                hint="Share the rule, or give one of them a code of its own.",
                id="privacy.E011",
            )


def _not_personal(registry: Registry) -> Iterator[checks.Error]:
    people = {d.model for d in registry if isinstance(d, SubjectData)}
    for model in registry._not_personal | registry._pseudonymous:
        for path in reaches(model, people):
            yield checks.Error(
                f"{model._meta.label} is said not to be personal, but {path} leads to a person.",
                hint="Declare it with register().",
                obj=model,
                id="privacy.E009",
            )


def reaches(model: type[Model], people: set[type[Model]], depth: int = 4) -> Iterator[str]:
    """The foreign-key paths from a model to a person, at most ``depth`` steps long."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or not isinstance(field.related_model, type):
            continue
        if field.related_model in people:
            yield field.name
        elif depth > 1:
            for rest in reaches(field.related_model, people, depth - 1):
                yield f"{field.name}__{rest}"
