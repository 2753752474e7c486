"""On a telephone, with the demo: the menu, choices that act at once, a consent given and taken
back, and a survey answered with consent and withdrawn."""

import pytest

pytestmark = pytest.mark.browser

MEMBER = "medlem@example.org"
TELEPHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 568}
DESK = {"width": 1280, "height": 844}


def test_choices_consents_and_a_survey_on_a_telephone(product, visitor):
    product.manage("demo")
    member = visitor()
    member.page.set_viewport_size(TELEPHONE)
    member.log_in_by_code(MEMBER)

    find_the_way_by_keyboard(member)
    say_no_to_the_newsletter(member)
    give_a_consent_and_take_it_back(member)
    answer_a_survey_and_take_it_back(member)


def told(page):
    return page.locator("main").inner_text()


def find_the_way_by_keyboard(member):
    page = member.page
    menu = page.get_by_role("navigation", name="Huvudmeny")
    assert menu.get_by_role("link").count() == 0
    assert page.locator("h1").bounding_box()["y"] < TELEPHONE["height"] / 4
    menu.get_by_text("Meny", exact=True).focus()
    page.keyboard.press("Enter")
    assert menu.get_by_role("link").count() == 8
    page.set_viewport_size(NARROWEST)
    assert member.fits()
    page.set_viewport_size(TELEPHONE)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mina-sidor/arenden/")
    menu.get_by_text("Meny", exact=True).click()
    assert menu.locator("[aria-current=page]").inner_text() == "Mina ärenden"
    page.reload()
    page.set_viewport_size(DESK)
    assert menu.get_by_text("Meny", exact=True).is_hidden()
    assert menu.get_by_role("link", name="Mina val").is_visible()
    page.set_viewport_size(TELEPHONE)


def say_no_to_the_newsletter(member):
    page = member.page
    member.open("/mina-sidor/val/")
    assert member.fits()
    page.get_by_role("button", name="Stäng av Nyhetsbrev, e-post").click()
    page.get_by_role("button", name="Slå på Nyhetsbrev, e-post").wait_for()
    assert "Du tackade nej: nyhetsbrev, e-post." in told(page)
    assert member.fits()


def give_a_consent_and_take_it_back(member):
    page = member.page
    wording = "Ja, ni får skicka erbjudanden till mig med sms"
    assert wording in told(page)
    page.get_by_role("button", name="Slå på Medlemserbjudanden, sms").click()
    consent = page.locator("section", has_text=wording).get_by_role("button", name="Återkalla")
    consent.first.wait_for()
    consent.first.click()
    page.get_by_role("button", name="Slå på Medlemserbjudanden, sms").wait_for()
    assert "återkallade" in told(page)
    assert member.fits()


def answer_a_survey_and_take_it_back(member):
    page = member.page
    member.open("/mina-sidor/enkater/")
    assert member.fits()
    page.get_by_role("link", name="Chefers arbetsmiljö").click()
    page.get_by_label("Ja", exact=True).check()
    page.get_by_role("button", name="Skicka mina svar").click()
    page.wait_for_load_state()
    assert "Du har svarat" not in told(page)  # not without the consent
    page.get_by_label("Jag samtycker till att Ledarna lagrar mina svar").check()
    assert member.fits()
    page.get_by_role("button", name="Skicka mina svar").click()
    page.wait_for_load_state()
    page.get_by_role("link", name="Enkäter").first.click()
    page.get_by_role("link", name="Chefers arbetsmiljö").click()
    assert "Du har svarat" in told(page)
    page.get_by_role("link", name="Ta tillbaka mina svar").click()
    assert member.fits()
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    member.open("/mina-sidor/enkater/")
    assert (
        "Inte besvarad"
        in page.locator("article, li, section", has_text="Chefers").first.inner_text()
    )
