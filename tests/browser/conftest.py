"""The real product, and people in front of it. In this process no test touches the database: all
that is known of it comes through the browser, a command, or a dump."""

import re
import time

import pytest
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from tests.conftest import CHROMIUM
from tests.product import Product, own_engines

PASSWORD = "Korrekt-häst-batteri-7"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visitor:
    """Somebody with a browser of her own."""

    def __init__(self, product: Product, page: Page) -> None:
        self.product = product
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self.listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def listen(self, said: ConsoleMessage) -> None:
        where = said.location["url"]
        if said.type == "error" and not where.endswith("/favicon.ico"):
            self.complaints.append(f"{said.text} ({where})")

    def open(self, path: str) -> None:
        self.page.goto(self.product.address + path)

    def fits(self) -> bool:
        """Whether nothing on the page, once it is there, has to be scrolled sideways."""
        self.page.wait_for_load_state()
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return width <= self.page.viewport_size["width"]

    def log_in_as_staff(self, email: str) -> None:
        self.open("/konto/logga-in/losenord/?next=/admin/")
        self.page.get_by_label("E-postadress").fill(email)
        self.page.get_by_label("Lösenord").fill(PASSWORD)
        self.page.get_by_role("button", name="Logga in", exact=True).click()
        self.page.wait_for_url("**/admin/")

    def log_in_by_code(self, email: str) -> None:
        """As members do: ask for a code, find it in the mail, enter it."""
        self.open("/konto/logga-in/")
        self.page.get_by_label("E-postadress").fill(email)
        self.page.get_by_role("button", name="Skicka").click()
        self.page.get_by_label("Kod").fill(self.code_for(email))
        self.page.get_by_role("button", name="Fortsätt").click()
        self.page.wait_for_url("**/mina-sidor/**")

    def letters_to(self, email: str) -> list[str]:
        """What has been mailed to an address, the latest first."""
        mailbox = self.page.context.new_page()
        mailbox.goto(f"{self.product.address}/demo/mail/")
        letters = [letter.inner_text() for letter in mailbox.locator("article").all()]
        mailbox.close()
        return [letter for letter in letters if email in letter]

    def code_for(self, email: str) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for letter in self.letters_to(email):
                if code := re.search(r"\b\d{4} \d{4}\b", letter):
                    return code.group()
            self.page.wait_for_timeout(200)
        raise AssertionError("no code came")


@pytest.fixture
def product(tmp_path):
    with own_engines() as environment:
        product = Product(tmp_path, environment)
        try:
            product.start()
            yield product
        finally:
            product.stop()


@pytest.fixture
def visitor(product):
    """Gives a function that makes visitors. None of them may have seen an error in the console,
    which is where a browser tells what the content security policy stopped."""
    made = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        def make():
            context = browser.new_context(locale="sv-SE", accept_downloads=True)
            context.set_default_timeout(30_000)
            made.append(Visitor(product, context.new_page()))
            return made[-1]

        yield make
        browser.close()
    assert [complaint for one in made for complaint in one.complaints] == []
