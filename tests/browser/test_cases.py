"""A case in a real browser, from the member's first question."""

import pytest

from tests.cases import files

pytestmark = pytest.mark.browser

MEMBER = "anna.aberg@example.org"
SUBJECT = "Uppsägning efter omorganisation"
TOLD = "Min chef har sagt upp mig. Vad gör jag nu?"
LETTER = files.PDF
SET_UP = f"""
from cases.kinds import Kind
from cases.models import Team
from members.models import Member
Member.objects.create(member_number=1, given_names="Anna", email={MEMBER!r})
Team.objects.create(name="Rådgivningen", kinds=[Kind.ADVICE, Kind.NEGOTIATION])
"""


def test_a_member_opens_a_case_with_an_attachment(product, visitor, tmp_path):
    product.manage("shell", stdin=SET_UP)
    anna = visitor()
    anna.log_in_by_code(MEMBER)

    opens_a_case(anna, tmp_path)
    writes(anna)
    fetches_the_attachment(anna, tmp_path)


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
