import datetime as dt

import factory
from django.utils import timezone

from dsar.models import Masking, SubjectRequest, SuspendedErasure
from ledarna_gdpr.privacy import MaskingGround
from tests.factories.members import MemberFactory

#: So long ago that every rule's period has run out.
AGES_AGO = timezone.make_aware(dt.datetime(1999, 6, 30, 12))


class SubjectRequestFactory(factory.django.DjangoModelFactory):
    """A request made while logged in on Mina sidor."""

    class Meta:
        model = SubjectRequest

    class Params:
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

    request = factory.SubFactory(SubjectRequestFactory)
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
