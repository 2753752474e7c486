"""What is written in running text about others, and what must not leave the house.

``@2`` stands for participant 2 of the case; ``[[…]]`` is a privileged passage. Kept so, and not
as names, a note can be given to its member by rule instead of by hand (Art. 15(4)).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from cases.models import Participant
from ledarna_gdpr.privacy import Masked
from ledarna_gdpr.privacy.words import MaskingGround
from members import personnummer

#: Not in an address of e-mail, nor in a longer word but for a Swedish genitive: ``@2s``.
REFERENCE = re.compile(r"(?<![\w.@])@([0-9]{1,3})(?=s?(?!\w))")
#: The shortest; an opening without its end is privileged to the end of the text.
PRIVILEGED = re.compile(r"\[\[.*?(?:\]\]|\Z)", re.DOTALL)
#: Twelve or ten digits as they are written; whether they are a number, their check digit tells.
NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)", re.ASCII)


def mask(text: str) -> Masked:
    """The text as its member may read it. Each passage is counted under its ground."""
    grounds: Counter[MaskingGround] = Counter()

    def strategy(match: re.Match[str]) -> str:
        grounds[MaskingGround.PRIVILEGED] += 1
        return _("[left out: legal strategy]")

    def other(match: re.Match[str]) -> str:
        grounds[MaskingGround.OTHER_PERSON] += 1
        return _("[another person %(number)s]") % {"number": match[1]}

    return Masked(REFERENCE.sub(other, PRIVILEGED.sub(strategy, text)), dict(grounds))


def shown(text: str, participants: Iterable[Participant]) -> str:
    """The text as the case's staff read it: references with the name behind."""
    names = {p.number: p.name or p.organisation for p in participants}

    def named(match: re.Match[str]) -> str:
        name = names.get(int(match[1]))
        return f"{match[0]} ({name})" if name else match[0]

    return REFERENCE.sub(named, text)


def passages(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, without the brackets; whether each is privileged."""
    position = 0
    for match in PRIVILEGED.finditer(text):
        if before := text[position : match.start()]:
            yield before, False
        yield match[0].removeprefix("[[").removesuffix("]]").strip(), True
        position = match.end()
    if rest := text[position:]:
        yield rest, False


def with_references(text: str, participants: Iterable[Participant]) -> str:
    """The text with the full names of the case's participants as references.

    The longest name first, so that "Anna Bo" does not eat the beginning of "Anna Bo Lind".
    """
    named = [p for p in participants if len(p.name.split()) > 1]
    for participant in sorted(named, key=lambda p: -len(p.name)):
        words = r"\s+".join(map(re.escape, participant.name.split()))
        pattern = re.compile(rf"(?<!\w){words}(?=s?(?!\w))", re.IGNORECASE)
        text = pattern.sub(f"@{participant.number}", text)
    return text


def find_personnummer(text: str) -> list[str]:
    """The personnummer in a text, as they stand there: somebody should ask whether they must."""
    return [match[0] for match in NUMBER.finditer(text) if _is_personnummer(match[0])]


def _is_personnummer(written: str) -> bool:
    try:
        return bool(personnummer.parse(written.replace(" ", "-")))
    except personnummer.NotAPersonnummer:
        return False
