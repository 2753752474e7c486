"""The whole way through, in a real browser before the real product: a register comes in, a member
uses her rights, a former member is forgotten, and the next morning she is nowhere."""

import contextlib
import csv
import json
import sqlite3
import zipfile
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.conf import settings
from openpyxl import Workbook

from members.demo import numbers
from tests.browser.conftest import PASSWORD
from tests.product import until

pytestmark = pytest.mark.browser

ROWS = 500 if settings.USES_SQLITE else 10_000
MEMBER = "solveig.stannar@example.org"
FORMER = "ragnhild.forsvinnersson@example.org"
FORMER_NUMBER = "770077007"
FORMER_PERSONNUMMER = numbers.test_numbers()[-1]
#: Everything by which she could be found. Written as they may lie in a table, a file or a log.
TRACES = (
    "Ragnhild",
    "Försvinnersson",
    "F\\u00f6rsvinnersson",
    FORMER,
    FORMER_NUMBER,
    FORMER_PERSONNUMMER,
    f"{FORMER_PERSONNUMMER[:8]}-{FORMER_PERSONNUMMER[8:]}",
    "+46701740699",
    "Glömskevägen",
)
STAFF = {
    "medlemsservice@ledarna.example": "Medlemsservice",
    "ombud@ledarna.example": "Dataskyddsombud",
}
MAKE_STAFF = f"""
from django.contrib.auth.models import Group
from members.models import User
for email, role in {STAFF!r}.items():
    user = User.objects.create_user(email, {PASSWORD!r}, name="Handläggare", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
"""
HEADINGS = [
    "Medlemsnummer",
    "Personnummer",
    "Förnamn",
    "Efternamn",
    "E-post",
    "Telefon",
    "Adress",
    "Postnummer",
    "Postort",
    "Inträdesdatum",
    "Utträdesdatum",
    "Utträdesorsak",
]


def register(path):
    """A register file: one member, one former member and enough others."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerow(row(100_000, 0, "Solveig", "Stannar", MEMBER, "070-174 06 10"))
        former = row(FORMER_NUMBER, -1, "Ragnhild", "Försvinnersson", FORMER, "+46701740699")
        writer.writerow(
            [*former[:6], "Glömskevägen 4", *former[7:10], "2026-03-31", "egen begäran"]
        )
        for n in range(1, ROWS - 1):
            writer.writerow(
                row(100_000 + n, n, "Astrid", f"Nummer{chr(65 + n % 26)}", f"m{n}@example.org", "")
            )
    return path


def row(number, index, given, family, email, phone):
    personnummer = numbers.test_numbers()[index]
    return [
        number,
        f"{personnummer[:8]}-{personnummer[8:]}",
        given,
        family,
        email,
        phone,
        "Storgatan 1",
        "111 22",
        "Stockholm",
        "2015-01-01",
        "",
        "",
    ]


def dump(product):
    """All that the product has put anywhere: tables, queue, cache, files and log."""
    for path in sorted(product.folder.rglob("*")):
        if path.is_file() and not path.name.startswith(("register", "db.sqlite3")):
            yield f"file {path.name}", path.read_bytes().decode(errors="replace")
    yield from tables(product)
    if url := product.environment.get("REDIS_URL"):
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter():
                yield f"redis {key!r}", f"{key!r} {redis_value(client, key)!r}"


def redis_value(client, key):
    read = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    return read[client.type(key)](key)


def tables(product):
    url = product.environment.get("DATABASE_URL")
    if url:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        connection = psycopg.connect(urlsplit(url)._replace(scheme="postgresql").geturl())
    else:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        connection = sqlite3.connect(product.folder / "data" / "db.sqlite3")
    with contextlib.closing(connection):
        for (name,) in connection.execute(names).fetchall():
            for values in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608
                yield f"table {name}", " ".join(map(str, values))


def found(product):
    return sorted(
        {(where, trace) for where, text in dump(product) for trace in TRACES if trace in text}
    )


def test_from_the_register_to_oblivion(product, visitor, tmp_path):
    product.manage("shell", stdin=MAKE_STAFF)

    file = register(tmp_path / "register.csv")
    import_register(visitor(), file)
    import_by_command_in_every_form(product, file)
    correct_the_telephone_and_fetch_the_data(visitor(), tmp_path)
    ask_to_be_forgotten(visitor())
    assert "table members_member" in {where for where, _trace in found(product)}
    approve_the_erasure(visitor())
    sweep_as_every_night(product)

    until(lambda: not found(product), seconds=60)
    product.stop()
    assert found(product) == []
    assert "100000" in "".join(text for where, text in dump(product) if "members_member" in where)


def import_register(service, file):
    service.log_in_as_staff("medlemsservice@ledarna.example")
    page = service.page
    service.open("/admin/members/importjob/add/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("#content-main form [type=submit]").first.click()
    job = page.url
    approve = "form[action$='/approve/']"
    until(lambda: page.goto(job) and page.locator(approve).count(), seconds=120)
    page.get_by_role("button", name="Importera").click()
    until(
        lambda: page.goto(job) and "importerad" in page.title(),
        seconds=120,
    )


def import_by_command_in_every_form(product, file):
    """The same register again, as other programs save it: nothing changes."""
    text = file.read_text(encoding="utf-8-sig")
    windows = file.with_name("register-windows.csv")
    windows.write_text(text, encoding="cp1252")
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in csv.reader(text.splitlines(), delimiter=";"):
        sheet.append(cells)
    book.save(file.with_name("register.xlsx"))

    for saved in (file, windows, file.with_name("register.xlsx")):
        told = product.manage("import_members", str(saved))
        assert f"{ROWS} rader: 0 nya, 0 ändrade, {ROWS} oförändrade, 0 felaktiga." in told


def correct_the_telephone_and_fetch_the_data(member, tmp_path):
    member.log_in_by_code(MEMBER)
    page = member.page
    assert "Solveig" in page.locator("h1").inner_text()

    member.open("/mina-sidor/uppgifter/")
    page.locator("input[name=phone]").fill("070-174 06 44")
    submit(page)
    assert "+46701740644" in page.locator("main").inner_text()

    member.open("/mina-sidor/begaran/ny/access/")
    submit(page)
    asked = page.url
    until(lambda: page.goto(asked) and page.locator("main a[href$='/hamta/']").count())
    page.locator("main a[href$='/hamta/']").click()
    with page.expect_download() as fetched:
        submit(page)
    fetched.value.save_as(tmp_path / "register-answer.zip")
    with zipfile.ZipFile(tmp_path / "register-answer.zip") as package:
        text = package.read("data.json").decode()
    assert json.loads(text)
    assert "Solveig" in text
    assert "+46701740644" in text
    assert "070-174 06 10" not in text
    assert "svinnersson" not in text


def ask_to_be_forgotten(former):
    former.log_in_by_code(FORMER)
    former.open("/mina-sidor/begaran/ny/erasure/")
    former.page.locator("input[name=understood]").check()
    submit(former.page)
    assert "Vi har tagit emot din begäran" in former.page.locator("main").inner_text()


def approve_the_erasure(officer):
    officer.log_in_as_staff("ombud@ledarna.example")
    page = officer.page
    officer.open("/admin/dsar/subjectrequest/?state=open")
    page.locator("#result_list a[href*='/change/']").first.click()
    page.locator("a[href*='approve']").first.click()
    page.locator("#content form [type=submit]").first.click()
    page.wait_for_load_state()


def sweep_as_every_night(product):
    """Sent through the broker to the worker, as the scheduler does at two in the morning."""
    product.manage("shell", "-c", "from dsar.tasks import sweep; sweep.delay(); print('sent')")
    count = (
        "from dsar.models import SweepRun as R; print(R.objects.exclude(finished_at=None).count())"
    )
    until(lambda: product.manage("shell", "-c", count).split()[-1] == "1", seconds=60)


def submit(page):
    page.locator("main form button").last.click()
    page.wait_for_load_state()
