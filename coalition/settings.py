"""Settings, all from the environment (12-factor). docs/settings.md names each variable."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from coalition.embedded import addresses
from coalition.keys import development_keys
from coalition.logs import configure_structlog, logging_settings
from coalition.schedule import SCHEDULE

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = addresses.var_dir()
TESTING = "pytest" in sys.modules

# --- What kind of installation this is -------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# With nothing configured this is somebody's first look: development keys and a mailbox.
EMBEDDED = "DATABASE_URL" not in env.ENVIRON or env.bool("EMBEDDED", default=False)
_keys = development_keys(VAR / "keys.json") if EMBEDDED else {}

# Old keys, so that the links in mails go on when the key is changed: manage links never expire.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SECRET_KEY = env.str("SECRET_KEY", default=_keys.get("SECRET_KEY", ""))
HASH_KEY = env.str("HASH_KEY", default=_keys.get("HASH_KEY", "")).encode()
ADDRESS_KEYS = env.list("ADDRESS_KEYS", default=[k for k in [_keys.get("ADDRESS_KEYS")] if k])
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(SITE_URL).hostname or ""]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# Networks of the reverse proxies whose X-Forwarded-For and -Proto are believed; nobody else's.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
MAILBOX = env.bool(
    "MAILBOX",
    default=EMBEDDED and "EMAIL_URL" not in env.ENVIRON and not SITE_URL.startswith("https://"),
)
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=False)
# Whether every account may create coalitions, or only the installation's operators.
COALITIONS_OPEN = env.bool("COALITIONS_OPEN", default=SIGNUP_OPEN or EMBEDDED)
# How many threads a web process has; all but one may wait for a form to arrive.
WEB_THREADS = env.int("GRANIAN_BLOCKING_THREADS", default=4)

# --- Rooms -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "coalition",
    "deliveries",
    "verification",
    "signatories",
    "letters",
    "common",
    # Not the default, which registers every library's tables to be changed.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # For its OpenID Connect client only. No provider app stands here and no route of it is in
    # coalition/urls.py, so nobody logs in or signs up through a provider.
    "allauth.socialaccount",
    "csp",
    "django_countries",
    "django_htmx",
]
ROOT_URLCONF = "coalition.urls"
WSGI_APPLICATION = "coalition.wsgi.application"
AUTH_USER_MODEL = "letters.User"

MIDDLEWARE = [
    # Outermost: a public page that is in memory leaves before anything else is done, also before
    # the redirect to https, which is the proxy's part: the page is the same for everyone.
    "common.pagecache.PageCacheMiddleware",
    "common.bodylimit.BodyLimitMiddleware",
    # Before whatever reads a forwarded header.
    "common.network.ForwardedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.policy.PolicyMiddleware",
    "common.languages.PageLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.workspace.WorkspaceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
# Only for organisers' pages; allauth insists on standing in the list above.
WORKSPACE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# The admin does not look there for its middleware.
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coalition.accounts.signup_open",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Stores ----------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.db_url_config(env.str("DATABASE_URL", default=addresses.database_url(VAR))),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
REDIS_URL = env.str("REDIS_URL", default=addresses.redis_url(VAR))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR / "media"))

# --- The seal of dossiers --------------------------------------------------------------------
# A first look has one of its own, self-signed, made by `make run`.
DEVELOPMENT_SEAL = VAR / "seal.p12"
SEAL_PKCS12 = env.str(
    "SEAL_PKCS12", default=str(DEVELOPMENT_SEAL) if EMBEDDED and not TESTING else ""
)
SEAL_PASSPHRASE = env.str("SEAL_PASSPHRASE", default="")
# A time stamp authority (RFC 3161).
SEAL_TSA = env.str("SEAL_TSA", default="")

# --- Work ------------------------------------------------------------------------------------
# Celery names a Redis socket otherwise than redis-py does.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "letters.tasks.send_*": {"queue": "mail"},
    "verification.tasks.send_*": {"queue": "mail"},
    "deliveries.tasks.render_*": {"queue": "render"},
    "deliveries.tasks.send_*": {"queue": "mail"},
}
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Mail ------------------------------------------------------------------------------------
vars().update(env.email_url_config(env.str("EMAIL_URL", default=addresses.email_url(VAR))))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Coalition <letters@coalition.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where updates come back to, with a mark of each mail after a “+”; `take_bounce` reads them.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
# The secrets of a provider's webhooks, which tell what came back (docs/settings.md).
ANYMAIL = env.json("ANYMAIL", default={})
if ANYMAIL:
    INSTALLED_APPS.append("anymail")

# --- Languages -------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("de", _("German")),
    ("es", _("Spanish")),
    ("ar", _("Arabic")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "coalition.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- Accounts --------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "coalition.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "coalition.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "coalition.passkeys.AddPasskeyForm",
    "login_webauthn": "coalition.passkeys.LoginPasskeyForm",
}
MFA_TOTP_ISSUER = "Coalition"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith("http://localhost")
SOCIALACCOUNT_ADAPTER = "coalition.accounts.NoSocialAccounts"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# Where signatories may prove an account: docs/settings.md has the shape.
OPENID_PROVIDERS = env.json("OPENID_PROVIDERS", default=[])
OPENID_MINUTES = 10

# --- What browsers are told ------------------------------------------------------------------
_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_ENGINE = "coalition.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = _SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "coalition.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Limits ----------------------------------------------------------------------------------
# A sign form is under 20 KB; a body past this answers 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Only views that `takes_file` marks get a larger body; a file goes to the disk, never to memory.
FILE_UPLOAD_HANDLERS = [
    "common.uploads.MembersOnly",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Signatures let through in a window of 60 seconds, by what they come from.
THROTTLE_PER_MINUTE = {
    "address": env.int("THROTTLE_ADDRESS", default=6),
    "network": env.int("THROTTLE_NETWORK", default=60),
    "letter": env.int("THROTTLE_LETTER", default=60_000),
    "code_network": 10,
    "code_address": 20,
    "account_network": 10,
    "list_network": 6,
    "list_address": 3,
    "search": env.int("THROTTLE_SEARCH", default=60),
    "unchecked": env.int("THROTTLE_UNCHECKED", default=30),
    "unchecked_network": 6,
    "new_letter": 6,
    "manage": 20,
}
# Signatures in a minute above which senders are asked for a proof of work, for ten minutes: one
# network's, or a letter's where they are also far above what is usual for it. 0: never.
SURGE_PER_MINUTE = {
    "network": env.int("SURGE_NETWORK", default=30),
    "letter": env.int("SURGE_LETTER", default=3_000),
}
# How many hashes that takes at most; half of them in the mean.
SURGE_WORK = env.int("SURGE_WORK", default=50_000)
# Signatures of one network in a minute above which the others are flagged.
BURST_PER_MINUTE = env.int("BURST_NETWORK", default=20)
# Mails with organisers' updates, of all letters together, that leave in a minute.
UPDATES_PER_MINUTE = env.int("UPDATES_PER_MINUTE", default=600)
CONFIRMATION_LINK_AGE = 7 * 24 * 3600

# --- Static files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Logs ------------------------------------------------------------------------------------
configure_structlog()
LOGGING = logging_settings(
    level=env.str("LOG_LEVEL", default="INFO"),
    # Refused requests are the scanners' noise; failed ones (5xx) come with their traceback.
    request_level=env.str("REQUEST_LOG_LEVEL", default="ERROR"),
)
