"""Tables for spreadsheets: what somebody else wrote never runs on the reader's machine."""

import ast
import csv
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from dsar import roles
from ledarna_gdpr import spreadsheets
from tests.factories.courses import OccasionFactory
from tests.factories.members import StaffFactory

ROOT = Path(settings.BASE_DIR)
APPS = ("ledarna_gdpr", "members", "cases", "courses", "dsar")
FORMULAS = [
    "=1+1", "==1+1", "+46701740605", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1",
    '=HYPERLINK("https://example.org";"Klicka")', "=cmd|' /C calc'!A0", "＝1+1",
]  # fmt: skip
PLAIN = ["Anna", "", "a=b", "Åsa-Lena", "anna@example.org", "5", "'n"]


def cells(table):
    return list(csv.reader(io.StringIO(table.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.parametrize("value", FORMULAS)
def test_what_would_be_a_formula_is_text(value):
    assert cells(spreadsheets.table([["Namn"], [value]]))[1] == [f"'{value}"]


@pytest.mark.parametrize("value", PLAIN)
def test_what_is_no_formula_stays_as_it_is(value):
    assert cells(spreadsheets.table([["Namn", "Ort"], [value, "x"]]))[1] == [value, "x"]


@pytest.mark.django_db
def test_the_record_of_processing_runs_nothing_that_staff_have_typed(client):
    """The company behind a meeting platform is free text."""
    OccasionFactory(zoom=True, platform__company="=1+1")
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))

    file = client.get(reverse("admin:dsar_noticeversion_record_file", args=["csv"])).text

    beginnings = {cell[:5] for row in cells(file) for cell in row}
    assert "'=1+1" in beginnings
    assert not any(beginning.startswith("=") for beginning in beginnings)


def writers(source):
    """The lines of a module that write a table without asking this one."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="writer" | "DictWriter" | "writerow")):
                yield node.lineno
            case ast.Call(func=ast.Name(id="Workbook") | ast.Attribute(attr="Workbook")):
                yield node.lineno


def test_no_other_module_writes_a_table():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if path != ROOT / "ledarna_gdpr" / "spreadsheets.py" and "benchmark" not in path.parts
        for line in writers(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize("source", ["csv.writer(out)", "csv.DictWriter(out, [])", "Workbook()"])
def test_the_scan_finds_a_table(source):
    assert list(writers(source)) == [1]
