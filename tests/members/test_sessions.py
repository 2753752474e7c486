import copy
import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from members.models import Session
from tests.factories.members import MemberFactory, StaffFactory, UserFactory
from tests.members.test_login import answer, ask, latest_code, log_in

pytestmark = pytest.mark.django_db


def test_a_session_is_its_accounts(client):
    member = MemberFactory()

    log_in(client, member.email)

    assert Session.objects.get().user == member.user


def test_logging_in_changes_the_sessions_key(client):
    member = MemberFactory()
    ask(client, member.email)
    before = client.session.session_key

    answer(client, latest_code())

    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_logging_out_ends_the_row(client):
    log_in(client, MemberFactory().email)

    response = client.post(reverse("account_logout"))

    assert response.headers["Location"] == reverse("account_login")
    assert not Session.objects.exists()


def test_logging_out_of_the_admin_ends_the_row(client):
    client.force_login(StaffFactory())

    client.post(reverse("admin:logout"))

    assert not Session.objects.exists()


def test_whoever_waits_for_a_code_has_an_hour(client):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        response = ask(client, "stranger@example.org")

    session = Session.objects.get()
    assert session.user is None
    assert session.expire_date == dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
    assert response.cookies["sessionid"]["max-age"] == 3600


def test_eight_hours_are_eight_hours_however_much_one_clicks(client):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        log_in(client, MemberFactory().email)
        clock.shift(dt.timedelta(hours=7, minutes=59))
        client.post(reverse("account_prove"))  # it writes to the session
        assert client.get(reverse("account_set_password")).status_code in (200, 302)
        assert Session.objects.get().expire_date == dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)

        clock.shift(dt.timedelta(minutes=1))

        location = client.get(reverse("account_prove")).headers["Location"]
        assert location.startswith(reverse("account_login"))


def test_the_database_does_not_hold_the_address_in_clear(client):
    ask(client, "stranger@example.org")

    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM members_session")
        (stored,) = cursor.fetchone()

    assert client.session.decode(stored)["pending_code"]["address"] == "stranger@example.org"
    assert "stranger" not in stored


def test_a_session_under_a_retired_key_is_logged_out(client, settings):
    client.force_login(UserFactory())

    settings.ENCRYPTION_KEYS = ["another key, of another installation"]

    assert client.get(reverse("account_prove")).status_code == 302


def test_one_accounts_session_does_not_turn_into_anothers(client):
    first, second = UserFactory(), UserFactory()
    client.force_login(first)
    key = client.session.session_key

    other = Client()
    other.cookies = copy.deepcopy(client.cookies)
    other.force_login(second)

    assert other.session.session_key != key
