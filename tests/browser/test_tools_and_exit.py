"""On a telephone: both tools, a result saved and deleted, and the way out of the membership."""

import pytest

pytestmark = pytest.mark.browser

ADDRESS = "anna.aberg@example.org"
MAKE_A_MEMBER = f"""
import datetime as dt
from members.models import Member, MembershipPeriod
anna = Member.objects.create(member_number=1, given_names="Anna", email={ADDRESS!r})
MembershipPeriod.objects.create(member=anna, started_on=dt.date(2020, 1, 1))
"""
TELEPHONE = {"width": 390, "height": 844}


def test_tools_and_exit_on_a_telephone(product, visitor):
    product.manage("shell", stdin=MAKE_A_MEMBER)
    anna = visitor()
    anna.page.set_viewport_size(TELEPHONE)
    anna.log_in_by_code(ADDRESS)

    see_a_leader_profile(anna)
    save_it_and_delete_it(anna)
    see_salaries_by_keyboard(anna)
    leave(anna)
    say_no(anna)


def press(page, name):
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


def see_a_leader_profile(anna):
    page = anna.page
    anna.open("/mina-sidor/verktyg/")
    assert anna.fits()
    page.get_by_role("link", name="Öppna: ledarprofil").click()
    press(page, "Visa resultatet")
    assert page.locator("svg").count() == 0  # the browser asks for answers first
    for question in page.locator("main fieldset").all():
        question.get_by_role("radio").nth(3).check()
    assert anna.fits()
    press(page, "Visa resultatet")
    page.locator("svg").wait_for()
    assert page.get_by_role("row", name="Tillit").inner_text().split()[-1] == "63"
    assert anna.fits()


def save_it_and_delete_it(anna):
    page = anna.page
    press(page, "Spara det här resultatet")
    assert "Sparat. Bara du kan se det, här." in page.locator("main").inner_text()
    anna.open("/mina-sidor/verktyg/")
    page.get_by_role("link", name="Radera: ledarprofil").click()
    press(page, "Radera för alltid")
    assert "Du har inte sparat något." in page.locator("main").inner_text()


def see_salaries_by_keyboard(anna):
    page = anna.page
    anna.open("/mina-sidor/verktyg/lonestatistik/")
    page.get_by_label("Din roll").focus()
    for word in ("Ekonomi", "privat", "Stockholm"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.type("68 000")
    page.keyboard.press("Enter")
    page.locator("svg").wait_for()
    told = page.locator("main").inner_text()
    assert "Ekonomi- och finanschef, privat sektor, Stockholm" in told
    assert "Din lön: 68\N{NO-BREAK SPACE}000 kronor per månad." in told
    assert anna.fits()


def leave(anna):
    page = anna.page
    anna.open("/mina-sidor/")
    page.get_by_role("link", name="Gå ur", exact=True).click()
    assert anna.fits()
    page.get_by_label("Jag vill gå ur").check()
    press(page, "Avsluta mitt medlemskap")
    assert page.url.endswith("/mina-sidor/uttrade/brev/")
    assert "Din sista dag som medlem är" in page.locator("main").inner_text()
    assert anna.fits()
    assert "Det finns ett brev till dig" in anna.letters_to(ADDRESS)[0]


def say_no(anna):
    page = anna.page
    press(page, "Säg nej till kontakt")
    assert "Du har sagt nej till kontakt efter utträdet." in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Säg nej till kontakt").count() == 0
    assert anna.fits()
