"""The address by which one joins: nothing in it may tell the company who comes (P20, P23)."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext as _

from courses.models import Occasion, Platform

Player = Platform.Player
VIMEO_PLAYER = "https://player.vimeo.com"
VIMEO = re.compile(
    r"https://(?:vimeo\.com/(?P<a>\d+)(?:/(?P<key>[0-9a-f]+))?"
    r"|player\.vimeo\.com/video/(?P<b>\d+)(?:\?h=(?P<h>[0-9a-f]+))?)/?",
    re.ASCII,
)
#: All that a Zoom address may carry. ``uname``, ``email`` and ``tk`` would name the participant.
ZOOM_PARAMETERS = {"pwd"}


class BadAddress(ValueError):
    """The message is written for the organiser and is shown as it is."""


def check(address: str, player: str) -> None:
    """Raises ``BadAddress`` where an address does not lead to the platform, or tells too much."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise BadAddress(_("The address begins with https:// and holds no name or #."))
    if player == Player.ZOOM:
        if not f".{parts.hostname}".endswith(".zoom.us"):
            raise BadAddress(_("A Zoom address leads to zoom.us."))
        carried = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        if carried - ZOOM_PARAMETERS:
            raise BadAddress(
                _("Use the address without a name, an e-mail address or a personal key in it.")
            )
    elif player == Player.VIMEO and not VIMEO.fullmatch(address):
        raise BadAddress(_("Use the address of the video itself, such as vimeo.com/123456789."))


def player_address(occasion: Occasion) -> str:
    """Where Vimeo's player is loaded from, once the member has asked for it.

    ``dnt`` tells Vimeo not to follow the viewer; nothing tells it who she is.
    """
    found = VIMEO.fullmatch(occasion.join_link)
    if found is None:
        return ""
    parameters = {"dnt": "1"}
    if key := found["key"] or found["h"]:
        parameters["h"] = key
    return f"{VIMEO_PLAYER}/video/{found['a'] or found['b']}?{urlencode(parameters)}"
