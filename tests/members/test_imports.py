"""Register files: however they were saved, checked before anything is changed, and let in whole."""

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from members import tasks
from members.demo.numbers import test_numbers as published_numbers
from members.imports import background, jobs
from members.imports.comparing import compare
from members.imports.reading import RegisterFile
from members.models import ImportJob, Member, MembershipPeriod
from tests.factories.members import MemberFactory, StaffFactory
from tests.register_files import (
    FIRST_NUMBER,
    HEADINGS,
    register_rows,
    write_register,
    write_register_xlsx,
)

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 9))
LIST = reverse("admin:members_importjob_changelist")
UPLOAD = reverse("admin:members_importjob_add")


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def dump():
    """The register as it stands, without what differs from one installation to the next."""
    members = Member.objects.order_by("member_number").values(
        *(f.name for f in Member._meta.concrete_fields if f.name not in ("id", "public_id"))
    )
    periods = MembershipPeriod.objects.order_by("member__member_number", "started_on")
    return [*members], [
        *periods.values_list("member__member_number", "started_on", "ended_on", "exit_reason")
    ]


def histories():
    return Member.history.count(), MembershipPeriod.history.count()


def imported(content, *, mode=jobs.Mode.ALL_OR_NOTHING):
    job = jobs.start(content, by=None, at=NOW)
    jobs.check(job.pk, at=NOW)
    job.refresh_from_db()
    if job.status == jobs.Status.CHECKED and (mode == jobs.Mode.GOOD_ROWS or not job.bad):
        jobs.approve(job, mode=mode)
        jobs.carry_out(job.pk, at=NOW)
        job.refresh_from_db()
    return job


def csv_file(tmp_path, rows, **options):
    return write_register(tmp_path / "register.csv", rows, **options).read_bytes()


def one_row(**cells):
    """A file of one member; ``cells`` by heading replace the plain ones."""
    row = dict(zip(HEADINGS, register_rows(1)[0], strict=True)) | cells
    return ";".join(row).encode() + b"\n" + ";".join(row.values()).encode()


def issues(job):
    return [(issue.row, issue.column) for issue in job.issues.all()]


# --- the same register in every form ------------------------------------------------------------


@pytest.fixture
def expected(tmp_path):
    """What the file gives that every other way of saving it must give, too."""
    undo = transaction.savepoint()
    imported(csv_file(tmp_path, register_rows(60)))
    found = dump()
    transaction.savepoint_rollback(undo)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_way_of_saving_a_csv_file_gives_the_same_register(
    encoding, delimiter, tmp_path, expected
):
    rows = register_rows(60)

    imported(csv_file(tmp_path, rows, encoding=encoding, delimiter=delimiter))

    assert dump() == expected


def test_a_workbook_gives_the_same_register(tmp_path, expected):
    path = write_register_xlsx(tmp_path / "register.xlsx", register_rows(60))

    imported(path.read_bytes())

    assert dump() == expected


def test_a_workbook_whose_numbers_and_dates_are_no_texts_gives_the_same(tmp_path, expected):
    rows = [list(row) for row in register_rows(60)]
    for row in rows:
        row[0] = float(row[0])
        row[7] = int(row[7].replace(" ", ""))
        row[12] = dt.datetime.fromisoformat(row[12])
    path = write_register_xlsx(tmp_path / "register.xlsx", rows)

    imported(path.read_bytes())

    assert dump() == expected


def test_headings_may_be_written_otherwise_and_unknown_ones_are_passed_over(tmp_path, expected):
    others = {"E-post": "e-POSTadress", "Ort": " postort ", "Gatuadress": "Adress"}
    headings = [others.get(heading, heading) for heading in HEADINGS] + ["Skostorlek"]
    rows = [[*row, "42"] for row in register_rows(60)]

    imported(csv_file(tmp_path, rows, headings=headings))

    assert dump() == expected


# --- what is written ----------------------------------------------------------------------------


def test_a_new_member_has_source_history_and_period(tmp_path):
    job = imported(csv_file(tmp_path, register_rows(50)))

    assert (job.status, job.new, job.changed, job.bad) == ("done", 50, 0, 0)
    member = Member.objects.get(member_number=FIRST_NUMBER)
    assert member.phone == "+46701740605"
    assert member.provenance["phone"] == ["import", "2026-11-23T09:00:00+01:00"]
    assert "care_of" not in member.provenance
    assert member.history.get().history_type == "+"
    assert member.history.get().history_change_reason == f"import {job.pk}"
    last = Member.objects.get(member_number=FIRST_NUMBER + 49)
    assert last.left_on == dt.date(2026, 3, 31)
    assert last.periods.get().exit_reason == "own_request"
    assert histories() == (50, 50)


def test_the_same_file_twice_changes_nothing(tmp_path):
    content = csv_file(tmp_path, register_rows(60))
    imported(content)
    before, histories_before = dump(), histories()

    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        job = imported(content)

    assert (job.new, job.changed, job.unchanged) == (0, 0, 60)
    assert (dump(), histories()) == (before, histories_before)


def test_only_what_differs_is_written(tmp_path):
    imported(csv_file(tmp_path, register_rows(3)))
    rows = register_rows(3)
    rows[1][5] = "08-465 004 99"
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        job = jobs.start(csv_file(tmp_path, rows), by=None, at=timezone.now())
        jobs.check(job.pk, at=timezone.now())
        jobs.approve(job, mode="all")
        jobs.carry_out(job.pk, at=timezone.now())

    job.refresh_from_db()
    assert (job.new, job.changed, job.unchanged) == (0, 1, 2)
    assert job.changes_by_column == {"Telefon": 1}
    member = Member.objects.get(member_number=FIRST_NUMBER + 1)
    assert member.phone == "+46846500499"
    assert member.provenance["phone"][1].startswith("2026-11-24")
    assert member.provenance["email"][1].startswith("2026-11-23")
    assert [h.history_type for h in member.history.all()] == ["~", "+"]
    assert histories() == (4, 3)


def test_an_empty_cell_leaves_the_value_as_it_is():
    imported(one_row())

    job = imported(one_row(Telefon="", Arbetsgivare=""))

    assert (job.unchanged, job.changed) == (1, 0)
    assert Member.objects.get().employer == "Ångström & Söner AB"


def test_a_row_without_number_is_found_by_its_personnummer_or_gets_the_next_number():
    imported(one_row())

    imported(one_row(Medlemsnummer="", Telefon="070-174 06 99"))
    assert Member.objects.get().phone == "+46701740699"

    imported(one_row(Medlemsnummer="", Personnummer="", **{"E-post": "ny@example.org"}))
    assert Member.objects.order_by("member_number").last().member_number == FIRST_NUMBER + 1


def test_an_open_period_is_ended_by_the_file_and_the_member_has_left():
    imported(one_row())

    imported(one_row(Utträdesdatum="2026-06-30", Utträdesorsak="retired"))

    member = Member.objects.get()
    assert member.left_on == dt.date(2026, 6, 30)
    assert [period.ended_on for period in member.periods.all()] == [dt.date(2026, 6, 30)]


def test_a_returning_member_gets_a_second_period():
    imported(one_row(Utträdesdatum="2020-06-30", Utträdesorsak="retired"))

    imported(one_row(Inträdesdatum="2024-01-01"))

    member = Member.objects.get()
    assert (member.left_on, member.periods.count()) == (None, 2)


# --- what spreadsheets do to numbers ------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "written", "name", "stored"),
    [
        ("Telefon", "701740605", "phone", "+46701740605"),
        ("Telefon", "+46 (0)70-174 06 05", "phone", "+46701740605"),
        ("Postnummer", "10222.0", "postal_code", "10222"),
        ("Medlemsnummer", "000200001", "member_number", 200001),
        ("E-post", " Anna@Example.ORG ", "email", "anna@example.org"),
        ("Land", "sverige", "country", "SE"),
    ],
)
def test_a_value_is_stored_in_its_one_form(heading, written, name, stored):
    imported(one_row(**{heading: written}))

    assert getattr(Member.objects.get(), name) == stored


def test_a_personnummer_that_lost_its_zeros_is_found_again():
    digits = next(n for n in published_numbers() if n.startswith("2000"))

    imported(one_row(Personnummer=str(int(digits[2:]))))

    assert Member.objects.get().personnummer == digits


# --- what is refused ----------------------------------------------------------------------------

BAD_CELLS = [
    ("Medlemsnummer", "12A"),
    ("Medlemsnummer", "0"),
    ("Medlemsnummer", "1.96201E+11"),
    ("Personnummer", "19701301-0000"),
    ("Personnummer", "1,96201E+11"),
    ("Personnummer", "802000-1833"),
    ("Telefon", "ring mig"),
    ("E-post", "nina@"),
    ("Postnummer", "1022"),
    ("Land", "Långtbortistan"),
    ("Inträdesdatum", "2015-02-30"),
    ("Inträdesdatum", "1/2 2015"),
    ("Utträdesdatum", "2014-01-01"),
    ("Utträdesorsak", "own_request"),
    ("Förnamn", "x" * 121),
    ("Efternamn", "Åb\u202eerg"),
]


@pytest.mark.parametrize(("heading", "cell"), BAD_CELLS)
def test_a_bad_cell_is_named_by_row_and_column_and_never_quoted(heading, cell):
    job = imported(one_row(**{heading: cell}))

    assert (2, heading) in issues(job)
    assert not any(cell in issue.message for issue in job.issues.all())
    assert Member.objects.count() == 0


def test_a_file_can_set_a_protection_but_not_lift_it():
    headings = [*HEADINGS, "Skyddad identitet"]
    row = register_rows(1)[0]

    def with_protection(cell):
        return ";".join(headings).encode() + b"\n" + ";".join([*row, cell]).encode()

    imported(with_protection("ja"))
    job = imported(with_protection("nej"))

    assert Member.objects.get().protection == "confidential"
    assert issues(job) == [(2, "Skyddad identitet")]


def test_a_new_member_needs_a_name():
    job = imported(one_row(Förnamn="", Efternamn=""))

    assert issues(job) == [(2, "Efternamn")]


@pytest.mark.parametrize("heading", ["Medlemsnummer", "Personnummer", "E-post"])
def test_two_rows_with_the_same_key_are_refused(heading, tmp_path):
    rows = register_rows(2)
    at = HEADINGS.index(heading)
    rows[1][at] = rows[0][at]

    job = imported(csv_file(tmp_path, rows))

    assert issues(job) == [(3, heading)]


@pytest.mark.parametrize("heading", ["Personnummer", "E-post"])
def test_what_belongs_to_another_member_is_refused(heading, tmp_path):
    imported(csv_file(tmp_path, register_rows(1)))
    rows = register_rows(2)[1:]
    at = HEADINGS.index(heading)
    rows[0][at] = register_rows(1)[0][at]

    job = imported(csv_file(tmp_path, rows))

    assert issues(job) == [(2, heading)]
    assert Member.objects.count() == 1


@pytest.mark.parametrize("field", ["restricted_at", "reduced_at"])
def test_a_person_who_is_being_erased_is_left_alone(field):
    imported(one_row())
    Member.objects.update(**{field: NOW})

    job = imported(one_row(Telefon="070-174 06 99"))

    assert issues(job) == [(2, "Medlemsnummer")]


WORKBOOK_BOMB = io.BytesIO()
with zipfile.ZipFile(WORKBOOK_BOMB, "w", zipfile.ZIP_DEFLATED) as bomb:
    for name in range(6):
        bomb.writestr(f"xl/{name}.xml", b"\0" * 100_000_000)

DAMAGED_WORKBOOK = io.BytesIO()
with zipfile.ZipFile(DAMAGED_WORKBOOK, "w") as damaged:
    damaged.writestr("[Content_Types].xml", "<Types")

BAD_FILES = {
    "empty": (b"", "tom"),
    "only spaces": (b"  \n ", "tom"),
    "no headings": (b"1;2;3\n4;5;6", "rubrikerna"),
    "headings alone": (";".join(HEADINGS).encode(), "inga rader"),
    "a heading twice": (b"Medlemsnummer;Medlemsnr\n1;2", "två gånger"),
    "utf-16": ("Medlemsnummer;Namn\n1;Ö".encode("utf-16"), "går inte att läsa"),
    "binary": (b"\x89PNG\r\n\0\0\0", "går inte att läsa"),
    "an open quotation mark": (b'Medlemsnummer;F\xc3\xb6rnamn\n1;"Anna', "citattecken"),
    "no workbook": (b"PK\x03\x04 not a zip", "arbetsbok"),
    "a damaged workbook": (DAMAGED_WORKBOOK.getvalue(), "arbetsbok"),
    "a zip bomb": (WORKBOOK_BOMB.getvalue(), "alldeles för stor"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_a_sentence(name, tmp_path):
    content, words = BAD_FILES[name]
    path = tmp_path / "fil.csv"
    path.write_bytes(content)
    out = io.StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("import_members", path, stdout=out, stderr=out)

    assert words in out.getvalue() + str(refused.value)
    assert Member.objects.count() == 0


@pytest.mark.parametrize("path", ["finns-inte.csv", "."])
def test_a_path_that_leads_nowhere_is_refused_with_a_sentence(path, tmp_path):
    with pytest.raises(CommandError, match="sökvägen"):
        call_command("import_members", tmp_path / path)


def test_an_undeclared_source_is_refused():
    with pytest.raises(jobs.CannotImport):
        jobs.start(one_row(), by=None, at=NOW, source="ett köpt register")


def test_a_heading_that_is_not_known_is_told_and_its_column_left_out(tmp_path):
    job = imported(one_row(Skostorlek="38"))

    assert (job.status, job.bad, issues(job)) == ("done", 0, [(1, "Skostorlek")])


def test_a_member_without_number_never_takes_one_that_a_later_row_has():
    headings = "Medlemsnummer;Efternamn"
    imported(f"{headings}\n;Ek\n100001;Öberg\n".encode())

    members = Member.objects.order_by("member_number").values_list("member_number", "family_name")
    assert [*members] == [(100001, "Öberg"), (100002, "Ek")]


# --- all or nothing, or the good rows -----------------------------------------------------------


def test_one_bad_row_stops_all_or_only_itself(tmp_path):
    rows = register_rows(3)
    rows[1][5] = "ring mig"
    content = csv_file(tmp_path, rows)
    job = jobs.start(content, by=None, at=NOW)
    jobs.check(job.pk, at=NOW)
    job.refresh_from_db()

    with pytest.raises(jobs.CannotImport):
        jobs.approve(job, mode=jobs.Mode.ALL_OR_NOTHING)
    assert Member.objects.count() == 0

    jobs.approve(job, mode=jobs.Mode.GOOD_ROWS)
    jobs.carry_out(job.pk, at=NOW)
    assert Member.objects.count() == 2
    assert issues(job) == [(3, "Telefon")]


def test_the_command_stops_at_a_bad_row_unless_told_to_go_on(tmp_path):
    rows = register_rows(3)
    rows[1][5] = "ring mig"
    path = write_register(tmp_path / "r.csv", rows)
    err = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_members", path, stderr=err, stdout=err)
    assert "Rad 3, Telefon" in err.getvalue()
    assert "ring mig" not in err.getvalue()
    assert Member.objects.count() == 0

    call_command("import_members", path, "--good-rows", stderr=err, stdout=err)
    assert Member.objects.count() == 2


def test_a_dry_run_changes_nothing(tmp_path):
    path = write_register(tmp_path / "r.csv", register_rows(3))
    out = io.StringIO()

    call_command("import_members", path, "--dry-run", stdout=out, stderr=out)

    assert "3 nya" in out.getvalue()
    assert Member.objects.count() == 0


def test_a_register_that_changed_after_the_check_stops_the_import(tmp_path):
    job = jobs.start(csv_file(tmp_path, register_rows(3)), by=None, at=NOW)
    jobs.check(job.pk, at=NOW)
    MemberFactory(member_number=FIRST_NUMBER + 2)
    job.refresh_from_db()
    jobs.approve(job, mode="all")

    jobs.carry_out(job.pk, at=NOW)

    job.refresh_from_db()
    assert job.status == "refused"
    assert Member.objects.count() == 1


# --- files, workers, queries --------------------------------------------------------------------


def files():
    return default_storage.listdir("imports")[1] if default_storage.exists("imports") else []


def test_the_file_is_encrypted_and_goes_when_the_job_is_over(tmp_path):
    content = csv_file(tmp_path, register_rows(3))
    job = jobs.start(content, by=None, at=NOW)
    for step in (jobs.check, None):
        (name,) = files()
        with default_storage.open(f"imports/{name}") as stored:
            assert "Åsa".encode() not in stored.read()
        if step:
            step(job.pk, at=NOW)
    job.refresh_from_db()
    jobs.cancel(job, at=NOW)
    assert files() == []

    imported(content)
    imported(b"\0\0")
    assert files() == []


def test_a_lost_job_is_taken_up_and_a_living_one_left_alone(tmp_path):
    job = jobs.start(csv_file(tmp_path, register_rows(3)), by=None, at=NOW)
    tasks.resume_imports()
    job.refresh_from_db()
    assert job.status == "checked"

    ImportJob.objects.update(status="importing", heartbeat_at=NOW)
    tasks.resume_imports()
    assert Member.objects.count() == 0

    ImportJob.objects.update(heartbeat_at=NOW - background.DEAD_AFTER - dt.timedelta(seconds=1))
    tasks.resume_imports()
    assert Member.objects.count() == 3
    tasks.resume_imports()
    assert histories() == (3, 3)


def test_the_queries_do_not_grow_with_the_rows(tmp_path):
    def queries(count):
        file = RegisterFile(csv_file(tmp_path, register_rows(count)))
        with CaptureQueriesContext(connection) as captured:
            list(compare(file))
        return len(captured)

    assert queries(2) == queries(200)


# --- in the admin -------------------------------------------------------------------------------


@pytest.fixture
def staff(client):
    user = StaffFactory(roles=[roles.MEMBER_SERVICE])
    client.force_login(user)
    return client


def sent(client, content, callbacks):
    with callbacks(execute=True):
        sent_to = client.post(UPLOAD, {"file": io.BytesIO(content)})
    return client.get(sent_to.url)


def test_staff_send_look_and_let_in(staff, django_capture_on_commit_callbacks):
    page = sent(staff, one_row(), django_capture_on_commit_callbacks)
    job = ImportJob.objects.get()
    text = page.content.decode()
    assert "kontrollerad" in text
    assert "Åsa" in text
    assert register_rows(1)[0][1] not in text

    with django_capture_on_commit_callbacks(execute=True):
        approve = reverse("admin:members_importjob_approve", args=[job.pk])
        page = staff.get(staff.post(approve, {"mode": "all"}).url)

    assert Member.objects.count() == 1
    assert "importerad" in staff.get(page.request["PATH_INFO"]).content.decode()


def test_a_bad_row_is_shown_and_only_the_good_ones_can_be_chosen(
    staff, django_capture_on_commit_callbacks, tmp_path
):
    rows = register_rows(2)
    rows[0][5] = "ring mig"
    page = sent(staff, csv_file(tmp_path, rows), django_capture_on_commit_callbacks)
    job = ImportJob.objects.get()
    assert "070-174 06 05" in page.content.decode()
    assert "ring mig" not in page.content.decode()

    refused = staff.post(reverse("admin:members_importjob_approve", args=[job.pk]), {"mode": "all"})
    assert refused.status_code == 422
    report = staff.get(reverse("admin:members_importjob_report", args=[job.pk]))
    assert "2;Telefon;" in report.content.decode()

    staff.post(reverse("admin:members_importjob_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert (job.status, Member.objects.count()) == ("cancelled", 0)


def test_a_new_protected_member_is_not_shown_in_a_preview(
    staff, django_capture_on_commit_callbacks
):
    content = one_row(**{"Skyddad identitet": "ja"})

    page = sent(staff, content, django_capture_on_commit_callbacks)

    assert ImportJob.objects.get().new == 1
    assert "0605" not in page.content.decode()


def test_the_report_holds_no_formula(staff, django_capture_on_commit_callbacks):
    sent(staff, one_row(**{"=1+1": "x"}), django_capture_on_commit_callbacks)

    address = reverse("admin:members_importjob_report", args=[ImportJob.objects.get().pk])
    assert "1;'=1+1;" in staff.get(address).content.decode()


def test_no_file_is_refused_in_swedish(staff):
    assert "Välj en fil." in staff.post(UPLOAD, {}).content.decode()


def test_staff_without_the_right_reach_no_page_of_it(client, tmp_path):
    job = jobs.start(one_row(), by=None, at=NOW)
    client.force_login(StaffFactory(roles=[roles.FINANCE]))
    names = ["change", "approve", "cancel", "report"]

    for url in [
        LIST,
        UPLOAD,
        *(reverse(f"admin:members_importjob_{n}", args=[job.pk]) for n in names),
    ]:
        assert client.get(url).status_code in (302, 403), url
        assert client.post(url, {"mode": "all"}).status_code in (302, 403), url
    assert client.post(UPLOAD, {"file": io.BytesIO(one_row())}).status_code == 403
    job.refresh_from_db()
    assert (job.status, ImportJob.objects.count()) == ("uploaded", 1)


def test_protected_members_are_not_shown_in_a_preview(staff, django_capture_on_commit_callbacks):
    imported(one_row())
    Member.objects.update(protection="confidential")

    page = sent(staff, one_row(Telefon="070-174 06 99"), django_capture_on_commit_callbacks)

    assert "0699" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_takes_the_same_queries_for_one_job_as_for_four(
    count, staff, django_assert_max_num_queries
):
    for _ in range(count):
        jobs.start(one_row(), by=None, at=NOW)

    with django_assert_max_num_queries(8):
        assert staff.get(LIST).status_code == 200


def test_ten_thousand_rows_through_the_command(tmp_path):
    path = write_register(tmp_path / "r.csv", register_rows(10_000))
    out = io.StringIO()

    call_command("import_members", path, stdout=out, stderr=out)
    assert (Member.objects.count(), MembershipPeriod.objects.count()) == (10_000, 10_000)
    call_command("import_members", path, stdout=out, stderr=out)

    assert "10000 oförändrade" in out.getvalue()
    assert histories() == (10_000, 10_000)
