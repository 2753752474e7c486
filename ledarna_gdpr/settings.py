"""One file; the environment decides. ``.env.example`` explains every variable.

Without any environment these are the embedded defaults: SQLite, a broker of plain files, keys
that everyone can read here. ``PRODUCTION=true`` refuses all three.
"""

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env("ENV_FILE", default=str(BASE_DIR / ".env")))

PRODUCTION = env.bool("PRODUCTION", default=False)
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var")))

# --- secrets ----------------------------------------------------------------------------------

EMBEDDED_SECRET = "embedded-default-that-production-refuses"  # noqa: S105 - refused below
SECRET_KEY = env("SECRET_KEY", default=EMBEDDED_SECRET * 2)
#: Encrypts personnummer, second factors and packages. The first key encrypts, all decrypt.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[EMBEDDED_SECRET])
#: Keys the hashes by which personnummer and addresses are looked up. It cannot be changed
#: without computing every hash again.
LOOKUP_KEY = env("LOOKUP_KEY", default=EMBEDDED_SECRET)
#: Keys the tokens of the erasure ledger. As long-lived as the oldest backup.
LEDGER_KEY = env("LEDGER_KEY", default=EMBEDDED_SECRET)

# --- web --------------------------------------------------------------------------------------

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "ledarna_gdpr.urls"
WSGI_APPLICATION = "ledarna_gdpr.wsgi.application"

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = int(dt.timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(dt.timedelta(hours=8).total_seconds())
SESSION_ENGINE = "members.sessions"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *env.list("FORM_ACTION_ORIGINS", default=[])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "dsar",
    "cases",
    "courses",
    "members",
    "ledarna_gdpr.apps.LedarnaConfig",
    "ledarna_gdpr.privacy",
    "ledarna_gdpr.apps.WorkDeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ledarna_gdpr.middleware.KeepPagesPrivate",
    "csp.middleware.CSPMiddleware",
    "dsar.middleware.LedgerInterlock",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.accounts.middleware.RequireSecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ledarna_gdpr.context.organisation",
            ],
        },
    }
]

# --- language ---------------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_I18N = USE_TZ = True

# --- database and files -----------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USES_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if USES_SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None  # collected for production alone
STATICFILES_DIRS = [BASE_DIR / "ledarna_gdpr" / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_ROOT = DATA_DIR / "media"  # never served: files leave through a view that checks access
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_PERMISSIONS = 0o600
#: The largest file that somebody attaches to a case.
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", default=15)
#: What may be kept is never put on disk unencrypted on its way in.
FILE_UPLOAD_MAX_MEMORY_SIZE = (ATTACHMENT_MAX_MB + 1) * 1024 * 1024
S3_BUCKET = env("S3_BUCKET", default="")
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env("S3_ENDPOINT_URL", default=None),
                "default_acl": "private",
                "file_overwrite": False,
            },
        }
        if S3_BUCKET
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
#: One line for each erasure, append-only, kept apart from the database and its backups.
ERASURE_LEDGER = Path(env("ERASURE_LEDGER", default=str(DATA_DIR / "ledger" / "erasures.jsonl")))

# --- work in the background -------------------------------------------------------------------

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache",
            # Beyond this it throws entries away at random, the counts of the brakes among them.
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    )
}
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    #: Longer than the longest chunk of work, or Redis hands the same task out twice.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"visibility_timeout": 3600}
else:
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT = "ledarna_gdpr.filebroker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(DATA_DIR / "queue"), "polling_interval": 0.1}
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "dsar.tasks.sweep", "schedule": crontab(hour=2, minute=0)},
    "follow-up-exits": {
        "task": "members.tasks.follow_up_exits",
        "schedule": crontab(hour=10, minute=0),
    },
    "resume-erasures": {"task": "dsar.tasks.resume_erasures", "schedule": 300},
    "resume-packages": {"task": "dsar.tasks.resume_packages", "schedule": 300},
    "resume-imports": {"task": "members.tasks.resume_imports", "schedule": 300},
    "resume-mailings": {"task": "members.tasks.resume_mailings", "schedule": 60},
    "resume-mail": {"task": "members.tasks.resume_mail", "schedule": 60},
    "resume-reports": {"task": "courses.tasks.resume_reports", "schedule": 300},
    "resume-messages": {"task": "courses.tasks.resume_messages", "schedule": 300},
    "resume-surveys": {"task": "courses.tasks.resume_surveys", "schedule": 300},
}

# --- mail -------------------------------------------------------------------------------------

#: Every mail becomes a row that a worker delivers: a page answers as fast whether or not it sends.
EMAIL_BACKEND = "members.mail.QueueBackend"
#: Where the worker delivers, smtp+tls://user:password@host:port. Without it mail stays readable
#: at /demo/mail/, which only exists then.
DELIVERY_URL = env("DELIVERY_URL", default="")
DELIVERY = env.email_url_config(DELIVERY_URL) if DELIVERY_URL else {}
DEFAULT_FROM_EMAIL = env("FROM_EMAIL", default="dataskydd@ledarna.example")

#: Where the product is reached from outside, for the links in mail.
PUBLIC_URL = env(
    "PUBLIC_URL",
    default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000",
).rstrip("/")

# --- accounts ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["members.accounts.backend.AddressBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_pages"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
#: How many proxies of ours stand before the application; only their X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=PRODUCTION)
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
MFA_ADAPTER = "members.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost has passkeys too
MFA_TOTP_ISSUER = "Ledarna"
MFA_FORMS = {
    "add_webauthn": "members.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "members.accounts.forms.RenamePasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "members.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = False
#: OpenID Connect providers as JSON; see .env.example.
OIDC_PROVIDERS = env.json("OIDC_PROVIDERS", default=[])
# The log-in form is sent on to the provider, which the browser must allow.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += [
    "{0.scheme}://{0.netloc}".format(urlsplit(provider["server_url"]))
    for provider in OIDC_PROVIDERS
]

# --- history and import -----------------------------------------------------------------------

SIMPLE_HISTORY_REVERT_DISABLED = True  # a revert would bring erased values back
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
IMPORT_EXPORT_USE_TRANSACTIONS = True

# --- the controller (Art. 13(1)(a)) -----------------------------------------------------------

#: Feeds the notice, letters and the Art. 30 register; the check refuses a wrong number.
CONTROLLER = {
    "name": env("CONTROLLER_NAME", default="Ledarna"),
    "organisation_number": env("CONTROLLER_NUMBER", default="802000-1833"),
    "address": env("CONTROLLER_ADDRESS", default="Box 12069, 102 22 Stockholm"),
    "telephone": env("CONTROLLER_TELEPHONE", default="0200-87 11 11"),
}

# --- contact after exit -----------------------------------------------------------------------

#: How many times somebody who left is asked whether she wants to return, within twelve months.
WIN_BACK_TIMES = env.int("WIN_BACK_TIMES", default=2)
#: Where the survey about why members leave is answered. Without it they are asked to call.
EXIT_SURVEY_URL = env("EXIT_SURVEY_URL", default="")

# --- digital tools ----------------------------------------------------------------------------

#: Statistics tell of no group with fewer people. It can be raised, not lowered.
SMALLEST_CELL = max(5, env.int("SMALLEST_CELL", default=5))

# --- logging ----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "ledarna_gdpr.logging.MaskPersonalData"}},
    "formatters": {"line": {"()": "ledarna_gdpr.logging.LineFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["mask"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "fido2": {"level": "WARNING"},  # otherwise it names each passkey
    },
}

# --- production refuses the embedded defaults -------------------------------------------------

if PRODUCTION:
    secrets = {
        "SECRET_KEY": SECRET_KEY,
        "LOOKUP_KEY": LOOKUP_KEY,
        "LEDGER_KEY": LEDGER_KEY,
        "ENCRYPTION_KEYS": "".join(ENCRYPTION_KEYS),
    }
    refused = [
        f"{name} is missing or the embedded default"
        for name, value in secrets.items()
        if not value or EMBEDDED_SECRET in value
    ]
    if len(set(secrets.values())) < len(secrets):
        refused.append("the four secrets must differ")
    if USES_SQLITE:
        refused.append("DATABASE_URL must name a PostgreSQL database")
    if not REDIS_URL:
        refused.append("REDIS_URL is missing")
    if not env("ERASURE_LEDGER", default=""):
        refused.append("ERASURE_LEDGER must name a file outside the database's backups")
    if not DELIVERY_URL:
        refused.append("DELIVERY_URL is missing")
    if refused:
        raise ImproperlyConfigured("Production refuses to start: " + "; ".join(refused) + ".")
