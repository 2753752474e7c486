import datetime as dt

import factory
from django.utils import timezone

from members.models import (
    Bounce,
    Consent,
    ConsentWording,
    Mailing,
    MailingRecipient,
    Objection,
    Suppression,
    UnsubscribeLink,
    User,
    Withdrawal,
)
from tests.factories.members import AGES_AGO, MemberFactory


class ConsentWordingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentWording
        django_get_or_create = ["key", "sha256"]

    key = "offers.email"
    version = 1
    text = "Ja, ni får skicka erbjudanden till mig."
    sha256 = factory.LazyAttribute(lambda o: ConsentWording.hash_of(o.text))


class ConsentFactory(factory.django.DjangoModelFactory):
    """A yes to offers by e-mail, standing."""

    class Meta:
        model = Consent

    class Params:
        long_ago = factory.Trait(given_at=AGES_AGO)

    member = factory.SubFactory(MemberFactory)
    key = "offers.email"
    wording = factory.SubFactory(ConsentWordingFactory)
    notice_version = "2026-01"
    given_at = factory.LazyFunction(timezone.now)
    how = "my_pages"


class WithdrawalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Withdrawal

    class Params:
        long_ago = factory.Trait(
            withdrawn_at=AGES_AGO + dt.timedelta(days=1), consent__long_ago=True
        )

    consent = factory.SubFactory(ConsentFactory)
    withdrawn_at = factory.LazyFunction(timezone.now)
    how = "my_pages"


class ObjectionFactory(factory.django.DjangoModelFactory):
    """A no to newsletters by e-mail."""

    class Meta:
        model = Objection

    class Params:
        long_ago = factory.Trait(made_at=AGES_AGO)

    member = factory.SubFactory(MemberFactory)
    topic = "newsletter"
    channel = "email"
    made_at = factory.LazyFunction(timezone.now)
    how = "my_pages"


class SuppressionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Suppression

    hash = factory.Sequence(lambda n: f"{n:064x}")
    topic = "newsletter"
    channel = "email"
    since = factory.LazyFunction(timezone.now)
    reviewed_at = factory.SelfAttribute("since")


class UnsubscribeLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnsubscribeLink

    class Params:
        long_ago = factory.Trait()

    member = factory.SubFactory(MemberFactory)
    topic = "newsletter"
    channel = "email"


class AuthorFactory(factory.django.DjangoModelFactory):
    """An employee; or the account that a member has, where one is asked for."""

    class Meta:
        model = User

    member = None
    is_staff = factory.LazyAttribute(lambda o: o.member is None)

    @classmethod
    def _create(cls, model, *args, **kwargs):
        known = model.objects.filter(member=kwargs["member"]) if kwargs["member"] else ()
        return next(iter(known), None) or super()._create(model, *args, **kwargs)


class MailingFactory(factory.django.DjangoModelFactory):
    """A draft of a newsletter to everyone."""

    class Meta:
        model = Mailing

    class Params:
        long_ago = factory.Trait(created_at=AGES_AGO)

    purpose = "newsletter"
    audience = "everyone"
    subject = "Nytt från förbundet"
    body = "Det här har hänt i höst."
    created_by = factory.SubFactory(AuthorFactory)
    created_at = factory.LazyFunction(timezone.now)


class MailingRecipientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailingRecipient

    class Params:
        long_ago = factory.Trait(mailing__long_ago=True)

    mailing = factory.SubFactory(MailingFactory, created_by=None)
    member = factory.SubFactory(MemberFactory)


class BounceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Bounce

    class Params:
        long_ago = factory.Trait(at=AGES_AGO)

    member = factory.SubFactory(MemberFactory)
    address = factory.LazyAttribute(lambda o: o.member.email)
    at = factory.LazyFunction(timezone.now)
