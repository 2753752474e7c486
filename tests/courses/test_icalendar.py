import datetime as dt

import pytest

from courses import icalendar
from tests.factories.courses import OccasionFactory

AT = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))

pytestmark = pytest.mark.django_db


def rendered(**fields):
    occasion = OccasionFactory(starts_at=SUMMER, ends_at=SUMMER + dt.timedelta(hours=2), **fields)
    return occasion, icalendar.render(occasion, address="https://example.org/x/", at=AT)


def test_it_tells_what_when_and_where():
    occasion, file = rendered(title="Ny som chef", venue="Stora salen")
    assert file.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ledarna//Mina sidor//SV",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{occasion.public_id}",
        "DTSTAMP:20260301T080000Z",
        "DTSTART:20260601T070000Z",
        "DTEND:20260601T090000Z",
        "SUMMARY:Ny som chef",
        "LOCATION:Stora salen",
        "URL:https://example.org/x/",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_what_means_something_to_a_calendar_is_escaped():
    _occasion, file = rendered(title="Lön; avtal, lag\\rätt\r\nBEGIN:VALARM")
    assert "SUMMARY:Lön\\; avtal\\, lag\\\\rätt\\nBEGIN:VALARM\r\n" in file.decode()


def test_long_lines_are_folded_between_letters():
    title = "Åäö" * 50
    _occasion, file = rendered(title=title)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert f"SUMMARY:{title}" in file.decode().replace("\r\n ", "")


def test_the_address_to_join_by_stays_on_the_page():
    _occasion, file = rendered(zoom=True)
    assert "LOCATION:Zoom" in file.decode()
    assert "zoom.us" not in file.decode()
