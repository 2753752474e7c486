"""A case in a real browser: from the member's first question, through the handler's hands, into
an access answer that masks others, to the night that takes it all."""

import datetime as dt
import re
import zipfile

import pytest

from tests.browser.conftest import PASSWORD
from tests.cases import files
from tests.product import until

pytestmark = pytest.mark.browser

MEMBER = "anna.aberg@example.org"
SUBJECT = "Uppsägning efter omorganisation"
TOLD = "Min chef har sagt upp mig. Vad gör jag nu?"
LETTER = files.PDF
HANDLER, OFFICER = "forhandlare@ledarna.example", "ombud@ledarna.example"
SET_UP = f"""
from django.contrib.auth.models import Group
from cases.kinds import Kind
from cases.models import Team
from members.models import Member, User
Member.objects.create(member_number=1, given_names="Anna", email={MEMBER!r})
team = Team.objects.create(name="Rådgivningen", kinds=[Kind.ADVICE, Kind.NEGOTIATION])
for email, role in (({HANDLER!r}, "Förhandlare"), ({OFFICER!r}, "Dataskyddsombud")):
    user = User.objects.create_user(email, {PASSWORD!r}, name=role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
team.memberships.create(user=User.objects.get(email={HANDLER!r}))
"""
MANAGER, WITNESS = "Gunnel Törnqvist", "Jonas Wallin"
STRATEGY = "Turordningen är fel, säg inget än."
#: A table or a folder, and how much of the case is left in it.
LEFT = """
from pathlib import Path
from django.conf import settings
from cases.models import Case, CaseEvent, Document, Message, Note, Participant
models = [Case, Case.history.model, CaseEvent, Document, Message, Note, Participant]
stored = [path for path in (Path(settings.MEDIA_ROOT) / "cases").rglob("*") if path.is_file()]
print([model.objects.count() for model in models] + [len(stored)])
"""


def test_a_case_from_the_first_question_to_its_last_night(product, visitor, tmp_path):
    product.manage("shell", stdin=SET_UP)
    anna = visitor()
    anna.log_in_by_code(MEMBER)

    opens_a_case(anna, tmp_path)
    writes(anna)
    fetches_the_attachment(anna, tmp_path)
    last_day = is_handled_to_its_end(visitor(), tmp_path)
    asked = asks_for_her_data(anna)
    looks_twice_and_approves(visitor())
    holds_the_case_with_others_masked(anna, asked, tmp_path)
    goes_on_its_day_and_not_before(product, last_day)


def opens_a_case(anna, folder):
    letter = folder / "uppsägning.pdf"
    letter.write_bytes(LETTER)
    page = anna.page
    page.get_by_role("link", name="Mina ärenden").click()
    page.get_by_text("Du har inga ärenden.").wait_for()
    page.get_by_role("link", name="Be om hjälp").click()
    page.get_by_role("link", name="Min anställning").click()
    page.get_by_label("Vad gäller det, i några få ord?").fill(SUBJECT)
    page.get_by_label("Berätta").fill(TOLD)
    page.get_by_label("Bifoga en fil").set_input_files(letter)
    page.get_by_role("button", name="Skicka till oss").click()
    page.get_by_role("heading", name=SUBJECT).wait_for()
    shown = page.locator("main").inner_text()
    assert TOLD in shown
    assert "Rådgivningen" in shown
    assert "Gallras tidigast" in shown


def writes(anna):
    page = anna.page
    page.get_by_label("Ditt meddelande").fill("Mötet är på torsdag.")
    page.get_by_role("button", name="Skicka", exact=True).click()
    page.get_by_text("Skickat.").wait_for()
    assert page.locator(".timeline").inner_text().count("Mötet är på torsdag.") == 1


def fetches_the_attachment(anna, folder):
    with anna.page.expect_download() as fetched:
        anna.page.get_by_role("link", name="uppsägning.pdf").click()
    assert fetched.value.suggested_filename == "uppsägning.pdf"
    fetched.value.save_as(folder / "fetched.pdf")
    assert (folder / "fetched.pdf").read_bytes() == LETTER


def is_handled_to_its_end(fia, folder):
    """Gives the day on which the case may go."""
    fia.log_in_as_staff(HANDLER)
    page = fia.page
    page.get_by_text("1 ärende i din enhet väntar på att någon tar det.").click()
    page.locator("#result_list th a").first.click()
    press(page, "Ta ärendet")
    for role, name in (("manager", MANAGER), ("witness", WITNESS)):
        page.get_by_role("link", name="Lägg till en deltagare").click()
        page.get_by_label("Roll i ärendet").select_option(role)
        page.get_by_label("Namn").fill(name)
        send(page)
    writes_a_note(page)
    page.get_by_text("Mer att göra med ärendet").click()
    page.get_by_role("link", name="Eskalera ärendet").click()
    page.get_by_label("Blir").select_option("negotiation")
    page.get_by_label("Skäl").fill("Arbetsgivaren vidhåller uppsägningen.")
    send(page)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="uppsägning.pdf").click()
    fetched.value.save_as(folder / "fetched-by-staff.pdf")
    assert (folder / "fetched-by-staff.pdf").read_bytes() == LETTER
    page.get_by_role("link", name="Avsluta ärendet").click()
    page.locator("input[type=date]").fill(dt.date.today().isoformat())
    send(page)
    shown = page.locator("#content").inner_text()
    assert f"@1 ({MANAGER}) sa upp henne" in shown
    assert f"Rättslig strategi: {STRATEGY}" in shown
    return dt.date.fromisoformat(re.search(r"Gallras tidigast\s+([\d-]{10})", shown)[1])


def writes_a_note(page):
    """One participant is chosen from what "@" offers, the other is a name that becomes a number."""
    page.get_by_role("link", name="Skriv en anteckning").click()
    text = page.get_by_label("Text", exact=False).and_(page.locator("textarea"))
    text.press_sequentially("Medlemmen ringde. @gun")
    page.get_by_role("option", name=f"@1 {MANAGER}").wait_for()
    text.press("Enter")
    text.press_sequentially(f"sa upp henne och {WITNESS} var med. [[{STRATEGY}]]")
    page.get_by_label("Slutlig").check()
    send(page)


def asks_for_her_data(anna):
    anna.open("/mina-sidor/begaran/ny/access/")
    anna.page.locator("main form button").last.click()
    anna.page.get_by_role("heading", name="Vi har tagit emot din begäran").wait_for()
    return anna.page.url


def looks_twice_and_approves(officer):
    officer.log_in_as_staff(OFFICER)
    page = officer.page
    officer.open("/admin/dsar/subjectrequest/?state=open")
    page.locator("#result_list a[href*='/change/']").first.click()
    page.get_by_role("link", name="Godkänn", exact=True).click()
    beside = page.locator("table.passages").inner_text()
    assert STRATEGY in beside
    assert "[annan person 2]" in beside
    send(page)


def holds_the_case_with_others_masked(anna, asked, folder):
    page = anna.page
    until(lambda: page.goto(asked) and page.locator("main a[href$='/hamta/']").count())
    page.locator("main a[href$='/hamta/']").click()
    with page.expect_download() as fetched:
        page.locator("main form button").last.click()
    fetched.value.save_as(folder / "answer.zip")
    with zipfile.ZipFile(folder / "answer.zip") as package:
        held = {name: package.read(name) for name in package.namelist()}
    assert LETTER in held.values()
    told = held["data.json"].decode()
    for own in (SUBJECT, TOLD, "Medlemmen ringde.", "[annan person 1]", "[annan person 2]"):
        assert own in told
    for text in (content.decode(errors="replace") for content in held.values()):
        assert not [secret for secret in (MANAGER, WITNESS, STRATEGY) if secret in text]


def goes_on_its_day_and_not_before(product, last_day):
    def left():
        return eval(product.manage("shell", "-c", LEFT).splitlines()[-1])  # noqa: S307

    def sweep(day):
        """As the scheduler does, in a night that lies ahead."""
        at = day.timetuple()[:3]
        night = f"from datetime import date; from dsar import sweep; sweep.run(date{at})"
        product.manage("shell", "-c", night)

    sweep(last_day - dt.timedelta(days=1))
    cases, histories, _events, documents, messages, _notes, participants, stored = left()
    assert (cases, documents, messages, participants, stored) == (1, 1, 2, 2, 1)
    assert histories > 1
    sweep(last_day)
    assert left() == [0] * 8


def press(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    send(page)


def send(page):
    page.locator("#content-main form input[type=submit]").click()
    page.wait_for_load_state()
