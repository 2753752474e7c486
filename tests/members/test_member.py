import datetime as dt

import pytest

from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def test_left_on_follows_the_last_period():
    member = MemberFactory(left=dt.date(2024, 3, 31))

    assert member.left_on == dt.date(2024, 3, 31)


def test_a_member_with_an_open_period_has_not_left():
    assert MemberFactory().left_on is None
