import pytest

from ledarna_gdpr import days_left


@pytest.mark.parametrize(
    ("days", "words", "state"),
    [
        (-2, "2 dagar försenad", "late"),
        (-1, "1 dag försenad", "late"),
        (0, "0 dagar", "soon"),
        (1, "1 dag", "soon"),
        (7, "7 dagar", "soon"),
        (8, "8 dagar", "calm"),
    ],
)
def test_how_long_there_is_left(days, words, state):
    assert (days_left.in_words(days), days_left.state(days)) == (words, state)


def test_only_what_is_pressing_is_marked():
    assert days_left.tag(8) == "8 dagar"
    assert days_left.tag(-1) == '<span class="tag late">1 dag försenad</span>'
