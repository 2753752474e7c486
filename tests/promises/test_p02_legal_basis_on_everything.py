"""P2: every personal field belongs to a purpose with a basis under Art. 6(1) and Art. 9(2)."""

import pytest

from ledarna_gdpr.privacy import Purpose, registry
from ledarna_gdpr.privacy.checks import errors
from ledarna_gdpr.privacy.registry import Registry
from members.models import Payment


@pytest.mark.parametrize("declaration", list(registry), ids=lambda d: d.label)
def test_every_personal_field_rests_on_both_articles(declaration):
    assert declaration.fields
    assert declaration.purpose.basis
    assert declaration.purpose.condition


@pytest.mark.parametrize("lacking", ["basis", "condition"])
def test_a_purpose_without_a_basis_stops_the_product(lacking):
    words = {
        "basis": registry[Payment].purpose.basis,
        "condition": registry[Payment].purpose.condition,
    }
    purpose = Purpose(
        key="new", title="New", description="Something new to be done.", **words | {lacking: ()}
    )
    wrong = Registry()
    wrong.register(Payment)(type("Wrong", (type(registry[Payment]),), {"purpose": purpose}))

    assert "privacy.E007" in [error.id for error in errors(wrong)]
