"""What is measured: rows of every declared model, and raw SQL that does the same work."""

import pytest
from django.apps import apps
from django.db import connection, models

from dsar import sweep
from ledarna_gdpr.benchmark import dataset, raw, rows, works
from ledarna_gdpr.benchmark.days import EVE, NEW_YEAR
from ledarna_gdpr.privacy import Trace, registry
from tests.factories.members import AGES_AGO

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MEMBERS, ENDED = 400, 80
REGISTER = {"ended": ENDED, "left": 40}
DECLARED = [d for d in registry if not isinstance(d, Trace)]


@pytest.fixture
def register(transactional_db):
    dataset.fill(MEMBERS, **REGISTER)


def emptied():
    """An empty database, as each of two works begins with."""
    models = [m for m in apps.get_models() if m._meta.app_label not in ("contenttypes", "auth")]
    tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def left_after(work):
    emptied()
    dataset.fill(MEMBERS, **REGISTER)
    work()
    return works._left_over()


def test_every_declared_model_has_rows_and_history_of_some_who_go_and_some_who_stay(register):
    lacking = []
    for declaration in DECLARED:
        for model in filter(None, (declaration.model, declaration.history_model)):
            if not model._base_manager.exists():
                lacking.append(model._meta.label)
    assert lacking == []


def test_nothing_is_due_on_the_eve(register):
    due = {f"{d.declaration.label} {d.anchor.rule.code}" for d in sweep.due(EVE) if d.records}
    assert due == set()


def test_erasure_and_raw_sql_leave_the_same_rows():
    ids = list(range(1, ENDED + 1))
    whole = left_after(lambda: None)

    ours = left_after(lambda: works.erase(ids))

    assert ours == left_after(lambda: raw.erase(ids, at=works.AT))
    assert sum(ours.values()) < sum(whole.values())


def test_the_sweep_and_raw_sql_leave_the_same_rows():
    ours = left_after(lambda: sweep.run(NEW_YEAR, at=works.AT))

    assert ours == left_after(lambda: raw.sweep(NEW_YEAR, at=works.AT))


def test_a_new_model_gets_its_rows_by_its_declaration_alone(a_new_model):
    dataset.fill(MEMBERS, **REGISTER)

    assert a_new_model.objects.filter(owner__gt=ENDED).exists()
    assert a_new_model.history.exists()


def test_a_model_whose_constraints_ask_for_more_is_named(a_new_model):
    """The one who declared it learns what to write, and where."""
    with connection.schema_editor() as editor:
        editor.add_constraint(
            a_new_model,
            models.CheckConstraint(
                name="parrots_are_young", condition=models.Q(heard_at__lt=AGES_AGO)
            ),
        )
    with pytest.raises(rows.NeedsAStatement, match="members_parrot needs a statement of its own"):
        dataset.fill(MEMBERS, **REGISTER)
