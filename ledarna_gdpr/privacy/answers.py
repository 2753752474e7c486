"""What an access answer leaves out, masks and adds (Art. 15(1)(c), 15(2), 15(4))."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from ledarna_gdpr.privacy.rules import Period
from ledarna_gdpr.privacy.words import MaskingGround, Text


@dataclass(frozen=True, kw_only=True)
class Outside:
    """Records that an answer counts but does not show, and why.

    With ``period`` they are outside only for so long after the date-time in ``since``: a draft
    that nobody finishes becomes part of the answer (dataskyddslagen 5 kap. 2 §).
    """

    only: Q
    because: Text
    since: str = ""
    period: Period | None = None

    def applies(self, on: dt.date) -> Q:
        """The records that are outside on a day."""
        if self.period is None:
            return self.only
        first = self.period.latest_start(on) + dt.timedelta(days=1)
        start = timezone.make_aware(dt.datetime.combine(first, dt.time.min))
        return self.only & Q(**{f"{self.since}__gte": start})


@dataclass(frozen=True)
class Masked:
    """A text as its person may read it, and how many passages were masked on each ground."""

    text: str
    grounds: Mapping[MaskingGround, int] = field(default_factory=dict)


#: Gives a stored text as its person may read it. Called once for each value.
Mask = Callable[[str], Masked]


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who else received the data of a record: lookup paths from it to the recipient's fields.

    ``data`` says in words what was shared. Records whose recipient has no name were not shared.
    """

    name: str
    country: str
    safeguard: str
    data: str
    #: Where the recipient's own notice is read.
    notice: str = ""

    @property
    def paths(self) -> list[str]:
        return [
            path
            for path in (self.name, self.country, self.safeguard, self.data, self.notice)
            if path
        ]
