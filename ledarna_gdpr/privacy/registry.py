"""All declarations, and the questions that engines ask of them."""

import datetime as dt
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Model, QuerySet
from django.utils.module_loading import autodiscover_modules

from ledarna_gdpr.privacy.anchors import With
from ledarna_gdpr.privacy.declarations import PersonalData, SubjectData, Trace, follow
from ledarna_gdpr.privacy.rules import Period, Rule
from ledarna_gdpr.privacy.words import Category, Purpose, Text

D = TypeVar("D", bound=type[PersonalData])
T = TypeVar("T")


class AlreadyDeclared(Exception):
    """A model has been declared twice."""


class Registry:
    def __init__(self) -> None:
        self._registry: dict[type[Model], PersonalData] = {}
        self._not_personal: dict[type[Model], Text] = {}
        self._answers: dict[str, Any] = {}
        self._pseudonymous: dict[type[Model], Text] = {}
        # What the apps ask of the engines, which they do not know. The app with the engines sets
        # these when it starts.
        #: The version of the notice in force on a day (Art. 13).
        self.notice_in_force: Callable[[dt.date], str] = lambda on: ""
        #: The keys of the purposes that the notice in force on a day tells of (Art. 5(1)(b)).
        self.published_on: Callable[[dt.date], set[str]] = lambda on: set()
        #: The period of a rule in force: the default, or what the officer has set instead.
        self.period_of: Callable[[Rule], Period] = lambda rule: rule.period
        #: The last day of the legal holds that protect a record on a day.
        self.held_until: Callable[[Model, dt.date], dt.date | None] = lambda record, on: None
        #: Destroy records of a declared model now, with what goes along; gives how many went.
        #: What a legal hold protects stays. In the caller's transaction.
        self.destroy: Callable[[type[Model], QuerySet[Any], dt.datetime], int] = _nobody_destroys

    def register(self, model: type[Model]) -> Callable[[D], D]:
        """Declare a model: the class decorator of every app's ``privacy``."""

        def declare(declaration: D) -> D:
            self._add(model, self._registry, declaration(model))
            return declaration

        return declare

    def not_personal(self, *declared: type[Model], because: Text) -> None:
        """Say that models hold nothing about anyone, and why."""
        for model in declared:
            self._add(model, self._not_personal, because)

    def pseudonymous(self, *declared: type[Model], because: Text) -> None:
        """Say that models lead to no person, but that whoever knows her can recognise her in them
        (Art. 4(5)); why they are kept all the same, and how long.

        The engines cannot find their rows by a person, so neither erasure nor sweep takes them.
        """
        for model in declared:
            self._add(model, self._pseudonymous, because)

    def _add(self, model: type[Model], into: dict[type[Model], Any], value: Any) -> None:
        if any(model in known for known in self._known):
            raise AlreadyDeclared(model._meta.label)
        into[model] = value

    def unregister(self, model: type[Model]) -> None:
        """Take a declaration back; for tests of what its absence does."""
        for known in self._known:
            known.pop(model, None)

    @property
    def _known(self) -> tuple[dict[type[Model], Any], ...]:
        return self._registry, self._not_personal, self._pseudonymous

    def autodiscover(self) -> None:
        autodiscover_modules("privacy")

    # --- what engines ask ---------------------------------------------------------------------

    def __iter__(self) -> Iterator[PersonalData]:
        return iter(self._registry.values())

    def __contains__(self, model: type[Model]) -> bool:
        return model in self._registry

    def __getitem__(self, model: type[Model]) -> PersonalData:
        return self._registry[model]

    def labelled(self, label: str) -> PersonalData:
        """The declaration that a journal or receipt names."""
        return self._registry[apps.get_model(label)]

    @property
    def subject(self) -> SubjectData:
        """The declaration of the person."""
        return next(d for d in self if isinstance(d, SubjectData))

    @property
    def traces(self) -> list[Trace]:
        return [d for d in self if isinstance(d, Trace)]

    @property
    def purposes(self) -> list[Purpose]:
        """Every purpose that a declaration names, each once."""
        return list(dict.fromkeys(purpose for d in self for purpose in d.purposes))

    def serving(self, purpose: Purpose) -> list[PersonalData]:
        """The declarations of records, or of some of them, that serve a purpose."""
        return [declaration for declaration in self if purpose in declaration.purposes]

    def categories(self, purpose: Purpose) -> list[Category]:
        """The kinds of data that a purpose needs, each once."""
        needed = (c for d in self.serving(purpose) for c in d.categories_for(purpose))
        return list(dict.fromkeys(needed))

    def resting_on(self, key: str) -> list[PersonalData]:
        """The declarations of records that rest on a consent, children first."""
        return [d for d in self.children_first() if d.rests_on and d.rests_on.key == key]

    @property
    def rules(self) -> list[Rule]:
        """Every retention rule that a declaration names, each once, by code."""
        found = {step.rule.code: step.rule for d in self for step in d.anchors}
        return [found[code] for code in sorted(found, key=_by_number)]

    def children_first(self) -> list[PersonalData]:
        """Declarations with a subject path, ordered so that nothing is deleted before what
        refers to it."""
        return list(self._remembered("order", self._in_order))

    def _in_order(self) -> list[PersonalData]:
        # In dictionaries, not sets: the same order in each process.
        graph: dict[type[Model], dict[type[Model], None]] = {d.model: {} for d in self}
        for declaration in self:
            for target in _parents(declaration.model):
                if target in graph and target is not declaration.model:
                    graph[target][declaration.model] = None
        order = TopologicalSorter(graph).static_order()
        return [self[model] for model in order if not isinstance(self[model], Trace)]

    def companions_of(
        self, declaration: PersonalData, rule: Rule | None = None
    ) -> list[tuple[PersonalData, With]]:
        """What goes along when ``rule`` acts on a record; without a rule, when it is deleted."""
        along = self._remembered("companions", self._companions)
        return [
            (other, step)
            for other, step in along.get(declaration.model, ())
            if rule in (None, step.rule)
        ]

    def _companions(self) -> dict[type[Model], list[tuple[PersonalData, With]]]:
        along: dict[type[Model], list[tuple[PersonalData, With]]] = {}
        for other in self.children_first():
            for step in other.companions:
                along.setdefault(self.whole_of(other, step.path).model, []).append((other, step))
        return along

    def _remembered(self, question: str, answer: Callable[[], T]) -> T:
        """What is asked for each record and changes only with the declarations."""
        declarations = tuple(self)
        if self._answers.get("declarations") != declarations:
            self._answers = {"declarations": declarations}
        if question not in self._answers:
            self._answers[question] = answer()
        return self._answers[question]

    def whole_of(self, declaration: PersonalData, path: str) -> PersonalData:
        """The declaration of what a record hangs on."""
        return self[follow(declaration.model, path).related_model]  # type: ignore[index]

    @property
    def mentioning(self) -> list[PersonalData]:
        """Declarations of records that mention others than their own person."""
        return [declaration for declaration in self if declaration.mentions]

    def protectors_of(self, declaration: PersonalData) -> list[tuple[PersonalData, str]]:
        """Declared models whose foreign key keeps a record from being deleted before them."""
        return [
            (other, field.name)
            for other in self
            for field in other.model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and field.related_model is declaration.model
            and field.remote_field.on_delete is models.PROTECT
        ]

    def declared_histories(self) -> dict[type[Model], PersonalData]:
        return {d.history_model: d for d in self if d.history_model}

    def undeclared(self) -> list[type[Model]]:
        """Installed models with a table that no declaration covers."""
        covered = {model for known in self._known for model in known}
        covered |= {*self.declared_histories()}
        return [
            model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy and model not in covered
        ]


def _nobody_destroys(model: type[Model], records: QuerySet[Any], at: dt.datetime) -> int:
    raise RuntimeError("No app with a destroyer is installed.")


def _parents(model: type[Model]) -> Iterator[type[Model]]:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
            yield field.related_model


def _by_number(code: str) -> tuple[int, str]:
    digits = "".join(c for c in code if c.isdigit())
    return (int(digits or 0), code)


registry = Registry()
