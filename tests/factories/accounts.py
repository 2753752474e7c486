"""What hangs on an account, the libraries' tables included, and what it has done."""

import factory
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from members.models import ImportJob, User
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


class SocialAccountFactory(OnAnAccountFactory):
    class Meta:
        model = SocialAccount

    provider = "x"
    uid = factory.Sequence(lambda n: f"uid{n}")


class User_groupsFactory(OnAnAccountFactory):
    class Meta:
        model = User.groups.through

    group = factory.LazyFunction(lambda: Group.objects.get(name="Kommunikation"))


class User_user_permissionsFactory(OnAnAccountFactory):
    class Meta:
        model = User.user_permissions.through

    permission = factory.LazyFunction(lambda: Permission.objects.get(codename="view_session"))


class ImportJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportJob

    class Params:
        long_ago = factory.Trait(created_at=AGES_AGO)

    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)
