"""P18: in a digital meeting, the IP address and the name that she chose are stored; and for how
long, and that nobody knows who it was until somebody says so."""

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from courses import attending, tasks
from courses.imports import jobs
from courses.models import Attendance
from dsar import package, sweep
from ledarna_gdpr.privacy import registry
from tests.courses import zoom_files as zoom
from tests.factories.courses import AttendanceFactory, OccasionFactory, RegistrationFactory
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

STARTS = timezone.make_aware(dt.datetime(2025, 3, 22, 19))
ENDS = STARTS + dt.timedelta(hours=2)
NOW = timezone.make_aware(dt.datetime(2025, 3, 24, 9))
ENDED_ON = dt.date(2025, 3, 22)


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def occasion():
    return OccasionFactory(zoom=True, starts_at=STARTS, ends_at=ENDS)


def let_in(occasion, content):
    job = jobs.start(occasion, content, by=None, at=NOW)
    tasks.check_report(job_id=job.pk)
    jobs.approve(job)
    tasks.carry_out_report(job_id=job.pk)
    return {row.display_name: row for row in Attendance.objects.all()}


def test_names_are_stored_as_they_were_chosen_and_rejoins_put_together(occasion):
    rows = let_in(occasion, zoom.FORMS["older"])

    assert set(rows) == set(zoom.MERGED)
    assert rows["Åsa Öberg (Åsa)"].minutes == 50


def test_a_report_without_addresses_is_accepted_and_one_with_them_keeps_them(occasion):
    without = let_in(occasion, zoom.FORMS["older"])
    assert {row.ip_address for row in without.values()} == {None}

    assert let_in(occasion, zoom.DASHBOARD)["Åsa"].ip_address == "192.0.2.17"


def test_nothing_else_that_the_report_tells_is_in_the_database(occasion):
    let_in(occasion, zoom.DASHBOARD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM courses_attendance")
        kept = str(cursor.fetchall())

    for value in ("00:00:5e:00:53:01", "DISK1", "ASAS-DATOR", "Umeå", "asa@example.org"):
        assert value not in kept
    assert "Åsa" not in kept  # a name is stored encrypted


def test_the_address_goes_after_thirty_days_and_the_rest_after_ninety(occasion):
    AttendanceFactory(occasion=occasion)

    def left():
        return list(Attendance.objects.values_list("ip_address", flat=True))

    sweep.run(ENDED_ON + dt.timedelta(days=29))
    assert left() == ["192.0.2.17"]
    sweep.run(ENDED_ON + dt.timedelta(days=30))
    assert left() == [None]
    sweep.run(ENDED_ON + dt.timedelta(days=89))
    assert left() == [None]
    sweep.run(ENDED_ON + dt.timedelta(days=90))
    assert left() == []


def test_a_suggestion_gives_nobody_an_attendance(occasion):
    member = MemberFactory(email="asa@example.org")
    RegistrationFactory(occasion=occasion, member=member)
    row = let_in(occasion, zoom.FORMS["older"])["Åsa Öberg (Åsa)"]
    theirs = registry[Attendance].records_of([member.pk])
    assert row.suggested == member
    assert not theirs.exists()

    attending.confirm(Attendance.objects.all(), by=StaffFactory(), at=NOW)

    assert theirs.get() == row


def test_her_answer_tells_the_name_the_times_and_the_address():
    with zipfile.ZipFile(io.BytesIO(_answer(AttendanceFactory().member))) as files:
        told = files.read("index.html").decode()

    assert "Anna på kontoret" in told
    assert "192.0.2.17" in told


def test_the_answer_of_somebody_merely_suggested_tells_nothing_of_it():
    row = AttendanceFactory(member=None, suggested=MemberFactory())
    with zipfile.ZipFile(io.BytesIO(_answer(row.suggested))) as files:
        told = "".join(files.read(name).decode("utf-8-sig") for name in files.namelist())

    assert "Anna på kontoret" not in told


def _answer(member):
    return package.build(member.pk, portable=False, at=NOW)
