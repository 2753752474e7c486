"""What hangs on an account, the libraries' tables included, and what it has done."""

import datetime as dt

import factory
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from members.models import ImportIssue, ImportJob, LoginRecord, ReadLog, Session, User
from tests.factories.members import AGES_AGO, UserFactory


class OnAnAccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    class Params:
        long_ago = factory.Trait()  # goes with the account

    user = factory.SubFactory(UserFactory)


class EmailAddressFactory(OnAnAccountFactory):
    class Meta:
        model = EmailAddress

    email = factory.Sequence(lambda n: f"annan{n}@example.org")


class EmailConfirmationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EmailConfirmation

    class Params:
        long_ago = factory.Trait()

    email_address = factory.SubFactory(EmailAddressFactory)
    key = factory.Sequence(lambda n: f"key{n}")


class AuthenticatorFactory(OnAnAccountFactory):
    class Meta:
        model = Authenticator

    type = "totp"
    data = factory.LazyFunction(lambda: {"secret": "x"})


class SocialAccountFactory(OnAnAccountFactory):
    class Meta:
        model = SocialAccount

    provider = "x"
    uid = factory.Sequence(lambda n: f"uid{n}")


class SocialTokenFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SocialToken

    class Params:
        long_ago = factory.Trait()

    account = factory.SubFactory(SocialAccountFactory)
    token = "x"
    token_secret = "x"


class SessionFactory(OnAnAccountFactory):
    class Meta:
        model = Session

    session_key = factory.Sequence(lambda n: f"session{n}")
    session_data = "x"
    expire_date = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(hours=8))


class User_groupsFactory(OnAnAccountFactory):
    class Meta:
        model = User.groups.through

    group = factory.LazyFunction(lambda: Group.objects.get(name="Kommunikation"))


class User_user_permissionsFactory(OnAnAccountFactory):
    class Meta:
        model = User.user_permissions.through

    permission = factory.LazyFunction(lambda: Permission.objects.get(codename="view_session"))


class LoginRecordFactory(OnAnAccountFactory):
    class Meta:
        model = LoginRecord

    class Params:
        long_ago = factory.Trait(at=AGES_AGO)

    at = factory.LazyFunction(timezone.now)
    method = "code"
    succeeded = True


class ReadLogFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReadLog

    class Params:
        long_ago = factory.Trait(at=AGES_AGO)

    at = factory.LazyFunction(timezone.now)
    actor_id = None
    subject_id = factory.Sequence(lambda n: 10**9 + n)
    view = "x"
    purpose = "x"


class ImportJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportJob

    class Params:
        long_ago = factory.Trait(created_at=AGES_AGO)

    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)


class ImportIssueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportIssue

    class Params:
        long_ago = factory.Trait(job__long_ago=True)

    job = factory.SubFactory(ImportJobFactory)
    row = factory.Sequence(lambda n: n + 1)
    message = "x"
