"""Other people and legal strategy in running text."""

import pytest

from cases import text
from ledarna_gdpr.privacy.words import MaskingGround
from members.demo import numbers
from tests.factories.cases import ParticipantFactory

OTHER, STRATEGY = MaskingGround.OTHER_PERSON, MaskingGround.PRIVILEGED


@pytest.mark.parametrize(
    ("written", "read", "grounds"),
    [
        ("Inget att dölja.", "Inget att dölja.", {}),
        ("@1 ringde @2.", "[annan person 1] ringde [annan person 2].", {OTHER: 2}),
        ("@1s chef", "[annan person 1]s chef", {OTHER: 1}),
        ("(@12)", "([annan person 12])", {OTHER: 1}),
        ("bo@2.example och x@1", "bo@2.example och x@1", {}),
        ("@1234 @a @@1", "@1234 @a @@1", {}),
        ("Före [[begär mer]] efter", "Före [utelämnat: juridisk strategi] efter", {STRATEGY: 1}),
        ("[[a]] b [[c]]", "[utelämnat: juridisk strategi] b [utelämnat: juridisk strategi]",
         {STRATEGY: 2}),
        ("[[@1 ljuger]]", "[utelämnat: juridisk strategi]", {STRATEGY: 1}),
        ("[[två\nrader]]", "[utelämnat: juridisk strategi]", {STRATEGY: 1}),
        ("Glömd [[ände @1", "Glömd [utelämnat: juridisk strategi]", {STRATEGY: 1}),
        ("a ]] b", "a ]] b", {}),
        ("", "", {}),
    ],
)  # fmt: skip
def test_the_member_reads_the_text_without_others_and_strategy(written, read, grounds):
    masked = text.mask(written)
    assert (masked.text, dict(masked.grounds)) == (read, grounds)


@pytest.fixture
def people():
    return [
        ParticipantFactory.build(number=1, name="Anna Bo", organisation=""),
        ParticipantFactory.build(number=2, name="Anna Bo Lind", organisation=""),
        ParticipantFactory.build(number=3, name="Cher", organisation=""),
        ParticipantFactory.build(number=4, name="", organisation="Verkstaden AB"),
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna Bo ringde.", "@1 ringde."),
        ("anna  bo\nringde", "@1\nringde"),
        ("Anna Bo Lind och Anna Bo.", "@2 och @1."),
        ("Anna Bos chef", "@1s chef"),
        ("Anna Boberg och Johanna Bo", "Anna Boberg och Johanna Bo"),
        ("Anna och Cher", "Anna och Cher"),
        ("Verkstaden AB", "Verkstaden AB"),
    ],
)
def test_full_names_become_references(people, typed, kept):
    assert text.with_references(typed, people) == kept


def test_a_name_with_signs_of_a_pattern_is_taken_as_it_is():
    odd = [ParticipantFactory.build(number=1, name="A. (B*) C+")]
    assert text.with_references("A. (B*) C+ sade. AX (B*) C", odd) == "@1 sade. AX (B*) C"


def test_staff_read_the_name_behind_the_number(people):
    assert (
        text.shown("@1 på @4, inte @9.", people) == "@1 (Anna Bo) på @4 (Verkstaden AB), inte @9."
    )


def test_what_was_typed_is_masked_whole_once_saved(people):
    saved = text.with_references("Anna Bo Lind sade nej, Anna Bos svar var ja.", people)
    assert "Anna" not in text.mask(saved).text


@pytest.mark.parametrize("form", ["{0}", "{0[:8]}-{0[8:]}", "{1}-{2}", "{1}+{2}", "{1} {2}"])
def test_a_personnummer_is_found_however_it_is_written(form):
    number = numbers.test_numbers()[3]
    written = (
        f"{number[:8]}-{number[8:]}"
        if form == "{0[:8]}-{0[8:]}"
        else form.format(number, number[2:8], number[8:])
    )
    assert text.find_personnummer(f"Chefen ({written}) ringde.") == [written]


@pytest.mark.parametrize("harmless", ["802000-1833", "070-174 06 05", "20261123", "1234567890123"])
def test_other_numbers_are_let_be(harmless):
    assert text.find_personnummer(f"Se {harmless}.") == []
