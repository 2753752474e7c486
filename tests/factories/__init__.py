"""The plainest valid row of each declared model; ``factory_of`` finds the one of a model.

Called with its declaration's path to the person, a factory gives a row of hers, and with the
trait ``long_ago`` one whose time ran out under every rule.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from django.db.models import Model
from factory.django import DjangoModelFactory


@cache
def _all() -> dict[type[Model], type[DjangoModelFactory]]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return {
        found._meta.model: found
        for found in _below(DjangoModelFactory)
        if not found._meta.abstract and found.__name__ == f"{found._meta.model.__name__}Factory"
    }


def _below(factory: type[DjangoModelFactory]) -> Iterator[type[DjangoModelFactory]]:
    for found in factory.__subclasses__():
        yield found
        yield from _below(found)


def factory_of(model: type[Model]) -> type[DjangoModelFactory]:
    """The one written by hand, or else what the model's fields and its declaration tell of one."""
    if model in _all():
        return _all()[model]
    from tests.factories.derived import derived  # which needs this one

    return derived(model)
