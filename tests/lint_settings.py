"""The product's settings with the migration linter, which is a Django app, for ``.ci/run``."""

from ledarna_gdpr.settings import *  # noqa: F403
from ledarna_gdpr.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
