"""P58: a request for erasure is decided for each kind of record; the letter states each."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import letters, requests
from dsar.models import Receipt
from members.models import Application, Member, OutgoingMail, Payment, User
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    ApplicationFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))


@pytest.fixture
def erased(django_capture_on_commit_callbacks):
    """A former member with an account, an application and a payment, whose erasure is approved."""
    member = MemberFactory(left=dt.date(2025, 1, 31), email="anna.privat@example.org")
    UserFactory(member=member)
    ApplicationFactory(member=member, status="accepted", decided_at=NOW)
    PaymentFactory(member=member, fiscal_year_ends_on=dt.date(2025, 12, 31))
    request = SubjectRequestFactory(kind="erasure", member=member)
    with django_capture_on_commit_callbacks(execute=True):
        requests.approve(request, by=StaffFactory(), at=NOW)
    request.refresh_from_db()
    return request


def test_what_nothing_holds_back_is_erased_and_the_accounts_are_kept_by_law(erased):
    assert User.objects.filter(member__isnull=False).count() == 0
    assert Application.objects.count() == 0
    assert Payment.objects.count() == 1
    assert Member.objects.get().restricted_at is not None
    assert erased.status == "answered"


def test_the_letter_and_the_mail_state_each_kind_with_ground_and_date(erased):
    letter = letters.letter_for(erased)
    (mail,) = [m for m in OutgoingMail.objects.all() if m.to == "anna.privat@example.org"]

    for text in (letter, mail.body):
        assert "Betalningar" in text
        assert "1 januari 2033" in text
        assert "artikel 17.3 b" in text
        assert "Konton" in text
        assert "Integritetsskyddsmyndigheten" in text
        assert "Åberg" not in text


def test_there_is_a_receipt_without_content_for_each_kind(erased):
    kinds = dict(erased.receipts.values_list("model", "outcome"))

    assert kinds["members.User"] == kinds["members.Application"] == "erased"
    assert kinds["members.Member"] == "restricted"
    assert {f.name for f in Receipt._meta.concrete_fields} == {
        "id", "at", "request", "run", "model", "outcome", "rule", "belonged_to", "count",
    }  # fmt: skip
