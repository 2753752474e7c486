import datetime as dt
import hashlib

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from cases.kinds import KINDS, Kind
from cases.models import (
    Case,
    CaseDisclosure,
    CaseEvent,
    Document,
    EmergencyAccess,
    Grant,
    Message,
    Note,
    Occurrence,
    Participant,
    Team,
    TeamMembership,
)
from ledarna_gdpr import crypto
from tests.factories.members import MemberFactory, UserFactory

#: So long ago that every retention rule has run out.
AGES_AGO = timezone.make_aware(dt.datetime(1999, 6, 30, 12))
NOW = factory.LazyFunction(timezone.now)


class TeamFactory(factory.django.DjangoModelFactory):
    """A unit that takes every kind."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Enhet {n}")
    kinds = factory.LazyFunction(lambda: list(Kind.values))


class AccountFactory(UserFactory):
    """The account that a member has, or a new one."""

    class Meta:
        django_get_or_create = ("member",)


class TeamMembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TeamMembership

    class Params:
        long_ago = factory.Trait()  # has no date: it goes with the account

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(AccountFactory)


class CaseFactory(factory.django.DjangoModelFactory):
    """Advice, opened by staff and not yet taken. ``closed=date(...)`` is closed on a day, with
    the date that its kind needs."""

    class Meta:
        model = Case

    class Params:
        closed = None
        long_ago = factory.Trait(closed=AGES_AGO.date(), opened_at=AGES_AGO)
        reviewed = factory.Trait(erasure_reviewed_at=factory.SelfAttribute("closed_at"))
        restricted = factory.Trait(
            restricted_at=factory.LazyFunction(timezone.now), restriction_ground="18.1.a"
        )

    member = factory.SubFactory(MemberFactory)
    kind = Kind.ADVICE
    team = factory.SubFactory(TeamFactory)
    subject = "Omplacering efter omorganisation"
    status = factory.LazyAttribute(lambda case: "closed" if case.closed else "new")
    closed_at = factory.LazyAttribute(lambda case: case.closed and _noon(case.closed))
    concluded_on = factory.LazyAttribute(
        lambda case: case.closed if KINDS[Kind(case.kind)].clock == "concluded_on" else None
    )
    opened_at = factory.LazyAttribute(
        lambda case: _noon(case.closed) - dt.timedelta(days=30) if case.closed else timezone.now()
    )
    last_contact_at = factory.LazyAttribute(lambda case: case.closed_at or case.opened_at)


def _noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


class OfCaseFactory(factory.django.DjangoModelFactory):
    """A part of a case, as old as the case."""

    class Meta:
        abstract = True

    class Params:
        long_ago = factory.Trait(case__long_ago=True)

    case = factory.SubFactory(CaseFactory)


class NoteFactory(OfCaseFactory):
    """A final note of a call. ``draft=True`` is not final."""

    class Meta:
        model = Note

    class Params:
        draft = factory.Trait(status="draft", finalised_at=None)
        protocol = factory.Trait(is_protocol=True)

    at = factory.SelfAttribute("case.last_contact_at")
    created_at = factory.SelfAttribute("at")
    channel = "phone"
    service = factory.SelfAttribute("case.kind")
    body = "Medlemmen ringde om sin omplacering."
    status = "final"
    finalised_at = factory.SelfAttribute("created_at")


class MessageFactory(OfCaseFactory):
    """The member's own words."""

    class Meta:
        model = Message

    is_from_member = True
    body = "Hej, jag behöver hjälp inför ett möte."
    at = factory.SelfAttribute("case.last_contact_at")


class DocumentFactory(OfCaseFactory):
    """A file that the member sent. ``content=b"..."`` is what is in it."""

    class Meta:
        model = Document

    class Params:
        content = b"%PDF-1.7 ett avtal"

    name = "anställningsavtal.pdf"
    content_type = "application/pdf"
    size = factory.LazyAttribute(lambda document: len(document.content))
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    is_from_member = True
    uploaded_at = factory.SelfAttribute("case.last_contact_at")
    file = factory.LazyAttribute(
        lambda document: ContentFile(crypto.encrypt(document.content), name="x")
    )


class ParticipantFactory(OfCaseFactory):
    class Meta:
        model = Participant

    number = factory.Sequence(lambda n: n + 1)
    role = "manager"
    name = "Bo Chef"
    organisation = "Verkstaden AB"
    contact = "bo.chef@verkstaden.example"


class OccurrenceFactory(OfCaseFactory):
    class Meta:
        model = Occurrence

    kind = "event"
    on = factory.LazyAttribute(lambda fact: timezone.localdate(fact.case.opened_at))
    recorded_at = factory.SelfAttribute("case.opened_at")


class CaseEventFactory(OfCaseFactory):
    class Meta:
        model = CaseEvent

    kind = "opened"
    at = factory.SelfAttribute("case.opened_at")


class GrantFactory(OfCaseFactory):
    """Runs for a week from now; long ago where the case is."""

    class Meta:
        model = Grant

    class Params:
        long_ago = factory.Trait(case__long_ago=True, granted_at=AGES_AGO)

    reason = "Vikarie under semestern"
    granted_at = NOW
    until = factory.LazyAttribute(lambda grant: grant.granted_at + dt.timedelta(days=7))


class EmergencyAccessFactory(OfCaseFactory):
    """Runs for an hour from now; long ago where the case is."""

    class Meta:
        model = EmergencyAccess

    class Params:
        long_ago = factory.Trait(case__long_ago=True, at=AGES_AGO)

    reason = "Domstolen ringer och handläggaren är sjuk"
    at = NOW
    until = factory.LazyAttribute(lambda access: access.at + dt.timedelta(hours=1))


class CaseDisclosureFactory(OfCaseFactory):
    """The employer has got the member's demand."""

    class Meta:
        model = CaseDisclosure

    participant = None
    recipient_name = "Verkstaden AB"
    data = "Namn, anställning och yrkanden"
    necessity = "Arbetsgivaren måste veta vem tvisten gäller"
    requested_at = factory.SelfAttribute("case.last_contact_at")
    disclosed_at = factory.SelfAttribute("requested_at")
