"""A report in the back-office: sent, looked at, let in whole or not at all, and matched by hand."""

import datetime as dt
import time
import zoneinfo

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import attending, tasks
from courses.imports import jobs, plan
from courses.imports.reports import read
from courses.models import Attendance, AttendanceImport, ColumnMapping
from dsar import roles, sweep
from members.imports import background
from members.models import ReadLog
from tests.courses import zoom_files as zoom
from tests.courses.zoom_files import OLDER, marked, table
from tests.factories.courses import AttendanceFactory, OccasionFactory, RegistrationFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")
STARTS = dt.datetime(2025, 3, 22, 19, tzinfo=STOCKHOLM)
ENDS = STARTS + dt.timedelta(hours=2)
NOW = dt.datetime(2025, 3, 24, 9, tzinfo=STOCKHOLM)
LIST = reverse("admin:courses_attendance_changelist")


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def organiser(client):
    user = StaffFactory(roles=[roles.COURSE_ORGANISER])
    client.force_login(user)
    return user


@pytest.fixture
def occasion(organiser):
    return OccasionFactory(
        zoom=True, title="Årsmöte", starts_at=STARTS, ends_at=ENDS, organisers=[organiser]
    )


def send(client, occasion, content, **fields):
    """Upload a report. Gives its page, when the worker has read it."""
    address = f"{reverse('admin:courses_attendanceimport_add')}?occasion={occasion.pk}"
    file = SimpleUploadedFile("rapport.csv", content)
    answer = client.post(address, {"file": file, **fields}, follow=True)
    job = AttendanceImport.objects.order_by("-pk").first()
    if job is not None and job.status == job.Status.UPLOADED:
        tasks.check_report(job_id=job.pk)
        return client.get(reverse("admin:courses_attendanceimport_change", args=[job.pk]))
    return answer


def let_in(client):
    job = AttendanceImport.objects.latest("pk")
    client.post(reverse("admin:courses_attendanceimport_approve", args=[job.pk]))
    tasks.carry_out_report(job_id=job.pk)
    job.refresh_from_db()
    return job


def stored():
    return {row.display_name: row for row in Attendance.objects.all()}


def dump():
    columns = ("key", "joined_at", "left_at", "minutes", "ip_address", "member", "suggested")
    return sorted(Attendance.objects.values_list(*columns))


# --- sending and letting in -------------------------------------------------------------------


def test_nothing_is_taken_in_before_somebody_says_so(client, occasion):
    page = send(client, occasion, zoom.FORMS["webinar"])

    assert "Åsa Öberg (Åsa)" in page.text
    assert "Arbetsplats" in page.text
    assert "Telefonnummer till dem som ringde" in page.text
    assert "Verkstaden" not in page.text
    assert not Attendance.objects.exists()

    assert let_in(client).status == "done"
    assert set(stored()) == set(zoom.MERGED)


def test_a_cancelled_report_leaves_nothing(client, occasion):
    send(client, occasion, zoom.FORMS["older"])
    job = AttendanceImport.objects.get()
    path = job.plan.name
    client.post(reverse("admin:courses_attendanceimport_cancel", args=[job.pk]))

    job.refresh_from_db()
    assert (job.status, job.plan.name) == ("cancelled", "")
    assert not default_storage.exists(path)
    assert let_in(client).status == "cancelled"
    assert not Attendance.objects.exists()


def test_a_faulty_report_is_refused_with_row_and_column_and_nothing_comes_in(client, occasion):
    rows = [*zoom.PEOPLE, ("Sista", "", "19:00:00", "18:00:00", 60)]
    page = send(client, occasion, marked(table(OLDER, rows)))

    assert "Tiden för utträde ligger före tiden för inträde." in page.text
    assert '<td class="number">7</td>' in page.text
    assert "Leave Time" in page.text
    assert "Sista" not in page.text
    job = AttendanceImport.objects.get()
    assert (job.status, job.file.name, job.plan.name) == ("refused", "", "")
    assert let_in(client).status == "refused"
    assert not Attendance.objects.exists()


def test_the_same_report_twice_changes_nothing(client, occasion):
    send(client, occasion, zoom.FORMS["older"])
    let_in(client)
    before = dump()
    send(client, occasion, zoom.FORMS["newer"])
    job = let_in(client)

    assert (job.new, job.changed, job.unchanged) == (0, 0, 4)
    assert dump() == before


def test_a_later_report_that_knows_more_adds_it(client, occasion):
    send(client, occasion, marked(table(OLDER, [("Åsa", "", "19:00:00", "19:10:00", 10)])))
    let_in(client)
    send(client, occasion, zoom.DASHBOARD)
    job = let_in(client)

    assert (job.new, job.changed) == (0, 1)
    (row,) = Attendance.objects.all()
    assert (row.minutes, row.ip_address) == (20, "192.0.2.17")


def test_files_and_addresses_of_mail_are_gone_when_it_is_over(client, occasion):
    send(client, occasion, zoom.FORMS["older"])
    job = AttendanceImport.objects.get()
    path = job.plan.name
    with default_storage.open(path) as file:
        assert b"asa@example.org" not in file.read()
    let_in(client)

    assert not default_storage.exists(path)
    assert "email" not in {field.name for field in Attendance._meta.concrete_fields}


def test_a_worker_that_died_is_followed_by_another(client, occasion):
    send(client, occasion, zoom.FORMS["older"])
    job = AttendanceImport.objects.get()
    long_ago = NOW - background.DEAD_AFTER - dt.timedelta(seconds=1)
    AttendanceImport.objects.update(status="importing", heartbeat_at=long_ago)

    assert [stale.pk for stale in jobs.stale(NOW)] == [job.pk]
    tasks.resume_reports()

    assert set(stored()) == set(zoom.MERGED)


def test_a_failure_in_the_midst_leaves_nothing(client, occasion, monkeypatch):
    """A second import that wrote the same rows first makes the database refuse this one."""
    send(client, occasion, zoom.FORMS["older"])
    monkeypatch.setattr("courses.imports.plan.CHUNK", 1)
    job = AttendanceImport.objects.get()
    twice = read(zoom.FORMS["older"]).participants
    with job.plan.open("wb") as file:
        for line in plan.encode(twice):
            file.write(line)
    monkeypatch.setattr("courses.imports.jobs._Known.key_of", lambda self, person: "same")
    job = let_in(client)

    assert job.status == "refused"
    assert not Attendance.objects.exists()


def test_a_report_of_another_day_is_refused(client, occasion):
    type(occasion).objects.update(
        starts_at=STARTS - dt.timedelta(days=7), ends_at=ENDS - dt.timedelta(days=7)
    )
    page = send(client, occasion, zoom.FORMS["older"])

    assert "Är det ett annat mötes rapport?" in page.text


@pytest.mark.parametrize(
    ("kind", "shift", "message"),
    [
        ("course", 0, "Rapporter hör till det som sänds över nätet."),
        ("webinar", 9, "Tillfället har inte börjat."),
        ("webinar", -100, "Det var så länge sedan att namnen skulle gallras genast."),
    ],
)
def test_only_what_has_been_sent_has_a_report(client, organiser, kind, shift, message):
    move = dt.timedelta(days=shift)
    zoom_or_not = {"zoom": True} if kind == "webinar" else {}
    occasion = OccasionFactory(
        **zoom_or_not, starts_at=STARTS + move, ends_at=ENDS + move, organisers=[organiser]
    )
    page = send(client, occasion, zoom.FORMS["older"])

    assert message in page.text
    assert not AttendanceImport.objects.exists()


def test_an_address_whose_time_is_over_is_not_taken_in_again(client, organiser, occasion):
    with time_machine.travel(ENDS + dt.timedelta(days=31), tick=False):
        client.force_login(organiser)
        page = send(client, occasion, zoom.DASHBOARD)
        let_in(client)

    assert "Ip-adress (dess tid är ute)" in page.text
    assert [row.ip_address for row in Attendance.objects.all()] == [None]


def test_a_mapping_serves_other_platforms(client, occasion):
    mapping = ColumnMapping.objects.create(
        name="Vimeo", name_heading="Namn", joined_heading="Kom", left_heading="Gick"
    )
    content = "Namn;Kom;Gick;Ort\nÅsa;2025-03-22 19:00;2025-03-22 19:30;Umeå\n".encode()
    page = send(client, occasion, content, mapping=mapping.pk)
    let_in(client)

    assert "Ort" in page.text
    assert stored()["Åsa"].minutes == 30


def test_registrations_are_compared_and_nothing_is_stored(client, occasion):
    RegistrationFactory(occasion=occasion, member__email="asa@example.org")
    page = send(client, occasion, zoom.REGISTRATIONS)

    assert "2 har anmält sig hos plattformen. Av dem finns 1" in page.text
    job = AttendanceImport.objects.get()
    assert (job.status, job.file.name, job.plan.name) == ("done", "", "")
    assert "gast@example.org" not in page.text


def test_a_poll_shows_how_many_and_not_who(client, occasion):
    page = send(client, occasion, zoom.POLL)

    assert "Bra möte?" in page.text
    assert "Deltagare 3" not in page.text
    assert "Fritext" not in page.text


def test_a_report_can_be_taken_back(client, occasion):
    other = AttendanceFactory(occasion=occasion, display_name="En annan")
    send(client, occasion, zoom.FORMS["older"])
    job = let_in(client)
    client.post(reverse("admin:courses_attendanceimport_take-back", args=[job.pk]))

    assert [row.pk for row in Attendance.objects.all()] == [other.pk]


def test_nobody_else_sees_the_report_or_who_came(client, occasion):
    send(client, occasion, zoom.FORMS["older"])
    job = let_in(client)
    row = Attendance.objects.first()
    client.force_login(StaffFactory(roles=[roles.COURSE_ORGANISER]))

    for page, key in (
        ("courses_attendanceimport_change", job.pk),
        ("courses_attendance_change", row.pk),
        ("courses_attendance_match", row.pk),
    ):
        there = client.get(reverse(f"admin:{page}", args=[key]))
        nowhere = client.get(reverse(f"admin:{page}", args=[10**6]))
        assert (there.status_code, there.url) == (nowhere.status_code, nowhere.url)
    assert row.display_name not in client.get(LIST).text
    page = send(client, occasion, zoom.FORMS["older"])
    assert AttendanceImport.objects.count() == 1
    assert "Välj först det tillfälle" in page.text


def test_the_list_takes_as_many_queries_for_many_as_for_few(client, occasion):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(f"{LIST}?occasion__id__exact={occasion.pk}")
        return len(captured)

    AttendanceFactory(occasion=occasion)
    queries()
    few = queries()
    AttendanceFactory.create_batch(20, occasion=occasion)
    assert queries() == few


def test_a_hundred_thousand_come_in_whole_in_reasonable_time(client, occasion):
    rows = ((f"Åsa {n}", f"a{n}@example.org", "19:00:00", "19:20:00", 20) for n in range(100_000))
    content = marked(table(OLDER, rows))
    job = jobs.start(occasion, content, by=None, at=NOW)
    begun = time.perf_counter()
    jobs.check(job.pk, at=NOW)
    jobs.approve(job)
    with CaptureQueriesContext(connection) as captured:
        jobs.carry_out(job.pk, at=NOW)

    assert Attendance.objects.count() == 100_000
    assert len(captured) < 400
    assert time.perf_counter() - begun < 180


# --- who it was -------------------------------------------------------------------------------


@pytest.fixture
def asa(occasion):
    member = MemberFactory(given_names="Åsa", family_name="Öberg", email="asa@example.org")
    RegistrationFactory(occasion=occasion, member=member)
    return member


def suggestions(occasion):
    return reverse("admin:courses_attendance_suggestions", args=[occasion.pk])


def test_a_suggestion_is_no_match_until_it_is_confirmed(client, organiser, occasion, asa):
    send(client, occasion, zoom.FORMS["older"])
    let_in(client)
    row = stored()["Åsa Öberg (Åsa)"]
    assert (row.member, row.suggested) == (None, asa)
    assert not Attendance.objects.filter(member=asa).exists()

    page = client.get(suggestions(occasion))
    assert asa.label_with_name in page.text
    assert ReadLog.objects.filter(subject_id=asa.pk, actor_id=organiser.pk).exists()
    client.post(suggestions(occasion), {"rows": [row.pk], "confirm": ""})

    row.refresh_from_db()
    assert (row.member, row.suggested, row.matched_by) == (asa, None, organiser)
    assert row.matched_at == NOW


def test_all_are_confirmed_at_once_and_only_this_occasions(client, organiser, occasion, asa):
    other = OccasionFactory(zoom=True, ended=True)
    rows = [
        AttendanceFactory(occasion=occasion, member=None, suggested=asa),
        AttendanceFactory(occasion=other, member=None, suggested=asa),
    ]
    client.post(suggestions(occasion), {"all": "1"})

    for row in rows:
        row.refresh_from_db()
    assert [row.member for row in rows] == [asa, None]


def test_a_rejected_suggestion_is_forgotten(client, occasion, asa):
    row = AttendanceFactory(occasion=occasion, member=None, suggested=asa)
    client.post(suggestions(occasion), {"rows": [row.pk], "reject": ""})

    row.refresh_from_db()
    assert (row.member, row.suggested) == (None, None)


@pytest.mark.parametrize(
    ("name", "email", "suggested"),
    [
        ("Någon", "ASA@example.org", True),
        ("Åsa  öberg", "", True),
        ("Chefen (Åsa Öberg)", "", True),
        ("Åsa", "", False),
        ("46701740605", "asa@example.org", True),
        ("46701740605", "", False),
    ],
)
def test_a_suggestion_rests_on_address_or_whole_name(client, occasion, asa, name, email, suggested):
    send(client, occasion, marked(table(OLDER, [(name, email, "19:00:00", "19:20:00", 20)])))
    let_in(client)

    (row,) = Attendance.objects.all()
    assert (row.suggested == asa) is suggested


def test_of_two_namesakes_neither_is_suggested(client, occasion, asa):
    twin = MemberFactory(given_names="Åsa", family_name="Öberg")
    RegistrationFactory(occasion=occasion, member=twin)
    send(client, occasion, marked(table(OLDER, [("Åsa Öberg", "", "19:00:00", "19:20:00", 20)])))
    let_in(client)

    assert [row.suggested for row in Attendance.objects.all()] == [None]


@pytest.mark.parametrize("reason", ["cancelled", "protected", "elsewhere"])
def test_only_those_who_registered_and_may_be_shown_are_suggested(client, occasion, reason):
    member = MemberFactory(given_names="Åsa", family_name="Öberg", protected=reason == "protected")
    where = OccasionFactory(zoom=True) if reason == "elsewhere" else occasion
    status = "cancelled" if reason == "cancelled" else "registered"
    RegistrationFactory(occasion=where, member=member, status=status)
    send(client, occasion, marked(table(OLDER, [("Åsa Öberg", "", "19:00:00", "19:20:00", 20)])))
    let_in(client)

    assert [row.suggested for row in Attendance.objects.all()] == [None]


def test_a_row_is_matched_by_member_number_and_the_match_taken_back(client, occasion, asa):
    row = AttendanceFactory(occasion=occasion, member=None)
    match = reverse("admin:courses_attendance_match", args=[row.pk])
    stranger = MemberFactory()

    refused = client.post(match, {"number": stranger.member_number})
    assert "Ingen med det numret har anmält sig." in refused.text
    client.post(match, {"number": asa.member_number})
    row.refresh_from_db()
    assert row.member == asa

    client.post(reverse("admin:courses_attendance_unmatch", args=[row.pk]))
    row.refresh_from_db()
    assert (row.member, row.matched_at) == (None, None)


def test_a_matched_row_is_not_matched_again(occasion, organiser, asa):
    row = AttendanceFactory(occasion=occasion, member=None)
    attending.match(row, asa, by=organiser, at=NOW)

    with pytest.raises(attending.CannotMatch):
        attending.match(row, asa, by=organiser, at=NOW)


def test_who_is_protected_is_not_shown_to_organisers(client, occasion):
    member = MemberFactory(protected=True, family_name="Skyddsson")
    AttendanceFactory(occasion=occasion, member=member, display_name="Hemlig")

    assert "Hemlig" not in client.get(LIST).text
    group = StaffFactory(roles=[roles.COURSE_ADMINISTRATION, roles.PROTECTED_IDENTITIES])
    client.force_login(group)
    assert "Hemlig" in client.get(LIST).text


@pytest.mark.parametrize("word", ["rows=abc", "rows=", "rows=99999999999999999999"])
def test_nonsense_in_the_form_of_suggestions_changes_nothing(client, occasion, asa, word):
    row = AttendanceFactory(occasion=occasion, member=None, suggested=asa)
    name, _sign, value = word.partition("=")
    assert client.post(suggestions(occasion), {name: value, "confirm": ""}).status_code == 302

    row.refresh_from_db()
    assert row.member is None


def test_the_sweep_takes_the_import_after_its_time(client, occasion):
    send(client, occasion, zoom.FORMS["older"])
    let_in(client)
    sweep.run(dt.date(2025, 4, 22))
    assert AttendanceImport.objects.exists()
    sweep.run(dt.date(2025, 4, 23))

    assert not AttendanceImport.objects.exists()
    assert Attendance.objects.count() == 4
