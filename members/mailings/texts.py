"""What a mailing may say: the same words to everyone, and nothing about anyone (law 10)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members import personnummer

#: What the programs that people come from call merge fields.
MERGE_FIELD = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}|\*\|.*?\|\*|<<.*?>>|«.*?»|\[\[.*?\]\]|%\(\w+\)s|\{\w+\}|%%\w+%%",
    re.DOTALL,
)
NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)")


def validate(text: str) -> None:
    """Raises ``ValidationError`` for a merge field, or a personnummer in the text."""
    if MERGE_FIELD.search(text):
        raise ValidationError(
            _("Merge fields are not used: mail is read by more than its receiver. Take them out.")
        )
    for found in NUMBER.finditer(text):
        try:
            personnummer.parse(found.group().replace(" ", "-"))
        except personnummer.NotAPersonnummer:
            continue
        raise ValidationError(_("There is a personnummer in the text. Take it out."))
