"""From a draft to something that members can register for."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import joining, platforms
from courses.models import Occasion
from ledarna_gdpr.privacy.words import Text


class CannotPublish(Exception):
    """The message is written for the organiser and is shown as it is."""


def obstacles(occasion: Occasion, on: dt.date) -> list[Text]:
    """What stands between an occasion and its publication, in sentences."""
    found: list[Text] = []
    is_broadcast = occasion.kind in Occasion.BROADCAST
    if occasion.platform is None:
        if is_broadcast:
            found.append(_("Choose the platform that it is sent over."))
        elif not occasion.venue:
            found.append(_("Say where it is held."))
        return found
    if not is_broadcast:
        found.append(_("Only what is sent over the web may be held on a platform."))
    found += platforms.lacks(occasion.platform, on)
    if occasion.join_link:
        try:
            joining.check(occasion.join_link, occasion.platform.player)
        except joining.BadAddress as error:
            found.append(str(error))
    else:
        found.append(_("Give the address to join by."))
    return found


@transaction.atomic
def publish(occasion: Occasion, *, by: Any, at: dt.datetime) -> None:
    """Show it to the members. Raises ``CannotPublish`` with everything that is in the way."""
    rows = Occasion.objects.select_for_update(of=("self",)).select_related("platform")
    occasion = rows.get(pk=occasion.pk)
    if occasion.published_at:
        raise CannotPublish(_("It is published already."))
    if occasion.has_ended(at):
        raise CannotPublish(_("It is over already."))
    if found := obstacles(occasion, timezone.localdate(at)):
        raise CannotPublish(" ".join(map(str, found)))
    occasion.published_at = at
    occasion._history_user = by  # type: ignore[attr-defined]
    occasion.save(update_fields=["published_at"])
