"""Noes, consents, an address that does not answer and mailings in every state, for the demo.

Loaded when the privacy notice has been published: a mailing is for a purpose that it tells of.
"""

import datetime as dt
import random

from django.utils import timezone
from django.utils.translation import gettext as _

from members import choices, consents
from members.demo import logins
from members.mailings import lists, sending
from members.models import (
    Bounce,
    Channel,
    How,
    Mailing,
    MailingRecipient,
    Member,
    Reason,
    Topic,
    User,
)

DAY = dt.timedelta(days=1)


def load(*, at: dt.datetime) -> None:
    draw = random.Random(2026)  # noqa: S311 - the same each time
    say(draw, at)
    mail(at)


def say(draw: random.Random, at: dt.datetime) -> None:
    member = Member.objects.get(email=logins.MEMBER)
    choices.say_no(
        member,
        topics=[Topic.INVITATIONS],
        channels=[Channel.SMS],
        how=How.PHONE,
        at=at - 75 * DAY,
    )
    choices.say_yes(member, Topic.OFFERS, Channel.EMAIL, how=How.MY_PAGES, at=at - 60 * DAY)
    others = list(Member.objects.current().filter(protection="").exclude(pk=member.pk)[:60])
    for person in others[:12]:
        choices.say_no(
            person,
            topics=[Topic.NEWSLETTER],
            channels=[Channel.EMAIL],
            how=draw.choice([How.LINK, How.MY_PAGES]),
            at=at - draw.randrange(5, 300) * DAY,
        )
    for person in others[12:15]:
        choices.say_no(person, how=How.LINK, at=at - draw.randrange(5, 300) * DAY)
    for person in others[20:45]:
        then = at - draw.randrange(40, 300) * DAY
        consents.give(person, consents.OFFERS_BY_EMAIL.key, how=How.MY_PAGES, at=then)
    for person in others[20:23]:
        then = at - draw.randrange(1, 30) * DAY
        consents.withdraw(person, consents.OFFERS_BY_EMAIL.key, how=How.LINK, at=then)
    for person in others[50:52]:
        Bounce.objects.create(member=person, address=person.email, at=at - 39 * DAY)
    choices.suppress_address("nyss@example.org", Channel.EMAIL, at=at - 20 * DAY)
    choices.suppress_address("lange.sedan@example.org", Channel.EMAIL, at=at - 5 * 366 * DAY)


def mail(at: dt.datetime) -> None:
    writer, other = User.objects.filter(groups__name="Kommunikation").order_by("pk")
    newsletter = Mailing.objects.create(
        purpose="newsletter",
        subject=_("News of the autumn"),
        body=_("This autumn we have met more members than ever.\n\nRead more on our website."),
        created_by=writer,
        created_at=at - 41 * DAY,
    )
    reached = list(lists.reached(newsletter, on=timezone.localdate(at)))
    MailingRecipient.objects.bulk_create(
        MailingRecipient(
            mailing=newsletter,
            member=member,
            status="sent" if number > 2 else "fell_away",
            reason="" if number > 2 else Reason.OBJECTED,
        )
        for number, member in enumerate(reached)
    )
    Mailing.objects.filter(pk=newsletter.pk).update(
        status=Mailing.Status.DONE,
        listed=len(reached),
        sent_by=writer,
        approved_by=other,
        approved_at=at - 40 * DAY,
        finished_at=at - 40 * DAY,
    )
    invitation = Mailing.objects.create(
        purpose="invitations",
        subject=_("An evening about leading through change"),
        body=_("Come and meet other managers near you.\n\nYou register on My pages."),
        created_by=writer,
        created_at=at - DAY,
    )
    sending.send(invitation, by=writer, at=at)
    Mailing.objects.create(
        purpose="offers",
        region="1",
        subject=_("An offer to members"),
        body=_("We have negotiated a lower price for you.\n\nRead more on our website."),
        created_by=other,
        created_at=at,
    )
