"""A member's way through an occasion: registered, perhaps waiting, cancelled, there or not."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Occasion, Registration, SpecialNeed
from ledarna_gdpr.privacy import registry
from members import mail
from members.history import snapshot
from members.models import Member

Status = Registration.Status


class CannotRegister(Exception):
    """The message is written for the member and is shown as it is."""


@dataclass(frozen=True)
class Need:
    """What a participant tells of her needs at one occasion."""

    description: str = ""
    kinds: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.description or self.kinds)


@transaction.atomic
def register(
    member: Member,
    occasion: Occasion,
    *,
    need: Need | None = None,
    invoice_reference: str = "",
    by: Any,
    at: dt.datetime,
) -> Registration:
    """Give the member a place, or one on the waiting list. Raises ``CannotRegister``.

    The occasion's row is locked, so that two who want the last place do not both get it.
    """
    occasion = _locked(occasion)
    if not occasion.is_open(at):
        raise CannotRegister(_("Registration is not open."))
    if member.left_on is not None and member.left_on <= timezone.localdate(at):
        raise CannotRegister(_("Only members can register."))
    if occasion.registrations.active().filter(member=member).exists():
        raise CannotRegister(_("You are registered already."))
    registration = Registration(
        member=member,
        occasion=occasion,
        status=Status.REGISTERED if _places_left(occasion) else Status.WAITING,
        registered_at=at,
        invoice_reference=invoice_reference,
        notice_version=registry.notice_in_force(timezone.localdate(at)),
    )
    registration._history_user = by  # type: ignore[attr-defined]
    registration.save()
    if need:
        SpecialNeed.objects.create(
            registration=registration,
            description=need.description,
            kinds=" ".join(need.kinds),
            asked_at=at,
        )
    return registration


@transaction.atomic
def cancel(registration: Registration, *, by: Any, at: dt.datetime) -> None:
    """Give the place back; what was told of needs is gone at once (P17). The first on the waiting
    list moves up. Raises ``CannotRegister``."""
    occasion = _locked(registration.occasion)
    registration = Registration.objects.get(pk=registration.pk)
    if registration.status not in (Status.REGISTERED, Status.WAITING):
        raise CannotRegister(_("There is nothing left to cancel."))
    if occasion.has_ended(at):
        raise CannotRegister(_("It is over already."))
    _forget_need(registration, at)
    registration.status, registration.cancelled_at = Status.CANCELLED, at
    registration._history_user = by  # type: ignore[attr-defined]
    registration.save(update_fields=["status", "cancelled_at"])
    move_up(occasion, at=at)


@transaction.atomic
def take_back_need(registration: Registration, *, at: dt.datetime) -> None:
    """The member withdraws what she told of her needs, and keeps her place (Art. 7(3))."""
    _forget_need(registration, at)


@transaction.atomic
def move_up(occasion: Occasion, *, at: dt.datetime) -> int:
    """Give free places to those who have waited longest, and tell them. Gives how many.

    After the occasion has begun nobody is moved: she would learn of it too late.
    """
    occasion = _locked(occasion)
    if occasion.starts_at <= at:
        return 0
    moved = 0
    left = _places_left(occasion)
    for registration in occasion.registrations.waiting().select_related("member"):
        if left is not True and moved >= left:
            break
        registration.status = Status.REGISTERED
        registration.save(update_fields=["status"])
        moved += 1
        if registration.member.email:
            mail.queue(
                registration.member.email,
                _("You have got a place"),
                _(
                    "A place has become free at something that you wait for. Log in on My pages to "
                    "see it. Can you not come? Then cancel there, so that somebody else can."
                ),
                member=registration.member,
                at=at,
            )
    return moved


@transaction.atomic
def mark(occasion: Occasion, came: Mapping[int, bool | None], *, by: Any, at: dt.datetime) -> int:
    """Write down who came, by the registration's key; ``None`` takes a mark back.

    Gives the number of registrations that changed. Raises ``CannotRegister``.
    """
    if at < occasion.starts_at:
        raise CannotRegister(_("It has not begun yet."))
    statuses = {True: Status.ATTENDED, False: Status.ABSENT, None: Status.REGISTERED}
    changed = 0
    for mark_, status in statuses.items():
        keys = [key for key, value in came.items() if value is mark_]
        rows = occasion.registrations.with_a_place().filter(pk__in=keys).exclude(status=status)
        found = list(rows.values_list("pk", flat=True))
        if not found:
            continue
        Registration.objects.filter(pk__in=found).update(status=status)
        snapshot(
            Registration.objects.filter(pk__in=found),
            kind="~",
            user_id=by.pk if by else None,
            reason="",
            at=at,
        )
        changed += len(found)
    return changed


def _locked(occasion: Occasion) -> Occasion:
    return Occasion.objects.select_for_update().get(pk=occasion.pk)


def _places_left(occasion: Occasion) -> int | bool:
    """How many; True where everyone has a place."""
    if occasion.places is None:
        return True
    return max(0, occasion.places - occasion.registrations.with_a_place().count())


def _forget_need(registration: Registration, at: dt.datetime) -> None:
    registry.destroy(SpecialNeed, SpecialNeed.objects.filter(registration=registration), at)
