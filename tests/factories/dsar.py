import datetime as dt

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from dsar.models import (
    AccessPackage,
    JournalEntry,
    LegalHold,
    Masking,
    PeriodChange,
    PlanLine,
    Receipt,
    SubjectRequest,
    SuspendedErasure,
)
from ledarna_gdpr import crypto
from ledarna_gdpr.privacy import MaskingGround
from tests.factories.members import AGES_AGO, MemberFactory, UserFactory


class SubjectRequestFactory(factory.django.DjangoModelFactory):
    """A request made while logged in on Mina sidor."""

    class Meta:
        model = SubjectRequest

    class Params:
        answered = factory.Trait(status="answered", closed_at=factory.LazyFunction(timezone.now))
        long_ago = factory.Trait(
            status="answered", received_at=AGES_AGO, decided_at=AGES_AGO, closed_at=AGES_AGO
        )

    kind = SubjectRequest.Kind.ACCESS
    channel = SubjectRequest.Channel.MY_PAGES
    identification = SubjectRequest.Identification.LOGGED_IN
    member = factory.SubFactory(MemberFactory)
    received_at = factory.LazyFunction(timezone.now)


class MaskingFactory(factory.django.DjangoModelFactory):
    """One passage of a record of the answer that was masked."""

    class Meta:
        model = Masking

    class Params:
        long_ago = factory.Trait(request__long_ago=True)

    request = factory.SubFactory(SubjectRequestFactory, answered=True)
    model = "members.Fee"
    record = 1
    field = "amount"
    ground = MaskingGround.OTHER_PERSON
    count = 1


class SuspendedErasureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SuspendedErasure

    class Params:
        long_ago = factory.Trait(since=AGES_AGO)

    member = factory.SubFactory(MemberFactory)
    model = "members.Fee"
    record = factory.Sequence(lambda n: 10**9 + n)
    since = factory.LazyFunction(timezone.now)


class PartOfARequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    class Params:
        long_ago = factory.Trait(request__long_ago=True)

    request = factory.SubFactory(SubjectRequestFactory, answered=True)


class AccessPackageFactory(PartOfARequestFactory):
    """An answer that nobody has fetched."""

    class Meta:
        model = AccessPackage

    class Params:
        long_ago = factory.Trait(request__long_ago=True, made_at=AGES_AGO)

    member = factory.SubFactory(MemberFactory)
    request = factory.SubFactory(
        SubjectRequestFactory,
        member=factory.SelfAttribute("..member"),
        answered=True,
    )
    file = factory.LazyFunction(lambda: ContentFile(crypto.encrypt(b"PK"), "package"))
    sha256 = factory.Sequence(lambda n: f"{n:064d}")
    made_at = factory.LazyFunction(timezone.now)


class PlanLineFactory(PartOfARequestFactory):
    class Meta:
        model = PlanLine

    model = "members.Fee"
    outcome = "erased"
    count = 1


class JournalEntryFactory(PartOfARequestFactory):
    class Meta:
        model = JournalEntry

    step = "ledger"


class ReceiptFactory(PartOfARequestFactory):
    class Meta:
        model = Receipt

    class Params:
        long_ago = factory.Trait(request__long_ago=True, at=AGES_AGO)

    at = factory.LazyFunction(timezone.now)
    model = "members.Fee"
    outcome = "erased"
    count = 1


class LegalHoldFactory(factory.django.DjangoModelFactory):
    """Everything of a member is held, through today."""

    class Meta:
        model = LegalHold

    class Params:
        long_ago = factory.Trait(set_on=AGES_AGO.date(), until=AGES_AGO.date())

    member = factory.SubFactory(MemberFactory)
    reason = "Tvist om uppsägning pågår"
    set_on = factory.LazyFunction(timezone.localdate)
    until = factory.LazyFunction(timezone.localdate)


class PeriodChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PeriodChange

    class Params:
        long_ago = factory.Trait(proposed_at=dt.datetime(1990, 1, 1, tzinfo=dt.UTC))

    rule = "R1"
    months = 11
    reason = "Kortare tid räcker för återinträde"
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = factory.LazyFunction(timezone.now)
