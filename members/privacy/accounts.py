"""Accounts and what hangs on them: addresses, second factors, roles, sessions, log-ins."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, Empty, PersonalData, Source, Until, With
from members import purposes, rules
from members.models import LoginRecord, Session, User

SECRET = _("It would let a reader of the answer log in as you (Art. 32).")


@privacy.register(User)
class UserData(PersonalData):
    purpose = purposes.ACCOUNTS
    subject = "member"
    fields = {
        "email": Category.CONTACT,
        "name": Category.IDENTITY,
        "member": Category.MEMBERSHIP,
        "password": Category.CREDENTIALS,
        "last_login": Category.ACTIVITY,
        "date_joined": Category.ACTIVITY,
    }
    technical = {"id", "is_active", "is_staff", "is_superuser"}
    withheld = {"password": SECRET}
    source = Source.SUBJECT
    retention = (With("member", rules.R1),)


class AccountData(PersonalData):
    """What hangs on an account and goes with it."""

    purpose = purposes.ACCOUNTS
    subject = "user__member"
    technical = {"id"}
    source = Source.SUBJECT
    retention = (With("user"),)
    owner_may_delete = True


@privacy.register(EmailAddress)
class EmailAddressData(AccountData):
    fields = {"email": Category.CONTACT, "user": Category.MEMBERSHIP}
    technical = {"id", "verified", "primary"}


@privacy.register(EmailConfirmation)
class EmailConfirmationData(AccountData):
    subject = "email_address__user__member"
    fields = {"key": Category.CREDENTIALS, "email_address": Category.CONTACT}
    technical = {"id", "created", "sent"}
    withheld = {"key": SECRET}
    retention = (With("email_address"),)


@privacy.register(Authenticator)
class AuthenticatorData(AccountData):
    fields = {
        "user": Category.MEMBERSHIP,
        "type": Category.CREDENTIALS,
        "data": Category.CREDENTIALS,
        "created_at": Category.ACTIVITY,
        "last_used_at": Category.ACTIVITY,
    }
    withheld = {"data": SECRET}


@privacy.register(SocialAccount)
class SocialAccountData(AccountData):
    fields = {
        "user": Category.MEMBERSHIP,
        "provider": Category.CREDENTIALS,
        "uid": Category.CREDENTIALS,
        "extra_data": Category.CREDENTIALS,
        "last_login": Category.ACTIVITY,
        "date_joined": Category.ACTIVITY,
    }


@privacy.register(SocialToken)
class SocialTokenData(AccountData):
    subject = "account__user__member"
    fields = {
        "account": Category.MEMBERSHIP,
        "token": Category.CREDENTIALS,
        "token_secret": Category.CREDENTIALS,
    }
    technical = {"id", "app", "expires_at"}
    withheld = {"token": SECRET, "token_secret": SECRET}
    retention = (With("account"),)


@privacy.register(User.groups.through)
class UserGroupData(AccountData):
    fields = {"user": Category.MEMBERSHIP}
    technical = {"id", "group"}
    owner_may_delete = False


@privacy.register(User.user_permissions.through)
class UserPermissionData(AccountData):
    fields = {"user": Category.MEMBERSHIP}
    technical = {"id", "permission"}
    owner_may_delete = False


@privacy.register(Session)
class SessionData(AccountData):
    fields = {
        "session_key": Category.CREDENTIALS,
        "session_data": Category.CREDENTIALS,
        "user": Category.MEMBERSHIP,
    }
    technical = {"expire_date"}
    withheld = {"session_key": SECRET, "session_data": SECRET}
    retention = (Until("expire_date", rules.ENDED), With("user"))


@privacy.register(LoginRecord)
class LoginRecordData(AccountData):
    purpose = purposes.SECURITY
    fields = {
        "user": Category.MEMBERSHIP,
        "at": Category.ACTIVITY,
        "method": Category.ACTIVITY,
        "ip_address": Category.ACTIVITY,
        "succeeded": Category.ACTIVITY,
    }
    source = Source.SYSTEM
    retention = (
        After("at", rules.R31_ADDRESS, only=Q(ip_address__isnull=False)).then(
            Empty(fields={"ip_address"})
        ),
        After("at", rules.R31),
        After("at", rules.R31_FAILED, only=Q(succeeded=False)),
        With("user"),
    )
    owner_may_delete = False


privacy.not_personal(
    ContentType, Permission, Group, Group.permissions.through,
    because=_("Names of tables and of roles; who has a role is declared with the account."),
)  # fmt: skip
privacy.not_personal(
    SocialApp, because=_("The organisation's own client identities at log-in services.")
)
