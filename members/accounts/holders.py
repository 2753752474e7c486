"""Whose account an address or a personnummer leads to."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import Source
from members import mail
from members.models import Member, User


class AddressTaken(Exception):
    """Another member has this address. Tell only whoever has proved that she reads it."""


def with_address(address: str) -> User | None:
    """The existing account that logs in with this address, always for the same two queries.

    A member's address is the register's, so that a correction there counts at once; of the two
    accounts of an employee who is a member, her employee's address leads to the employee's.
    """
    address = address.strip().lower()
    active = User.objects.filter(is_active=True)
    employee = active.filter(is_staff=True, email=address).first()
    member = active.filter(
        member__email=address, member__restricted_at=None, member__reduced_at=None
    ).first()
    return employee or member


def for_address(address: str) -> User | None:
    """The account of whoever has proved that she reads this mailbox, made now if it is her first
    time; none for strangers and for those whose data are restricted."""
    if user := with_address(address):
        return user
    member = Member.objects.filter(email=address.strip().lower()).first()
    return for_member(member) if member else None


def for_member(member: Member) -> User | None:
    """The member's account, made now if need be; none where her data are restricted."""
    if member.restricted_at or member.reduced_at:
        return None
    user, _created = User.objects.get_or_create(member=member, defaults={"password": "!"})
    return user if user.is_active else None


def address_of(user: User) -> str:
    """Where the account's holder gets her codes; empty if she has no address."""
    return user.member.email if user.member else user.email or ""


def change_address(member: Member, address: str, *, at: dt.datetime) -> None:
    """Write an address that a code has proved, and tell the old one that it has been replaced.

    Raises ``AddressTaken`` and changes nothing where another member has it.
    """
    former, member.email = member.email, address.strip().lower()
    member.note_source(["email"], Source.SELF_SERVICE, at)
    try:
        with transaction.atomic():
            member.save(update_fields=["email", "provenance"])
    except IntegrityError as error:
        member.email = former
        raise AddressTaken from error
    if former:
        mail.queue(
            former,
            _("Your e-mail address has been changed"),
            _(
                "Someone who was logged in as you has changed the e-mail address that you log in "
                "with. If it was not you, contact us at once."
            ),
            member=member,
            at=at,
        )
