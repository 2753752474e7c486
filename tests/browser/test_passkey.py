"""Passkeys, in a browser that holds one, under the real content security policy."""

import pytest

pytestmark = pytest.mark.browser

ADDRESS = "anna.aberg@example.org"
MAKE_A_MEMBER = f"""
from members.models import Member
Member.objects.create(member_number=1, given_names="Anna", email={ADDRESS!r})
"""


def test_a_member_adds_a_passkey_and_logs_in_with_nothing_else(product, visitor):
    product.manage("shell", stdin=MAKE_A_MEMBER)
    # A passkey belongs to a name; an address in figures has none.
    product.address = f"http://localhost:{product.port}"
    anna = visitor()
    hold_a_passkey(anna.page)
    anna.log_in_by_code(ADDRESS)

    anna.open("/konto/tvafaktor/webauthn/add/")
    anna.page.get_by_role("button", name="Lägg till en passnyckel").click()
    anna.page.get_by_text("Passnyckeln är tillagd.").wait_for()
    anna.page.context.clear_cookies()
    anna.open("/konto/logga-in/")
    anna.page.get_by_role("button", name="Logga in med passnyckel").click()

    anna.page.wait_for_url("**/mina-sidor/**")


def hold_a_passkey(page):
    """Fit the browser with an authenticator that always recognises its holder."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
