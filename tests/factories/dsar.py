import factory
from django.utils import timezone

from dsar.models import SubjectRequest
from tests.factories.members import MemberFactory


class SubjectRequestFactory(factory.django.DjangoModelFactory):
    """A request made while logged in on Mina sidor."""

    class Meta:
        model = SubjectRequest

    kind = SubjectRequest.Kind.ACCESS
    channel = SubjectRequest.Channel.MY_PAGES
    identification = SubjectRequest.Identification.LOGGED_IN
    member = factory.SubFactory(MemberFactory)
    received_at = factory.LazyFunction(timezone.now)
