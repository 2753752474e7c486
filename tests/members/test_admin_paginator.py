import pytest

from members.admin import paginator
from members.admin.paginator import RegisterPaginator
from members.models import Member
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_are_many(monkeypatch):
    """Ten members count as a large register."""
    monkeypatch.setattr(paginator, "EXACTLY", 5)
    monkeypatch.setattr(paginator, "CERTAINLY_MORE", 20)


def pages(count, per_page=3):
    members = [MemberFactory() for _ in range(count)]
    newest_first = Member.objects.order_by("-pk")
    return RegisterPaginator(newest_first, per_page), members[::-1]


@pytest.mark.postgres
def test_the_last_page_is_read_from_the_end_and_full(few_are_many):
    found, members = pages(10)

    assert found.is_estimate
    assert list(found.page(found.num_pages).object_list) == members[-3:]
    assert list(found.page(1).object_list) == members[:3]


@pytest.mark.postgres
def test_what_the_planner_overrates_is_counted_when_its_first_page_is_not_full(monkeypatch):
    monkeypatch.setattr(paginator, "CERTAINLY_MORE", 0)
    found, members = pages(2)
    found.__dict__["_expected"] = 50

    assert list(found.page(1).object_list) == members
    assert (found.count, found.num_pages, found.is_estimate) == (2, 1, False)


def test_few_are_counted_one_by_one():
    found, members = pages(7)

    assert (found.count, found.is_estimate) == (7, False)
    assert list(found.page(3).object_list) == members[6:]
