import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from hypothesis import given
from hypothesis import strategies as st

from members.formats import (
    PLAIN_EMAIL,
    BadFormat,
    normalise_country,
    normalise_email,
    normalise_phone,
    normalise_postal_code,
)
from members.models import Member
from tests.factories.members import MemberFactory


@pytest.mark.parametrize(
    "written",
    [
        "0701740605",
        "070-174 06 05",
        "070/1740605",
        "(070) 174 06 05",
        "+46701740605",
        "+46 (0)70-174 06 05",
        "+460701740605",
        "0046701740605",
        "46701740605",
        "701740605",
        " 070 – 174 06 05 ",
    ],
)
def test_a_swedish_mobile_number_has_one_stored_form(written):
    assert normalise_phone(written) == "+46701740605"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("08-12 34 56", "+468123456"),
        ("8123456", "+468123456"),
        ("0200-87 11 11", "+46200871111"),
        ("046-12 34 56", "+4646123456"),
        ("+47 22 12 34 56", "+4722123456"),
        ("0045 33 12 34 56", "+4533123456"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_other_numbers_keep_their_area_and_country(written, stored):
    assert normalise_phone(written) == stored


@pytest.mark.parametrize(
    "written",
    ["12", "070-abc", "+0701740605", "+4670x", "07017406051234", "٠٧٠١٧٤٠٦٠٥", "++46701740605"],
)
def test_what_is_no_number_is_refused_without_being_repeated(written):
    with pytest.raises(BadFormat) as caught:
        normalise_phone(written)
    assert "riktnummer" in str(caught.value)
    assert written not in str(caught.value)


@given(st.text())
def test_whatever_is_written_becomes_a_number_that_the_register_takes_or_is_refused(text):
    try:
        number = normalise_phone(text)
    except BadFormat:
        return
    assert number == "" or normalise_phone(number) == number


@pytest.mark.django_db
def test_a_stored_number_passes_the_models_own_rule():
    member = MemberFactory(phone=normalise_phone("070-174 06 05"))
    try:
        member.full_clean()
    except ValidationError as error:  # pragma: no cover
        pytest.fail(str(list(error.message_dict)))
    assert Member.objects.filter(phone="+46701740605").exists()


@pytest.mark.parametrize("written", ["10222", "102 22", " 102  22 ", "SE-102 22", "S-10222"])
def test_a_swedish_postal_code_is_five_digits(written):
    assert normalise_postal_code(written, "SE") == "10222"


@pytest.mark.parametrize("written", ["1022", "102222", "02222", "ABCDE", "SW1A 1AA"])
def test_what_is_no_swedish_postal_code_is_refused(written):
    with pytest.raises(BadFormat, match="fem siffror"):
        normalise_postal_code(written, "SE")


def test_a_foreign_postal_code_is_left_as_it_is_but_for_capitals_and_spaces():
    assert normalise_postal_code(" sw1a   1aa", "GB") == "SW1A 1AA"
    assert normalise_postal_code("0150", "NO") == "0150"
    assert normalise_postal_code("", "NO") == ""


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("", "SE"),
        ("se", "SE"),
        ("SWE", "SE"),
        ("Sverige", "SE"),
        ("SWEDEN", "SE"),
        ("norge", "NO"),
        ("Österrike", "AT"),
        ("Germany", "DE"),
    ],
)
def test_a_country_is_found_by_code_and_by_name_in_two_languages(written, stored):
    assert normalise_country(written) == stored


@pytest.mark.parametrize("written", ["XX", "Sveriget", "S", "1"])
def test_an_unknown_country_is_refused(written):
    with pytest.raises(BadFormat, match="landet"):
        normalise_country(written)


def test_an_address_is_kept_in_small_letters():
    assert normalise_email(" Anna.Åberg@Example.org ".replace("Å", "A")) == "anna.aberg@example.org"
    assert normalise_email("") == ""


@pytest.mark.parametrize("written", ["anna", "anna@", "a b@example.org", "anna@example.org\nx"])
def test_what_is_no_address_is_refused(written):
    with pytest.raises(BadFormat, match="e-postadress"):
        normalise_email(written)


@given(st.from_regex(PLAIN_EMAIL, fullmatch=True).filter(lambda text: len(text) < 64))
def test_a_plain_address_is_one_that_the_validator_takes(address):
    validate_email(address)
