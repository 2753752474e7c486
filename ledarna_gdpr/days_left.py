"""How long something has, or how late it is: in one way on every screen."""

from django.utils.html import format_html
from django.utils.translation import ngettext

#: So few days are pointed out.
SOON = 7


def state(days: int) -> str:
    """``late``, ``soon`` or ``calm``: also the name of its colour."""
    if days < 0:
        return "late"
    return "soon" if days <= SOON else "calm"


def in_words(days: int) -> str:
    """``5 days``, or ``5 days late``."""
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def tag(days: int) -> str:
    """The words, marked where they are pressing. As HTML."""
    if state(days) == "calm":
        return in_words(days)
    return format_html('<span class="tag {}">{}</span>', state(days), in_words(days))
