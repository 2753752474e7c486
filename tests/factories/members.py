import datetime as dt
from decimal import Decimal

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from members.demo.numbers import test_numbers
from members.models import (
    Application,
    Fee,
    FollowUp,
    Member,
    MembershipPeriod,
    OutgoingMail,
    Payment,
    ToolKey,
    ToolResult,
    User,
)
from members.personnummer import hashed
from members.tools import leader_profile

#: So long ago that every rule's period has run out.
AGES_AGO = timezone.make_aware(dt.datetime(1999, 6, 30, 12))


class MemberFactory(factory.django.DjangoModelFactory):
    """A member since 2020. ``left=date(...)`` has left; both come with their period."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    class Params:
        protected = factory.Trait(protection="confidential")
        numbered = factory.Trait(
            personnummer=factory.Sequence(lambda n: test_numbers()[n % len(test_numbers())]),
            personnummer_hash=factory.LazyAttribute(lambda o: hashed(o.personnummer)),
        )

    member_number = factory.Sequence(lambda n: 100001 + n)
    given_names = "Anna"
    family_name = "Åberg"
    email = factory.Sequence(lambda n: f"anna{n}@example.org")
    phone = "+46701740605"
    street_address = "Storgatan 1"
    postal_code = "10222"
    city = "Stockholm"
    employer = "Verkstaden AB"
    job_title = "Chef"

    @factory.post_generation
    def left(self, create, extracted, **kwargs):
        if not create:
            return
        MembershipPeriod.objects.create(
            member=self,
            started_on=dt.date(2000, 1, 1),
            ended_on=extracted,
            exit_reason="own_request" if extracted else "",
        )
        Member.objects.filter(pk=self.pk).refresh_left_on()
        self.refresh_from_db(fields=["left_on"])


class FeeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Fee

    class Params:
        long_ago = factory.Trait(
            fiscal_year_ends_on=dt.date(1999, 12, 31),
            covers_from=dt.date(1999, 1, 1),
            covers_to=dt.date(1999, 1, 31),
            due_on=dt.date(1999, 1, 31),
            settled_on=dt.date(1999, 1, 30),
        )

    member = factory.SubFactory(MemberFactory)
    amount = Decimal("330.00")
    fiscal_year_ends_on = dt.date(2025, 12, 31)
    covers_from = dt.date(2025, 1, 1)
    covers_to = dt.date(2025, 1, 31)
    due_on = dt.date(2025, 1, 31)
    settled_on = dt.date(2025, 1, 30)


class PaymentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Payment

    class Params:
        long_ago = factory.Trait(
            fiscal_year_ends_on=dt.date(1999, 12, 31), paid_on=dt.date(1999, 1, 30)
        )

    member = factory.SubFactory(MemberFactory)
    amount = Decimal("330.00")
    fiscal_year_ends_on = dt.date(2025, 12, 31)
    paid_on = dt.date(2025, 1, 30)
    reference = "1234567897"


class ApplicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Application

    class Params:
        long_ago = factory.Trait(last_activity_at=AGES_AGO)

    given_names = "Björn"
    family_name = "Öberg"
    email = factory.Sequence(lambda n: f"bjorn{n}@example.org")
    last_activity_at = factory.LazyFunction(timezone.now)
    member = None
    status = factory.LazyAttribute(lambda o: "accepted" if o.member else "submitted")
    decided_at = factory.LazyAttribute(
        lambda o: o.last_activity_at if o.status in ("accepted", "declined") else None
    )


class UserFactory(factory.django.DjangoModelFactory):
    """A member's account on Mina sidor; hers, where she has one."""

    class Meta:
        model = User
        django_get_or_create = ["member"]

    class Params:
        long_ago = factory.Trait()

    member = factory.SubFactory(MemberFactory)


class StaffFactory(factory.django.DjangoModelFactory):
    """An employee; ``roles=[...]`` names groups of ``dsar.roles``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"handlaggare{n}@ledarna.example")
    name = "Handläggare"
    is_staff = True

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        if create and extracted:
            self.groups.set(Group.objects.filter(name__in=extracted))


class OutgoingMailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutgoingMail

    class Params:
        long_ago = factory.Trait(created_at=AGES_AGO)

    to = "anna@example.org"
    subject = "Besked"
    body = "Du har ett nytt besked."
    created_at = factory.LazyFunction(timezone.now)


class ToolResultFactory(factory.django.DjangoModelFactory):
    """A saved leader profile, all answers in the middle."""

    class Meta:
        model = ToolResult

    class Params:
        long_ago = factory.Trait(saved_at=AGES_AGO, last_opened_at=AGES_AGO)

    member = factory.SubFactory(MemberFactory)
    tool = ToolKey.LEADER_PROFILE
    inputs = factory.LazyFunction(lambda: {s.name: 3 for s in leader_profile.STATEMENTS})
    result = factory.LazyAttribute(lambda o: leader_profile.score(o.inputs))
    saved_at = factory.LazyFunction(timezone.now)
    last_opened_at = factory.SelfAttribute("saved_at")


class MembershipPeriodFactory(factory.django.DjangoModelFactory):
    """An earlier membership than the one that ``MemberFactory`` makes, long since ended."""

    class Meta:
        model = MembershipPeriod
        django_get_or_create = ("member", "started_on")

    class Params:
        long_ago = factory.Trait()

    member = factory.SubFactory(MemberFactory)
    started_on = dt.date(1990, 1, 1)
    ended_on = AGES_AGO.date()
    exit_reason = "own_request"


class FollowUpFactory(factory.django.DjangoModelFactory):
    """Contact about why the member left, after a membership that ended long ago."""

    class Meta:
        model = FollowUp

    class Params:
        long_ago = factory.Trait(period__long_ago=True)

    period = factory.SubFactory(MembershipPeriodFactory)
    purpose = FollowUp.Purpose.EXIT_SURVEY
    maximum = 2
