import pytest
from django.utils import timezone

from members.admin import paginator
from members.admin.paginator import RegisterPaginator
from members.models import Member
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_are_many(monkeypatch):
    """Ten members count as a large register."""
    monkeypatch.setattr(paginator, "FEW", 5)


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
    monkeypatch.setattr(paginator, "FEW", 0)
    found, members = pages(2)
    found.__dict__["_expected"] = 50

    assert list(found.page(1).object_list) == members
    assert (found.count, found.num_pages, found.is_estimate) == (2, 1, False)


@pytest.mark.postgres
def test_what_the_planner_underrates_is_not_carried_key_by_key(few_are_many):
    found, members = pages(10)
    found.__dict__["_expected"] = 1

    assert (found.count, found.is_estimate) == (6, True)
    assert list(found.page(1).object_list) == members[:3]


def test_few_are_counted_one_by_one():
    found, members = pages(7)

    assert (found.count, found.is_estimate) == (7, False)
    assert list(found.page(1).object_list) == members[:3]
    assert list(found.page(3).object_list) == members[6:]


@pytest.mark.postgres
def test_a_page_of_few_holds_what_is_still_among_them():
    """Between the keys and the page a row may leave those one may see."""
    found, (first, second, *_others) = pages(7)
    found.object_list = found.object_list.filter(restricted_at=None)
    assert found.count == 7

    Member.objects.filter(pk=first.pk).update(restricted_at=timezone.now())

    assert found.page(1).object_list.first() == second


@pytest.mark.postgres
def test_few_are_found_by_three_queries(django_assert_num_queries):
    found, members = pages(7)

    with django_assert_num_queries(3):  # the planner's number, the keys, the page
        assert found.count == 7
        assert list(found.page(2).object_list) == members[3:6]
