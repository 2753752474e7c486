"""P10: how long, and by whom, depends on the kind of case."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.kinds import KINDS, Kind
from cases.models import Case, Note
from dsar import sweep
from dsar.models import Receipt
from tests.factories.cases import CaseFactory, DocumentFactory, NoteFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

CLOSED = dt.date(2026, 11, 23)
DATES = {
    "service": dt.date(2027, 11, 23),
    "leadership_coaching": dt.date(2028, 11, 23),
    "advice": dt.date(2036, 11, 23),
}


@pytest.fixture
def user():
    user = UserFactory()
    for kind in DATES:
        case = CaseFactory(member=user.member, kind=kind, closed=CLOSED)
        NoteFactory(case=case)
        DocumentFactory(case=case)
    return user


def test_three_kinds_closed_the_same_day_get_three_dates(user):
    assert {case.kind: case.erased_earliest for case in Case.objects.all()} == DATES


@pytest.mark.parametrize(
    ("kind", "written"), [("service", "2027"), ("leadership_coaching", "2028"), ("advice", "2036")]
)
def test_the_member_reads_her_date(user, client, kind, written):
    client.force_login(user)
    case = Case.objects.get(kind=kind)

    page = client.get(reverse("my_case", args=[case.public_id])).content.decode()

    assert "allras tidigast" in page
    assert f"23 november {written}" in page


def test_each_goes_on_its_day_with_notes_history_and_files_and_leaves_a_receipt(user, settings):
    left = set(DATES)
    for kind, day in DATES.items():
        for on, expected in ((day - dt.timedelta(days=1), left), (day, left - {kind})):
            sweep.run(on, at=timezone.make_aware(dt.datetime.combine(on, dt.time(2))))
            assert set(Case.objects.values_list("kind", flat=True)) == expected
            assert Note.objects.count() == len(expected)
            assert set(Case.history.values_list("kind", flat=True)) == expected
            stored = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
            assert len(stored) == len(expected)
        left -= {kind}
        receipt = Receipt.objects.filter(model="cases.Case").latest("pk")
        assert (receipt.rule, receipt.count) == (KINDS[Kind(kind)].rule.code, 1)
