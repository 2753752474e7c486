"""A factory for a model that has none by hand, from its fields and its declaration."""

from collections.abc import Callable, Iterator
from typing import Any

import factory
from django.db import models
from django.utils import timezone
from factory.django import DjangoModelFactory

from ledarna_gdpr.privacy import PersonalData, registry
from members.models import Member
from tests.factories import factory_of
from tests.factories.members import AGES_AGO

#: The plainest value of a field that has to have one, for the first kind that it is of.
VALUES: dict[type[models.Field], Callable[[int], Any]] = {
    models.DateTimeField: lambda n: timezone.now(),
    models.DateField: lambda n: timezone.localdate(),
    models.BooleanField: lambda n: False,
    models.IntegerField: lambda n: n,
    models.DecimalField: lambda n: n,
    models.GenericIPAddressField: lambda n: "2001:db8::1",
    models.JSONField: lambda n: [],
    models.Field: str,
}


def derived(model: type[models.Model]) -> type[DjangoModelFactory]:
    """A row with what the model demands; ``long_ago``, its dates have run out under every rule.

    A model whose constraints ask for more wants a factory by hand.
    """
    declaration = next((d for d in registry if d.model is model), None)
    led_by = declaration.subject.partition("__")[0] if declaration else ""
    demanded = {
        field.name: _value(field)
        for field in model._meta.concrete_fields
        if _must(field) or field.name == led_by
    }
    long_ago = factory.Trait(**dict(_long_ago(declaration) if declaration else ()))
    return type(DjangoModelFactory)(
        f"{model.__name__}Factory",
        (DjangoModelFactory,),
        {
            "Meta": type("Meta", (), {"model": model}),
            "Params": type("Params", (), {"long_ago": long_ago}),
            **demanded,
        },
    )


def _must(field: models.Field) -> bool:
    is_optional = field.null or field.has_default() or (field.blank and not field.is_relation)
    return not (field.primary_key or is_optional)


def _value(field: models.Field) -> Any:
    if field.is_relation:
        return factory.SubFactory(factory_of(field.related_model))
    if field.choices:
        return field.flatchoices[0][0]
    return factory.Sequence(next(make for kind, make in VALUES.items() if isinstance(field, kind)))


def _long_ago(declaration: PersonalData) -> Iterator[tuple[str, Any]]:
    paths = [anchor.path for anchor in declaration.anchors]
    for path in [*paths, *(companion.path for companion in declaration.companions)]:
        first = path.partition("__")[0]
        field = declaration.model._meta.get_field(first)
        if field.auto_created:
            continue
        if not field.is_relation:
            yield first, AGES_AGO if isinstance(field, models.DateTimeField) else AGES_AGO.date()
        elif field.related_model is not Member:  # a member's own dates are told to her factory
            yield f"{first}__long_ago", True
