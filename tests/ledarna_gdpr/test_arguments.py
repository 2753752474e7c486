import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["sweep", "--dry-run", "--on", "imorgon"], "skriv dagen som år-månad-dag"),
        (["sweep", "--dry-run", "--on", "2026-02-30"], "skriv dagen som år-månad-dag"),
        (["erase", "elva"], "skriv ett heltal med siffror"),
        (["up", "--port", "åtta"], "skriv ett heltal med siffror"),
    ],
)
def test_a_wrong_argument_is_told_what_to_write_instead(command, told):
    with pytest.raises(CommandError, match=told):
        call_command(*command)
