"""P4: no activity without a heading of the notice, no heading without an activity."""

import datetime as dt

import pytest
from django.urls import reverse

from dsar import notice, record_of_processing, roles
from dsar.models import NoticeVersion
from ledarna_gdpr.privacy import Purpose, registry
from members.models import OutgoingMail
from members.purposes import REGISTER
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 1, 1)


@pytest.fixture
def undeclared_purpose():
    """A purpose that the notice does not tell of."""
    secret = Purpose(
        key="profiling",
        title="Profilering",
        description="Something that nobody has been told of.",
        basis=REGISTER.basis,
        condition=REGISTER.condition,
    )
    right = type(registry[OutgoingMail])
    registry.unregister(OutgoingMail)
    registry.register(OutgoingMail)(type("Mail", (right,), {"purpose": secret}))
    yield secret
    registry.unregister(OutgoingMail)
    registry.register(OutgoingMail)(right)


def test_headings_and_purposes_meet_both_ways():
    assert notice.undeclared() == []
    assert notice.empty_headings() == []
    assert all(activity.is_declared for activity in record_of_processing.activities())


def test_an_undeclared_purpose_cannot_be_published(undeclared_purpose):
    with pytest.raises(notice.CannotPublish, match="Profilering"):
        notice.publish("2026-1", valid_from=DAY)
    assert NoticeVersion.objects.count() == 0


def test_an_undeclared_purpose_is_shown_as_such_in_the_register(undeclared_purpose, client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))

    page = client.get(reverse("admin:dsar_noticeversion_record")).content.decode()

    assert "Profilering" in page
    assert page.count("ej deklarerad") == 1


def test_a_heading_without_a_purpose_cannot_be_published(monkeypatch):
    monkeypatch.setitem(notice.HEADINGS, "weather", "Vädret")

    with pytest.raises(notice.CannotPublish, match="Vädret"):
        notice.publish("2026-1", valid_from=DAY)


def test_a_broken_reference_is_found():
    assert notice.broken_references('<a href="#a"></a><h2 id="b"></h2>') == {"a"}
    for language in notice.LANGUAGES:
        assert notice.broken_references(notice.render(DAY, language)) == set()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_register_can_be_fetched_as_a_file(form, client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))

    page = client.get(reverse("admin:dsar_noticeversion_record_file", args=[form]))

    assert page.status_code == 200
    for purpose in registry.purposes:
        assert str(purpose.title) in page.content.decode()


def test_the_officer_publishes_in_the_admin(client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    url = reverse("admin:dsar_noticeversion_add")

    client.post(url, {"version": "2026-1", "valid_from": "2026-01-01"})
    again = client.post(url, {"version": "2026-1", "valid_from": "2026-06-01"})

    assert set(NoticeVersion.objects.values_list("language", flat=True)) == {"sv", "en"}
    assert "Det finns redan en version" in again.content.decode()
