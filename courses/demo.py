"""Courses and meetings past and to come, for the demo."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Occasion, OccasionMessage, Platform, Registration, SpecialNeed
from courses.surveys import demo as surveys
from members.demo import logins
from members.models import Member, User

Kind, Status = Occasion.Kind, Registration.Status

#: By the participant's place in the list.
NEEDS = {
    1: (SpecialNeed.Kind.DIET, gettext_lazy("Gluten-free food, please.")),
    4: (SpecialNeed.Kind.DIET, gettext_lazy("Allergic to nuts.")),
    7: (SpecialNeed.Kind.ACCESS, gettext_lazy("I come in a wheelchair.")),
    11: (SpecialNeed.Kind.HEARING_OR_SIGHT, gettext_lazy("I need a hearing loop.")),
}


def load(*, at: dt.datetime) -> None:
    today = timezone.localdate(at)
    zoom, vimeo = platforms(today)
    organiser = User.objects.get(email="kursansvarig@ledarna.example")
    other = User.objects.get(email="kurser@ledarna.example")
    me = Member.objects.get(email=logins.MEMBER)
    others = Member.objects.current().filter(protection="").exclude(pk=me.pk).order_by("pk")
    people = [me, *others[:59]]
    protected = list(Member.objects.current().exclude(protection="").order_by("pk")[:1])

    def held(days: int, hours: int, **fields: Any) -> Occasion:
        """An occasion so many days from now, published a month before."""
        day = timezone.localtime(at).replace(hour=9, minute=0, second=0, microsecond=0)
        starts_at = day + dt.timedelta(days=days)
        occasion = Occasion.objects.create(
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(hours=hours),
            **{"published_at": min(at, starts_at) - dt.timedelta(days=30)} | fields,
        )
        occasion.organisers.set([organiser])
        return occasion

    room = _("Sankt Eriksgatan 26, Stockholm")
    past = held(-60, 8, kind=Kind.COURSE, title=_("The difficult conversation"), venue=room)
    on_zoom = {"platform": zoom, "join_link": "https://ledarna.zoom.us/j/98765432101?pwd=Demo2026"}
    on_vimeo = {"platform": vimeo, "join_link": "https://vimeo.com/76979871"}
    recent = held(-3, 2, kind=Kind.WEBINAR, title=_("Salary talks: how to prepare"), **on_zoom)
    full = held(
        12,
        8,
        kind=Kind.COURSE,
        title=_("New as a manager"),
        description=_("A day about the first year: your role, your rights and your people."),
        venue=room,
        places=16,
        price=Decimal("1200"),
    )
    held(
        9,
        2,
        kind=Kind.WEBINAR,
        title=_("Leading at a distance"),
        description=_("An hour of research, an hour of your questions."),
        **on_zoom,
    )
    watched = held(
        0,
        10,
        kind=Kind.WEBINAR,
        title=_("The labour market this winter"),
        description=_("Our economists tell what they see coming."),
        **on_vimeo,
    )
    meeting = held(
        30,
        3,
        kind=Kind.DIGITAL_MEETING,
        title=_("Annual meeting of the local club"),
        is_voting_meeting=True,
        **on_zoom,
    )
    draft = held(
        45, 8, kind=Kind.LIVE_COURSE, title=_("Labour law for managers"), published_at=None
    )
    draft.organisers.set([other])

    def registered(occasion: Occasion, members: list[Member], status: str) -> None:
        for n, member in enumerate(members):
            registration = Registration.objects.create(
                member=member,
                occasion=occasion,
                status=status,
                registered_at=(occasion.published_at or at) + dt.timedelta(hours=5 * n + 3),
                cancelled_at=occasion.starts_at if status == Status.CANCELLED else None,
                notice_version=f"{today.year}-01",
            )
            if n in NEEDS and occasion.venue and not occasion.has_ended(at):
                kind, words = NEEDS[n]
                SpecialNeed.objects.create(
                    registration=registration,
                    kinds=kind,
                    description=str(words),
                    asked_at=registration.registered_at,
                )

    registered(past, people[:12], Status.ATTENDED)
    registered(past, people[12:14], Status.ABSENT)
    registered(past, people[14:15], Status.CANCELLED)
    registered(recent, people[:25], Status.REGISTERED)
    registered(full, people[1:16] + protected, Status.REGISTERED)
    registered(full, people[20:23], Status.WAITING)
    registered(watched, people[:30], Status.REGISTERED)
    registered(meeting, people[5:40], Status.REGISTERED)
    OccasionMessage.objects.create(
        occasion=watched,
        subject=_("We begin at nine sharp"),
        body=_("You find the way in on the page of the webinar."),
        sent_by=organiser,
        created_at=at - dt.timedelta(days=1),
        finished_at=at - dt.timedelta(days=1),
        heartbeat_at=at - dt.timedelta(days=1),
        recipients=30,
        queued=30,
    )
    surveys.load(past, recent, at=at)


def platforms(today: dt.date) -> tuple[Platform, Platform]:
    """Zoom as it should be; Vimeo with a policy that it is time to look at again."""
    month, year = dt.timedelta(days=31), dt.timedelta(days=380)
    common = {
        "country": "US",
        "mechanism": Platform.Mechanism.DPF,
        "certificate_checked_on": today - month,
        "approved_on": today - month,
    }
    return (
        Platform.objects.create(
            name="Zoom",
            company="Zoom Communications, Inc.",
            shares=_("your IP address and the name that you enter yourself"),
            policy_url="https://www.zoom.com/en/trust/privacy/privacy-statement/",
            policy_checked_on=today - month,
            player=Platform.Player.ZOOM,
            **common,
        ),
        Platform.objects.create(
            name="Vimeo",
            company="Vimeo.com, Inc.",
            shares=_("your IP address"),
            policy_url="https://vimeo.com/privacy",
            policy_checked_on=today - year,
            player=Platform.Player.VIMEO,
            **common,
        ),
    )
