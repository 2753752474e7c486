"""What a mailing can be for, and what its receivers may say no to."""

import datetime as dt

from ledarna_gdpr.privacy import Purpose, registry
from members import purposes
from members.models import Topic

#: A necessary notice has no topic: there is no saying no to it.
TOPICS: dict[Purpose, Topic | None] = {
    purposes.NEWSLETTER: Topic.NEWSLETTER,
    purposes.INVITATIONS: Topic.INVITATIONS,
    purposes.OFFERS: Topic.OFFERS,
    purposes.NOTICES: None,
}
BY_KEY = {purpose.key: purpose for purpose in TOPICS}


def published(on: dt.date) -> list[Purpose]:
    """Those that the notice in force tells of: nothing else can be chosen (P45)."""
    known = registry.published_on(on)
    return [purpose for purpose in TOPICS if purpose.key in known]


def topic_of(key: str) -> Topic | None:
    return TOPICS[BY_KEY[key]]
