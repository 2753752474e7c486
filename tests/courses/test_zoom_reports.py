"""Reports of meeting platforms: each form that Zoom writes, whatever program has had it in hand,
and each way in which a file can be wrong."""

import datetime as dt
import io
import time
import zipfile
from contextlib import suppress

import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from courses.imports.headings import Kind, Role
from courses.imports.problems import BadReport
from courses.imports.reports import read
from tests.courses import zoom_files as zoom
from tests.courses.zoom_files import OLDER, PEOPLE, iso, marked, slashed, table

DAY = dt.date(2025, 3, 22)


def at(clock):
    return timezone.make_aware(dt.datetime.combine(DAY, dt.time.fromisoformat(clock)))


def told(report):
    """Who took part, when and how long."""
    return {p.display_name: (p.joined_at, p.left_at, p.minutes) for p in report.participants}


def problems_of(content, **options):
    """What is wrong with a file, in Swedish: rows, columns and messages."""
    with translation.override("sv"), pytest.raises(BadReport) as caught:
        read(content, **options)
    return [(p.row, p.column, p.message) for p in caught.value.problems]


# --- each form --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", zoom.FORMS)
def test_every_form_tells_the_same(form):
    report = read(zoom.FORMS[form], meeting=zoom.MEETING.get(form, ""))

    assert told(report) == {
        name: (at(joined), at(left), minutes)
        for name, (joined, left, minutes) in zoom.MERGED.items()
    }
    assert [p.display_name for p in report.participants if p.is_phone] == ["•••605"]
    assert report.kind == Kind.PARTICIPANTS


@pytest.mark.parametrize("form", zoom.FORMS)
def test_no_value_of_a_dropped_column_comes_in(form):
    report = read(zoom.FORMS[form], meeting=zoom.MEETING.get(form, ""))

    for value in ("Verkstaden AB", "070-1", "Sweden", "46701740605", "kansliet@example.org"):
        assert value not in str(report)


def test_it_is_said_which_columns_were_dropped():
    webinar = read(zoom.FORMS["webinar"]).dropped
    dashboard = read(zoom.DASHBOARD).dropped

    assert {"Phone", "Arbetsplats", "Country/Region Name", "Is Guest"} <= set(webinar)
    assert dashboard == [
        "device", "mac_addr", "harddisk_id", "pc_name", "location", "network_type", "data_center",
    ]  # fmt: skip


def test_a_total_without_times_is_taken_as_it_is():
    assert told(read(zoom.UNIQUE_USERS)) == {
        "Åsa Öberg (Åsa)": (None, None, 50),
        "Björn på kontoret": (None, None, 75),
    }


def test_who_did_not_come_is_held_apart():
    report = read(zoom.FORMS["webinar"])

    (absent,) = report.no_shows
    assert (absent.display_name, absent.is_no_show) == ("Karin Å", True)
    assert "Karin Å" not in told(report)


def test_who_only_waited_has_not_taken_part():
    head = f"{OLDER},Guest,Recording Consent,In Waiting Room"
    inside = table(head, PEOPLE[:1], tail=["No", "", "No"])
    outside = table(head, [("Bo Utanför", "", "18:50:00", "18:59:00", 9)], tail=["", "", "Yes"])
    report = read(marked(inside + outside.split("\n", 1)[1]))

    assert set(told(report)) == {"Åsa"}
    assert report.waiting == 1


def test_an_address_comes_with_the_file_that_has_one():
    (person,) = read(zoom.DASHBOARD).participants

    assert person.ip_address == "192.0.2.17"
    assert person.joined_at == at("19:00:00")
    assert all(p.ip_address is None for p in read(zoom.FORMS["older"]).participants)


def test_a_list_of_registrations_gives_names_to_compare_with():
    report = read(zoom.REGISTRATIONS)

    assert report.kind == Kind.REGISTRATIONS
    assert [(r.name, r.email) for r in report.registrants] == [
        ("Åsa Öberg", "asa@example.org"),
        ("Okänd Gäst", "gast@example.org"),
    ]
    assert "Fackklubb" in report.dropped
    assert report.participants == []


def test_a_poll_is_counted_and_nobody_is_named():
    with translation.override("sv"):
        report = read(zoom.POLL)

    assert report.answers == {
        "Bra möte?": {"Ja": 6, "Långt": 6, "övriga svar": 1},
        "Något mer?": {"övriga svar": 6},
    }
    assert "Deltagare" not in str(report)
    assert "Fritext" not in str(report)


def test_one_of_several_meetings_has_to_be_chosen():
    (problem,) = problems_of(zoom.FORMS["account"])
    assert problem[1:] == (
        "Meeting ID",
        "Filen innehåller flera möten. Ange id för det du menar.",
    )
    assert problems_of(zoom.FORMS["account"], meeting="5")[0][1] == "Meeting ID"


VIMEO = "Namn;Mejl;Kom;Gick;Stad\nÅsa;asa@example.org;2025-03-22 19:00;2025-03-22 19:30;Umeå\n"
MAPPING = {Role.NAME: "Namn", Role.JOINED: "Kom", Role.LEFT: "Gick", Role.EMAIL: "Mejl"}


def test_others_reports_are_read_by_a_mapping():
    report = read(VIMEO.encode(), mapping=MAPPING)

    assert told(report) == {"Åsa": (at("19:00:00"), at("19:30:00"), 30)}
    assert report.dropped == ["Stad"]


def test_a_mapping_that_does_not_fit_says_so():
    assert problems_of(VIMEO.encode(), mapping={Role.NAME: "Deltagare"}) == [
        (None, "", "Ingen rad innehåller kolumnmappningens rubriker. Är det rätt mappning?")
    ]


def test_a_workbook_is_read_like_the_text_it_was():
    book = Workbook()
    book.active.append(OLDER.split(","))
    book.active.append(["Åsa", "", dt.datetime(2025, 3, 22, 19), dt.datetime(2025, 3, 22, 20), 60])
    file = io.BytesIO()
    book.save(file)

    assert told(read(file.getvalue())) == {"Åsa": (at("19:00:00"), at("20:00:00"), 60)}


# --- who is who -------------------------------------------------------------------------------


def people(*rows):
    return [(p.display_name, p.minutes) for p in read(marked(table(OLDER, rows))).participants]


def test_two_devices_at_once_are_one_person_whose_time_counts_once():
    assert people(
        ("Åsa", "asa@example.org", "19:00:00", "20:00:00", 60),
        ("Åsa", "asa@example.org", "19:30:00", "20:10:00", 40),
    ) == [("Åsa", 70)]


def test_two_without_accounts_are_two_when_they_are_there_at_once():
    assert people(
        ("Anna", "", "19:00:00", "20:00:00", 60),
        ("Anna", "", "19:30:00", "19:40:00", 10),
    ) == [("Anna", 60), ("Anna", 10)]


def test_whoever_comes_back_without_an_account_is_the_same():
    assert people(
        ("Anna", "", "19:00:00", "19:10:00", 10),
        ("Anna", "", "19:10:00", "19:40:00", 30),
    ) == [("Anna", 40)]


def test_two_who_share_an_account_keep_their_names():
    assert people(
        ("Anna", "rummet@example.org", "19:00:00", "20:00:00", 60),
        ("Bo", "rummet@example.org", "20:00:00", "20:10:00", 10),
    ) == [("Anna", 60), ("Bo", 10)]


def test_a_word_in_brackets_is_a_former_name_only_where_somebody_came_by_it():
    assert people(
        ("Anna (Ledarna)", "", "19:00:00", "19:10:00", 10),
        ("Bo (Ledarna)", "", "19:20:00", "19:40:00", 20),
    ) == [("Anna (Ledarna)", 10), ("Bo (Ledarna)", 20)]


def test_two_who_telephone_are_two():
    rows = [
        ("46701740605", "", "19:00:00", "19:10:00", 10),
        ("46701740705", "", "19:20:00", "19:40:00", 20),
    ]
    assert people(*rows) == [("•••605", 10), ("•••705", 20)]


# --- times ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "03/22/2025 07:13:27 PM",
        "3/22/2025 7:13:27 pm",
        "03/22/2025 19:13:27",
        "Mar 22, 2025 19:13:27",
        "Mar 22, 2025 07:13:27 PM",
        "March 22, 2025, 19:13:27",
        "2025-03-22 19:13:27",
        "2025-03-22T19:13:27",
        "2025-03-22T18:13:27Z",
        "2025-03-22T20:13:27+02:00",
    ],
)
def test_each_way_to_write_a_time_is_understood(written):
    (person,) = read(marked(table(OLDER, [("Å", "", written, written, 0)], when=str))).participants
    assert person.joined_at == at("19:13:27")


@pytest.mark.parametrize(
    "written",
    [
        "22/03/2025 19:13:27",
        "22.3.2025 19.13",
        "2025-03-22",
        "Foo 22, 2025 19:13:27",
        "Mar 32, 2025 19:13:27",
        "03/22/2025 13:13:27 PM",
        "1742667207",
        "=NOW()",
        "0001-01-01 00:00:00",
        "９/22/2025 10:00:00",
    ],
)
def test_what_is_no_time_is_told_with_row_and_column(written):
    content = marked(table(OLDER, [("Å", "", written, "2025-03-22 20:00:00", 0)], when=str))

    ((row, column, message),) = problems_of(content)
    assert (row, column) == (2, "Join Time")
    assert "ÅÅÅÅ-MM-DD" in message
    assert written not in message


# --- damaged files ----------------------------------------------------------------------------

GOOD = table(OLDER, PEOPLE)
LINES = GOOD.splitlines(keepends=True)
ROW = ("Åsa", "asa@example.org", "19:00:00", "19:20:00", 20)


def with_row(*row, when=slashed):
    """A good file with one row more, the seventh."""
    return marked(GOOD + table(OLDER, [row], when=when).split("\n", 1)[1])


def zipped(name="hej.txt"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "x")
    return file.getvalue()


#: What was done to the file, what it became, and the first thing that is said of it.
DAMAGED = {
    "empty": (b"", (None, "", "Filen är tom.")),
    "only a mark": (b"\xef\xbb\xbf", (None, "", "Ingen rad innehåller rubriker")),
    "only spaces": (b"  \n \n", (None, "", "Filen är tom.")),
    "only a preamble": (marked(zoom.PREAMBLE), (None, "", "Ingen rad innehåller rubriker")),
    "only a head": (marked(LINES[0]), (None, "", "Filen har inga rader")),
    "cut in a time": (marked(GOOD[: GOOD.index("06:58") + 3]), (6, "Join Time", "Tiden är inte")),
    "cut after a name": (marked("".join(LINES[:5]) + "Örjan"), (6, "Join Time", "Tiden saknas")),
    "cut in the minutes": (marked("".join(LINES[:2]) + LINES[2].replace(",75", ",7")),
                           (3, "Duration (Minutes)", "Längden stämmer inte")),
    "cut in a quotation": (marked("".join(LINES[:5]) + '"Örjan'), (6, "", "Filen är skadad")),
    "no names": (marked(GOOD.replace("Name (Original Name),", "", 1)),
                 (1, "Name (Original Name)", "Kolumnen med namn saknas")),
    "no time of leaving": (marked(GOOD.replace("Leave Time", "Left", 1)),
                           (1, "Leave Time", "En kolumn med tider saknas")),
    "the same head twice": (marked(GOOD.replace("Leave Time", "Join Time", 1)),
                            (1, "Join Time", "Två kolumner betyder samma sak")),
    "displaced to the left": (marked(GOOD + "a@b.se,x,03/22/2025 07:00:00 PM,20,\n"),
                              (7, "Leave Time", "Tiden är inte")),
    "displaced to the right": (marked(GOOD + "," + LINES[1]), (7, "", "Raden har fler celler")),
    "a formula for a time": (with_row("Åsa", "", "=A1", "=A2", 20, when=str),
                             (7, "Join Time", "Tiden är inte")),
    "a formula for minutes": (with_row(*ROW[:4], "=1+1"),
                              (7, "Duration (Minutes)", "Skriv tiden i minuter")),
    "negative minutes": (with_row(*ROW[:4], -20),
                         (7, "Duration (Minutes)", "Skriv tiden i minuter")),
    "left before she came": (with_row("Åsa", "", "19:20:00", "19:00:00", 20),
                             (7, "Leave Time", "Tiden för utträde")),
    "no name": (with_row("", *ROW[1:]), (7, "Name (Original Name)", "Namnet saknas")),
    "letters read as another alphabet": (GOOD.encode().decode("latin-1").encode(),
                                         (2, "Name (Original Name)", "Svenska bokstäver")),
    "a bit too far": (with_row("x" * 201, *ROW[1:]), (7, "Name (Original Name)", "Högst 200")),
    "unknown dates": (marked(table(OLDER, [ROW], when=lambda c: f"22/3/25 {c}")),
                      (2, "Join Time", "Tiden är inte")),
    "neither yes nor no": (marked(zoom.webinar().replace("\nNo,Karin", "\nNja,Karin")
                                  .replace("No,Karin", "Nja,Karin")),
                           (16, "Attended", "Skriv Yes eller No")),
    "no address": (zoom.DASHBOARD.replace(b"192.0.2.17", b"192.0.2.x"),
                   (2, "ip_address", "Det här är ingen ip-adress")),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, (None, "", "")),
    "a program": (bytes(range(256)) * 100, (None, "", "")),
    "half a UTF-16": (b"\xff\xfe" + "Åsa".encode("utf-16-le") + b"\x00",
                      (None, "", "Filen går inte att läsa")),
    "a zip called csv": (zipped(), (None, "", "Filen är ingen arbetsbok")),
    "another report": (marked(LINES[0] + zoom.POLL.decode("utf-8-sig")), (None, "", "")),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_told_of_in_swedish_with_row_and_column(damage):
    content, (row, column, beginning) = DAMAGED[damage]

    found = problems_of(content)

    assert found[0][:2] == (row, column)
    assert found[0][2].startswith(beginning), found[0][2]
    for person in ("Åsa", "asa@example.org", "46701740605"):
        assert person not in str(found)


def test_every_problem_is_told_at_once():
    rows = [("Åsa", "", "x", "19:20:00", 20), ROW, ("", "", "19:00:00", "y", "z")]
    content = marked(table(OLDER, rows, when=lambda c: slashed(c) if ":" in c else c))

    assert [problem[:2] for problem in problems_of(content)] == [
        (2, "Join Time"),
        (4, "Name (Original Name)"),
        (4, "Leave Time"),
        (4, "Duration (Minutes)"),
    ]


def test_a_file_that_is_wrong_throughout_is_told_of_a_thousand_times():
    rows = [("Åsa", "", "x", "y", 1)] * 5000
    assert 1000 <= len(problems_of(marked(table(OLDER, rows, when=str)))) < 1010


def test_a_name_that_is_a_formula_is_a_name():
    content = with_row('=HYPERLINK("x")', "", "19:00:00", "19:20:00", 20)
    assert '=HYPERLINK("x")' in told(read(content))


def test_a_meeting_on_another_day_is_another_meeting():
    within = (at("18:00:00") + dt.timedelta(days=7), at("21:00:00") + dt.timedelta(days=7))

    row, column, message = problems_of(zoom.FORMS["older"], within=within)[0]
    assert (row, column) == (2, "Join Time")
    assert message == "Tiden ligger långt från tillfället. Är det ett annat mötes rapport?"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_give_anything_but_a_problem(content):
    with suppress(BadReport):
        read(content)


CELLS = st.lists(
    st.text(max_size=30) | st.sampled_from(["", "--", "1", iso("19:00:00"), slashed("19:20:00")]),
    max_size=12,
)
HEADS = st.sampled_from(
    [OLDER, zoom.NEWER, zoom.ACCOUNT, zoom.WEBINAR_HEAD, zoom.REGISTERED_HEAD,
     "#,User Name,User Email,Submitted Date/Time,", "Host Details",
     "First Name,Last Name,Email,Registration Time,Approval Status"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS.map(",".join) | HEADS, max_size=12))
def test_no_rows_below_any_head_give_anything_but_a_report_or_a_problem(rows):
    with suppress(BadReport):
        for person in read("\n".join(rows).encode()).participants:
            assert person.display_name
            assert person.minutes >= 0
            assert person.left_at is None or person.left_at >= person.joined_at


@pytest.mark.parametrize("email", ["a{}@example.org", ""], ids=["accounts", "none"])
def test_a_hundred_thousand_rows_are_read_in_seconds(email):
    rows = (
        (f"Åsa {n % 5000}", email.format(n % 5000), "19:00:00", "19:20:00", 20)
        for n in range(100_000)
    )
    content = marked(table(OLDER, rows))

    begun = time.perf_counter()
    report = read(content)

    assert report.rows == 100_000
    assert time.perf_counter() - begun < 30
