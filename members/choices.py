"""What may be sent to whom: a no is absolute and immediate, and outlives erasure (Art. 21).

``may_be_contacted`` is the question that everything asks before it writes to people of its own
accord. Necessary notices, such as a summons or a fee, ask it with ``None`` for a topic.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from ledarna_gdpr.crypto import keyed_hash
from members import consents
from members.models import (
    Bounce,
    Channel,
    Member,
    MembershipPeriod,
    Objection,
    Reason,
    Suppression,
    Topic,
    UnsubscribeLink,
)
from members.models.person import Protection

#: What may only be sent to those who have said yes (marknadsföringslagen 19 §). The other topics
#: are the association's own, to its own members, who can say no in every message.
NEEDS_CONSENT: dict[tuple[str, str], str] = {
    (Topic.OFFERS, Channel.EMAIL): consents.OFFERS_BY_EMAIL.key,
    (Topic.OFFERS, Channel.SMS): consents.OFFERS_BY_SMS.key,
}
NO_ADDRESS = {
    Channel.EMAIL: Q(email=""),
    Channel.SMS: Q(phone=""),
    Channel.LETTER: Q(street_address="") | Q(postal_code=""),
}


# --- who may be written to --------------------------------------------------------------------


def may_be_contacted(
    members: QuerySet[Member], topic: str | None, channel: str, on: dt.date
) -> QuerySet[Member]:
    """Those of the members who may be sent this, in this way, on this day.

    As many queries however many they are. Ask again at the moment of sending.
    """
    return with_reason(members, topic, channel, on).filter(falls_away_for="")


def with_reason(
    members: QuerySet[Member], topic: str | None, channel: str, on: dt.date
) -> QuerySet[Any]:
    """The members, each with ``falls_away_for``: why she may not be contacted, or empty."""
    reasons = list(_reasons(topic, channel, on))
    told = members.annotate(falls_away_for=_first_of(reasons))
    if topic is None:
        return told
    suppressed = _suppressed(told.filter(falls_away_for=""), topic, channel)
    if not suppressed:
        return told
    is_suppressed = Q(pk__among=suppressed)
    return members.annotate(
        falls_away_for=_first_of([*reasons, (is_suppressed, Reason.SUPPRESSED)])
    )


def _first_of(reasons: Iterable[tuple[Any, Reason]]) -> Case:
    whens = [When(condition, then=Value(reason.value)) for condition, reason in reasons]
    return Case(*whens, default=Value(""), output_field=CharField())


def _reasons(topic: str | None, channel: str, on: dt.date) -> Iterator[tuple[Any, Reason]]:
    is_member = Q(left_on=None) | Q(left_on__gte=on)
    yield Q(restricted_at__isnull=False), Reason.RESTRICTED
    yield ~Q(protection=Protection.NONE), Reason.PROTECTED
    if topic == Topic.AFTER_EXIT:
        died = MembershipPeriod.objects.filter(
            member=OuterRef("pk"), exit_reason=MembershipPeriod.ExitReason.DECEASED
        )
        yield is_member, Reason.RETURNED
        yield Exists(died), Reason.DECEASED
    else:
        yield ~is_member, Reason.LEFT
    yield NO_ADDRESS[Channel(channel)], Reason.NO_ADDRESS
    if channel == Channel.EMAIL:
        came_back = Bounce.objects.filter(member=OuterRef("pk"), address=OuterRef("email"))
        yield Exists(came_back), Reason.BOUNCED
    if topic is None:
        return
    said_no = Objection.objects.standing().filter(
        member=OuterRef("pk"), topic=topic, channel=channel
    )
    yield Exists(said_no), Reason.OBJECTED
    if key := NEEDS_CONSENT.get((topic, channel)):
        yield ~consents.has_said_yes(key), Reason.NO_CONSENT


def why_not(link: UnsubscribeLink, on: dt.date) -> str:
    """Why what bears this link may not be sent any more, or empty.

    In a transaction: until it ends its person's no waits, so that nothing is sent after a no.
    """
    person = Member.objects.filter(pk=link.member_id)
    person.lock()
    found = with_reason(person, link.topic, link.channel, on).values_list("falls_away_for")
    return found.get()[0]


# --- saying no, and yes -----------------------------------------------------------------------


@transaction.atomic
def say_no(
    member: Member,
    *,
    how: str,
    at: dt.datetime,
    topics: Iterable[str] = tuple(Topic),
    channels: Iterable[str] = tuple(Channel),
    by: Any = None,
) -> None:
    """Write down a no, to everything unless told otherwise. It holds from this moment.

    It waits for the one mail to its person that is being handed over right now, and no longer.
    """
    Member.objects.filter(pk=member.pk).lock()
    chosen = [(topic, channel) for topic in topics for channel in channels]
    Objection.objects.bulk_create(
        (
            Objection(member=member, topic=topic, channel=channel, made_at=at, how=how)
            for topic, channel in chosen
        ),
        ignore_conflicts=True,  # a no that stands already
    )
    for pair in chosen:
        if key := NEEDS_CONSENT.get(pair):
            consents.withdraw(member, key, how=how, at=at, by=by)


@transaction.atomic
def say_yes(
    member: Member, topic: str, channel: str, *, how: str, at: dt.datetime, by: Any = None
) -> None:
    """Take a no back. Only the person herself can; where a consent is needed, this gives it."""
    Member.objects.filter(pk=member.pk).lock()
    no = Objection.objects.standing().filter(member=member, topic=topic, channel=channel)
    no.update(lifted_at=at, lifted_how=how)
    earlier = Suppression.objects.filter(topic=topic, channel=channel)
    earlier.filter(hash__in=_hashes_of(member)).update(hash="")
    if key := NEEDS_CONSENT.get((topic, channel)):
        consents.give(member, key, how=how, at=at, by=by)


@dataclass(frozen=True)
class Choice:
    """One switch: a topic by one way, and whether it is on."""

    topic: Topic
    channel: Channel
    is_on: bool
    #: What turning it on says yes to, where that takes a consent.
    ask: consents.Ask | None


def of_member(member: Member) -> list[Choice]:
    """Every switch of a member. As many queries whatever she has chosen."""
    no = set(Objection.objects.standing().filter(member=member).values_list("topic", "channel"))
    no |= set(
        Suppression.objects.filter(hash__in=_hashes_of(member)).values_list("topic", "channel")
    )
    yes = set(
        consents.Consent.objects.standing().filter(member=member).values_list("key", flat=True)
    )
    choices = []
    for topic in Topic:
        for channel in Channel:
            key = NEEDS_CONSENT.get((topic, channel))
            is_on = (topic, channel) not in no and (key is None or key in yes)
            choices.append(Choice(topic, channel, is_on, consents.ASKS[key] if key else None))
    return choices


# --- what outlives erasure --------------------------------------------------------------------


@transaction.atomic
def remember(objections: QuerySet[Any], *, at: dt.datetime) -> None:
    """Keep what standing objections say when their rows, and their people, go (R23)."""
    found = objections.filter(lifted_at=None).values_list(
        "topic", "channel", "member__email", "member__phone", "member__personnummer_hash"
    )
    _suppress(
        ((topic, channel, _hashes(*known)) for topic, channel, *known in found.iterator()), at
    )


@transaction.atomic
def suppress_address(address: str, channel: str, *, at: dt.datetime) -> None:
    """A no by address alone, from somebody whom we need not know (P59). Nobody is looked up."""
    known = (address, "", None) if channel == Channel.EMAIL else ("", address, None)
    _suppress(((topic, channel, _hashes(*known)) for topic in Topic), at)


def _suppress(noes: Iterable[tuple[str, str, list[str]]], at: dt.datetime) -> None:
    Suppression.objects.bulk_create(
        (
            Suppression(hash=found, topic=topic, channel=channel, since=at, reviewed_at=at)
            for topic, channel, hashes in noes
            for found in hashes
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )


def _hashes(email: str | None, phone: str | None, number_hash: str | None) -> list[str]:
    """What a person can be recognised by later. Nothing else of her is in it."""
    known = {"email": (email or "").lower(), "phone": phone, "personnummer": number_hash}
    return [keyed_hash(value, of=f"no to {kind}") for kind, value in known.items() if value]


def _hashes_of(member: Member) -> list[str]:
    return _hashes(member.email, member.phone, member.personnummer_hash)


def _suppressed(members: QuerySet[Member], topic: str, channel: str) -> list[int]:
    """Those who said no in an earlier life in the register, recognised by their hashes."""
    noes = Suppression.objects.filter(topic=topic, channel=channel).exclude(hash="")
    if not noes.exists():
        return []
    people: dict[str, list[int]] = {}
    rows = members.order_by().values_list("pk", "email", "phone", "personnummer_hash")
    for pk, *known in rows.iterator():
        for found in _hashes(*known):
            people.setdefault(found, []).append(pk)
    matching = noes.filter(hash__among=people).values_list("hash", flat=True)
    return sorted({pk for found in matching for pk in people[found]})


# --- the link in each message -----------------------------------------------------------------


def links_for(members: Iterable[int], topic: str, channel: str) -> dict[int, UnsubscribeLink]:
    """The unsubscribe link of each of these members, made where there is none yet."""
    keys = set(members)
    known = UnsubscribeLink.objects.filter(topic=topic, channel=channel, member__among=keys)
    lacking = keys - set(known.values_list("member", flat=True))
    UnsubscribeLink.objects.bulk_create(
        (UnsubscribeLink(member_id=pk, topic=topic, channel=channel) for pk in lacking),
        ignore_conflicts=True,
    )
    return {link.member_id: link for link in known.all()}


def address_of(link: UnsubscribeLink) -> str:
    """Where a message's receiver says no, by hand or by her mail program (RFC 8058)."""
    return f"{settings.PUBLIC_URL}{reverse('unsubscribe', args=[link.public_id])}"


def footer(link: UnsubscribeLink) -> str:
    """The end of each message that its receiver may say no to."""
    return _("Do you not want this? Say no with one click, without logging in:\n%(link)s") % {
        "link": address_of(link)
    }
