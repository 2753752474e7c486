"""What must be known of a company before anything is broadcast through it (P47–P49)."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Platform
from courses.models.platforms import FRESH
from ledarna_gdpr.privacy.words import Text

#: What the officer consents to. Whoever changes it asks for the consent anew.
TERMS = ("company", "country", "shares", "mechanism", "player")


class CannotApprove(Exception):
    """The message is written for the officer and is shown as it is."""


def lacks(platform: Platform, on: dt.date) -> list[Text]:
    """What keeps a platform from being used on a day, in sentences. Empty where nothing does."""
    found = [*_facts_missing(platform, on)]
    if platform.country and not platform.is_within_eea and platform.approved_on is None:
        found.append(_("The data protection officer has not approved the transfer."))
    return found


def _facts_missing(platform: Platform, on: dt.date) -> Iterator[Text]:
    if not platform.company:
        yield _("The company behind the platform is not named.")
    if not platform.country:
        yield _("The company's country is not given.")
    if not platform.shares:
        yield _("It is not said what is shared with the company.")
    if not platform.policy_url:
        yield _("There is no link to the company's privacy policy.")
    if not platform.country or platform.is_within_eea:
        return
    if not platform.mechanism:
        yield _("The transfer out of the EEA has no ground under Chapter V of the GDPR.")
    if platform.certificate_checked_on is None:
        yield _("Nobody has checked that the ground for the transfer is in force.")
    elif platform.certificate_checked_on <= FRESH.latest_start(on):
        yield _("The ground for the transfer was last checked over a year ago.")


@transaction.atomic
def approve(platform: Platform, *, by: Any, on: dt.date) -> None:
    """The officer consents to a transfer out of the EEA. Raises ``CannotApprove``."""
    platform = Platform.objects.select_for_update().get(pk=platform.pk)
    if platform.is_within_eea:
        raise CannotApprove(_("The company is within the EEA: there is nothing to approve."))
    if missing := [*_facts_missing(platform, on)]:
        raise CannotApprove(" ".join(map(str, missing)))
    platform.approved_on = on
    platform._history_user = by  # type: ignore[attr-defined]
    platform.save()
