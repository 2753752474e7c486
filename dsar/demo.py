"""Requests in every state, a legal hold and the sweeps of the past nights, for the demo."""

import datetime as dt
from typing import TypeAlias

from django.utils import timezone
from django.utils.translation import gettext as _

from dsar import notice, requests
from dsar.models import (
    DataProtectionOfficer,
    LegalHold,
    SubjectRequest,
    SweepRun,
)
from members.demo import logins, register
from members.models import Member, User

Kind: TypeAlias = SubjectRequest.Kind
Channel: TypeAlias = SubjectRequest.Channel
Status: TypeAlias = SubjectRequest.Status
Identification: TypeAlias = SubjectRequest.Identification


def load(*, at: dt.datetime) -> None:
    today = timezone.localdate(at)
    *_others, clerk, officer = User.objects.filter(is_staff=True).order_by("pk")
    new_year = today.replace(month=1, day=1)
    DataProtectionOfficer.objects.create(name=logins.OFFICER, valid_from=new_year)
    notice.publish(f"{today.year}-01", valid_from=new_year)
    members = list(Member.objects.current().filter(protection="").order_by("pk")[20:40])
    former = list(Member.objects.left().filter(reduced_at=None).order_by("-left_on")[:6])
    ask(members, former, by=officer, at=at)
    set_to_work(members[8], former[5], by=officer, at=at)
    LegalHold.objects.create(
        member=former[3],
        reason=_("A negotiation about severance pay is still going on."),
        set_by=clerk,
        set_on=today - dt.timedelta(days=30),
        until=today + dt.timedelta(days=12),
    )
    for nights in range(1, 8):
        on = register.next_sweep(at) - dt.timedelta(days=nights)
        started = timezone.make_aware(dt.datetime.combine(on, dt.time(2, 0)))
        finished = started + dt.timedelta(seconds=2)
        SweepRun.objects.create(
            on=on, started_at=started, heartbeat_at=finished, finished_at=finished
        )


def set_to_work(member: Member, former: Member, *, by: User, at: dt.datetime) -> None:
    """A request for access and an approved erasure, which the first worker carries out."""

    def asks(kind: Kind, person: Member) -> SubjectRequest:
        return requests.receive(
            kind=kind,
            channel=Channel.MY_PAGES,
            member=person,
            identification=Identification.LOGGED_IN,
            at=at,
        )

    asks(Kind.ACCESS, member)
    erasure = asks(Kind.ERASURE, former)
    requests.approve(erasure, by=by, at=at)


def ask(members: list[Member], former: list[Member], *, by: User, at: dt.datetime) -> None:
    def received(kind: Kind, person: Member | None, days: int, **fields: object) -> None:
        """A request of so many days ago, made on Mina sidor unless told otherwise."""
        defaults: dict[str, object] = {
            "channel": Channel.MY_PAGES,
            "identification": Identification.LOGGED_IN,
        }
        SubjectRequest.objects.create(
            kind=kind,
            member=person,
            received_at=at - dt.timedelta(days=days, minutes=17 * days + 5),
            **defaults | fields,
        )

    def closed(status: Status, days: int, reason: str = "") -> dict[str, object]:
        """Decided and closed so many days ago."""
        then = at - dt.timedelta(days=days)
        return {
            "status": status,
            "decided_by": by,
            "decided_at": then,
            "closed_at": then,
            "decision_reason": reason,
        }

    by_phone = {"channel": Channel.PHONE, "identification": Identification.NONE}
    by_letter = {"channel": Channel.LETTER, "identification": Identification.LETTER}
    late = {
        "extended_at": at - dt.timedelta(days=25),
        "extension_reason": _("The files of three former local branches have to be searched."),
    }
    received(Kind.RECTIFICATION, members[0], 0, message=_("My surname is spelled with a W."))
    received(Kind.ERASURE, former[0], 1)
    received(Kind.OBJECTION, members[1], 3, message=_("I do not want surveys by telephone."))
    received(Kind.ERASURE, None, 5, **by_phone, name="Torgny Askelöf", contact="+46701740699")
    received(Kind.RECTIFICATION, members[2], 11, **by_phone)
    received(Kind.ERASURE, former[1], 27, **by_letter)
    received(Kind.OBJECTION, members[3], 36)
    received(Kind.ERASURE, former[2], 50, **late)
    received(Kind.ERASURE, former[3], 9)
    received(Kind.ACCESS, members[4], 70, **closed(Status.ANSWERED, 68))
    received(Kind.PORTABILITY, members[5], 41, **closed(Status.ANSWERED, 40))
    received(Kind.RECTIFICATION, members[6], 90, **closed(Status.ANSWERED, 85))
    received(
        Kind.ERASURE,
        members[7],
        120,
        **closed(Status.REFUSED, 100, _("You are a member: we need the data for the agreement.")),
    )
