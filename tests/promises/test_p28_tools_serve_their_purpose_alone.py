"""P28: "och används bara för verktygets syfte, till exempel för att analysera din ledarprofil
eller visa relevant lönestatistik." No employee, list, case or export reaches what was saved, and
no figure is about a small group."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from dsar import roles
from members.models import Member, ToolKey, ToolResult
from members.tools import salaries
from members.tools.cells import protect, tabulate
from tests.admin_addresses import addresses
from tests.factories.members import StaffFactory, ToolResultFactory, UserFactory

pytestmark = pytest.mark.django_db

MARK = "57319"
#: The modules that know of saved results: those that keep and show them to their member.
ALLOWED = {
    "members/demo/afterwards.py",
    "members/models/__init__.py",
    "members/models/tools.py",
    "members/privacy/tools.py",
    "members/tools/saved.py",
    "members/views/tools.py",
}


@pytest.fixture
def kept():
    return ToolResultFactory(
        tool=ToolKey.SALARIES,
        inputs={"role": "121", "sector": "private", "county": "01", "salary": int(MARK)},
        result={"edition": MARK, "cells": [None, None, None, None]},
    )


def test_the_admin_has_no_page_for_them():
    assert ToolResult not in admin.site._registry
    for model_admin in admin.site._registry.values():
        assert ToolResult not in {inline.model for inline in model_admin.inlines}


def test_no_page_of_the_admin_shows_one(client, kept):
    """Every address, for someone who may do everything, by GET and by POST."""
    client.force_login(StaffFactory(is_superuser=True))
    keys = dict.fromkeys(admin.site._registry, kept.pk)
    keys[Member] = kept.member.pk

    for address in sorted(set(addresses(keys)) - {"/admin/logout/"}):
        for method in (client.get, client.post):
            assert MARK not in method(address).text, address


@pytest.mark.parametrize("role", roles.ROLES)
def test_no_role_sees_one_through_the_one_door_to_rows(kept, role):
    staff = StaffFactory(roles=[role])

    assert not ToolResult.objects.for_user(staff).exists()
    assert not ToolResult.objects.for_user(StaffFactory(is_superuser=True)).exists()


def test_no_role_has_a_permission_on_them():
    given = {permission for permissions in roles.ROLES.values() for permission in permissions}

    assert not [permission for permission in given if "toolresult" in permission]


def test_no_other_module_of_the_product_names_them():
    found = set()
    for app in ("ledarna_gdpr", "members", "cases", "courses", "dsar"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            tree = ast.parse(path.read_text())
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            if names & {"ToolResult", "tool_results"} and "migrations" not in path.parts:
                found.add(str(path.relative_to(settings.BASE_DIR)))

    assert found <= ALLOWED


def test_nothing_points_at_them():
    pointing = [
        model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is ToolResult
    ]
    assert pointing == []


def test_a_cell_below_the_threshold_is_hidden():
    shown = protect(tabulate(salaries.read(salaries.SYNTHETIC_FILE.read_bytes())), 5)
    whole = tabulate(salaries.read(salaries.SYNTHETIC_FILE.read_bytes()))

    assert min(cell.count for cell in shown.values()) >= 5
    assert any(cell.count < 5 for cell in whole.values())


def test_the_threshold_cannot_be_set_below_five(client, kept):
    assert settings.SMALLEST_CELL >= 5
    client.force_login(UserFactory())
    page = client.get(reverse("tool", args=["lonestatistik"])).content.decode()
    assert f"färre än {settings.SMALLEST_CELL} personer" in " ".join(page.split())
