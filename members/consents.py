"""Consents: given and taken back by the same kind of step, at once, and provable (Art. 7)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Purpose, registry
from ledarna_gdpr.privacy.words import Text
from members import purposes
from members.models import Consent, ConsentWording, Member, Withdrawal


@dataclass(frozen=True)
class Ask:
    """What people can say yes to. Without a ``wording`` whoever asks brings one each time."""

    key: str
    purpose: Purpose
    title: Text
    wording: Text = ""


#: Everything that can be consented to, by key. Apps add theirs with ``offer``.
ASKS: dict[str, Ask] = {}


class NothingWasAsked(Exception):
    """A consent without words is none."""


def offer(*asks: Ask) -> None:
    """Make consents known; called when an app's module is loaded."""
    ASKS.update({ask.key: ask for ask in asks})


OFFERS_BY_EMAIL = Ask(
    key="offers.email",
    purpose=purposes.OFFERS,
    title=_("Member offers by e-mail"),
    wording=_(
        "Yes, you may send me offers from companies that you have agreements with, by e-mail. "
        "You do not give my address to them. I can take this back at any time on My pages, or by "
        "the link in each message."
    ),
)
OFFERS_BY_SMS = Ask(
    key="offers.sms",
    purpose=purposes.OFFERS,
    title=_("Member offers by text message"),
    wording=_(
        "Yes, you may send me offers from companies that you have agreements with, by text "
        "message. You do not give my number to them. I can take this back at any time on My pages, "
        "or by the link in each message."
    ),
)
offer(OFFERS_BY_EMAIL, OFFERS_BY_SMS)


@transaction.atomic
def give(
    member: Member,
    key: str,
    *,
    how: str,
    at: dt.datetime,
    wording: str = "",
    scope: int | None = None,
    by: Any = None,
) -> Consent:
    """Write down a yes with the words that were shown and the notice in force.

    The same yes to the same words is not written twice. ``by`` is the employee who was told.
    Raises ``NothingWasAsked``.
    """
    text = wording or str(ASKS[key].wording)
    if not text.strip():
        raise NothingWasAsked
    Member.objects.filter(pk=member.pk).lock()  # neither a yes nor a no is written twice
    asked = _wording(key, text)
    standing = Consent.objects.standing().filter(member=member, key=key, scope=scope, wording=asked)
    return standing.first() or Consent.objects.create(
        member=member,
        key=key,
        scope=scope,
        wording=asked,
        notice_version=registry.notice_in_force(timezone.localdate(at)),
        given_at=at,
        how=how,
        recorded_by_id=by.pk if by else None,
    )


@transaction.atomic
def withdraw(
    member: Member,
    key: str,
    *,
    how: str,
    at: dt.datetime,
    scope: int | None = None,
    by: Any = None,
) -> int:
    """Take a consent back and destroy at once what rested on it alone (Art. 7(3), 17(1)(b)).

    Gives how many consents were standing.
    """
    Member.objects.filter(pk=member.pk).lock()  # neither a yes nor a no is written twice
    standing = Consent.objects.standing().filter(member=member, key=key, scope=scope)
    withdrawals = Withdrawal.objects.bulk_create(
        Withdrawal(consent=consent, withdrawn_at=at, how=how, recorded_by_id=by.pk if by else None)
        for consent in standing
    )
    if withdrawals:
        for declaration in registry.resting_on(key):
            records = declaration.records_of([member.pk])
            path = declaration.rests_on.scope if declaration.rests_on else ""
            if path and scope is not None:
                records = records.filter(**{path: scope})
            registry.destroy(declaration.model, records, at)
    return len(withdrawals)


def state(member: Member, key: str, *, as_of: dt.datetime, scope: int | None = None) -> bool:
    """Whether a consent stood at a moment, now or in the past."""
    given = Consent.objects.filter(member=member, key=key, scope=scope, given_at__lte=as_of)
    not_withdrawn = Q(withdrawal=None) | Q(withdrawal__withdrawn_at__gt=as_of)
    return given.filter(not_withdrawn).exists()


def has_said_yes(key: str) -> Exists:
    """A filter of members: those whose consent stands."""
    return Exists(Consent.objects.standing().filter(member=OuterRef("pk"), key=key, scope=None))


def _wording(key: str, text: str) -> ConsentWording:
    sha256 = ConsentWording.hash_of(text)
    known = ConsentWording.objects.filter(key=key)
    found = known.filter(sha256=sha256).first()
    if found:
        return found
    latest = known.order_by("-version").values_list("version", flat=True).first() or 0
    return ConsentWording.objects.create(key=key, version=latest + 1, text=text, sha256=sha256)
