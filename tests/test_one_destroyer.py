"""Law 1: personal rows leave the database through the destroyer alone."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dsar import destroyer
from ledarna_gdpr.privacy import Delete, registry
from members.models import Member, MembershipPeriod
from tests import one_destroyer
from tests.factories.members import MemberFactory

ROOT = Path(settings.BASE_DIR)
PRODUCT = [ROOT / app for app in ("ledarna_gdpr", "members", "cases", "courses", "dsar")]
DESTROYER = ROOT / "dsar" / "destroyer.py"
#: What has a ``delete`` that deletes no row.
NOT_ROWS = {"cache", "default_storage", "storage"}


def deletions(source):
    """The lines of a module that delete rows."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="delete" | "_raw_delete", value=receiver)):
                name = ast.unparse(receiver).rpartition(".")[2]
                if name not in NOT_ROWS and name not in FILE_FIELDS:
                    yield node.lineno
            case ast.Constant(value=str(text)) if text.lstrip().upper().startswith("DELETE FROM"):
                yield node.lineno


FILE_FIELDS = {name for declaration in registry for name in declaration.file_fields}


def test_no_other_module_deletes_rows():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in PRODUCT
        for path in sorted(folder.rglob("*.py"))
        if path != DESTROYER and "benchmark" not in path.parts
        for line in deletions(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "Member.objects.all().delete()",
        "member.delete()",
        "rows._raw_delete('default')",
        "cursor.execute('DELETE FROM members_member')",
    ],
)
def test_the_scan_finds_a_deletion(source):
    assert list(deletions(source)) == [1]


@pytest.mark.parametrize("source", ["cache.delete('x')", "package.file.delete()"])
def test_the_scan_lets_files_and_cache_be(source):
    assert list(deletions(source)) == []


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Runs code as if it stood in the product."""
    monkeypatch.setattr(one_destroyer, "ROOT", str(tmp_path))
    monkeypatch.setattr(one_destroyer, "TESTS", str(tmp_path / "tests"))

    def run(code, **names):
        exec(compile(code, str(tmp_path / "members" / "x.py"), "exec"), names)  # noqa: S102

    return run


@pytest.mark.django_db
def test_a_deletion_behind_the_destroyers_back_is_caught(elsewhere):
    member = MemberFactory()
    with (
        pytest.raises(one_destroyer.DeletedBehindTheDestroyersBack, match=r"members/x\.py:2$"),
        transaction.atomic(),
    ):
        elsewhere("\nperiods.all().delete()", periods=member.periods)
    assert member.periods.count() == 1


@pytest.mark.django_db
def test_so_is_one_of_history(elsewhere):
    MemberFactory()
    with pytest.raises(one_destroyer.DeletedBehindTheDestroyersBack):
        elsewhere("history.all().delete()", history=Member.history)


@pytest.mark.django_db
def test_so_is_one_in_plain_sql(elsewhere):
    with (
        connection.cursor() as cursor,
        pytest.raises(one_destroyer.DeletedBehindTheDestroyersBack),
    ):
        elsewhere("cursor.execute('DELETE FROM members_member')", cursor=cursor)


@pytest.mark.django_db
def test_the_destroyers_own_passes(elsewhere):
    member = MemberFactory()
    with transaction.atomic():
        work = destroyer.Destroyer(at=timezone.now())
        elsewhere(
            "work.carry_out(action, declaration, declaration.records())",
            work=work,
            action=Delete(),
            declaration=registry[MembershipPeriod],
        )
    assert member.periods.count() == 0


def test_everything_declared_is_watched_but_for_what_its_owner_ends():
    watched = one_destroyer.guarded_tables()
    assert {"members_member", "members_historicalmember", "django_admin_log"} <= watched
    owned = {d.model._meta.db_table for d in registry if d.owner_may_delete}
    assert owned & watched == set()
