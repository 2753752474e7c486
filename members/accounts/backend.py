from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from members.accounts import holders


class AddressBackend(AuthenticationBackend):
    """Password log-in. Each attempt costs the same queries and one hashing, known or unknown:
    the library hashes for nobody where there is no account, Django where it has no password."""

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        return self._check_password(holders.with_address(email), password)
