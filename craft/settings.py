"""Settings of Craft, all from the environment (README.md has the table). Nothing insecure by default."""

import logging
import os
from pathlib import Path

from craft import configuration as conf
from craft import logs
from craft.libraries import oauth_toolkit
from craft.libraries.allauth import *  # noqa: F403  settings, which no variable changes
from craft.libraries.csp import content_security_policy
from craft.libraries.oauth_toolkit import *  # noqa: F403  likewise
from craft.libraries.passwords import *  # noqa: F403  likewise
from craft.libraries.permissions_policy import *  # noqa: F403  likewise
from craft.libraries.rest_framework import *  # noqa: F403  likewise
from craft.lifetimes import *  # noqa: F403  likewise

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = conf.read_env_file(BASE_DIR / ".env")

# --- Addresses. Allowed hosts, cookies, trusted origins and links in mails follow from these three.
HOST = conf.text("HOST")
PORT = conf.number("PORT", 8000, least=1, most=65535)
_web = conf.origin("WEB_URL", f"http://localhost:{PORT}")
_api = conf.origin("API_URL", _web.geturl())
_preview = conf.origin("PREVIEW_URL", f"http://preview.localhost:{PORT}")
conf.check_hosts(_web, _api, _preview, preview_is_set=conf.is_set("PREVIEW_URL"))
WEB_URL, API_URL, PREVIEW_URL = _web.geturl(), _api.geturl(), _preview.geturl()
WEB_HOST, API_HOST, PREVIEW_HOST = str(_web.hostname), str(_api.hostname), str(_preview.hostname)
IS_LOCAL = conf.is_local(WEB_HOST)

SECRET_KEY = conf.secret_key()
SECRET_KEY_FALLBACKS = conf.secret_key_fallbacks()
ENCRYPTION_KEYS = conf.encryption_keys([SECRET_KEY, *SECRET_KEY_FALLBACKS], is_local=IS_LOCAL)
DEBUG = conf.flag("DEBUG", default=False)
WORKERS = conf.number("WORKERS", (os.cpu_count() or 1) if conf.cache_url() else 1, least=1, most=256)
THREADS = conf.number("THREADS", 4, least=1, most=256)
ALLOWED_HOSTS = [*conf.allowed_hosts(_web, _api), f".{PREVIEW_HOST}"]
ROOT_URLCONF = "craft.urls"
WSGI_APPLICATION = "craft.wsgi.application"

INSTALLED_APPS = [
    "craft",
    "accounts",
    "apikeys",
    "api",
    "api.oauth",
    "api.projects",
    "oauth2_provider",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.apps.ListedSessionsConfig",
    "accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
# --- Metrics: on a port of their own, off unless that is set
METRICS_PORT = conf.number("METRICS_PORT", 0, least=0, most=65535)
METRICS_HOST = conf.text("METRICS_HOST", "127.0.0.1")

# Those of ours come first: they name the request, then answer the probes and the API before anything made for
# pages runs.
FORCE_SCRIPT_NAME = ""  # each host is served from its root; Django would look for another one at each request
MIDDLEWARE = [
    "api.draining.DrainBodyMiddleware",
    "api.middleware.RequestIDMiddleware",
    "craft.health.ProbesMiddleware",
    "api.middleware.APIMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "api.middleware.HostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.web.ended_sessions.EndedSessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.web.middleware.PrivatePagesMiddleware",
    "accounts.web.middleware.LastSeenMiddleware",
    "accounts.web.middleware.RefusedMethodMiddleware",
]
if METRICS_PORT:
    MIDDLEWARE.insert(0, "craft.metrics.middleware.MetricsMiddleware")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "accounts.templatetags.page_tags",
                "accounts.templatetags.time_tags",
                "craft.navigation",
                "craft.makers",
                "craft.destinations",
                "craft.holdings",
                "craft.docs.examples",
                "craft.docs.markup",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Database
DATABASES = {"default": conf.database()}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN, so that two writers wait instead of failing half way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"] |= {
        "ENGINE": "accounts.utils.postgresql",  # Django's, with an end to every wait
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
    # The server plans a statement once, at its fifth run. A pooler in transaction mode loses what is
    # prepared: behind one, DATABASE_URL ends in ?prepare_threshold=off.
    _options: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 5}
    _options |= DATABASES["default"].get("OPTIONS", {})  # type: ignore[call-overload]  # a dict, by environ
    if _options["prepare_threshold"] == "off":
        _options["prepare_threshold"] = None
    DATABASES["default"]["OPTIONS"] = _options
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: throttling of sign-in. Sessions are rows in the database and never cached.
REDIS_URL = conf.cache_url()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {"BACKEND": "accounts.utils.cache.SharedCache", "LOCATION": REDIS_URL}

# --- Rate limits of /v1: exact across processes with Redis, else within one process
RATE_LIMITS = conf.rate_limits()

# --- Proxies and transport. Forwarded headers count only when a proxy is said to be trusted.
TRUSTED_PROXY_COUNT = conf.number("TRUSTED_PROXY_COUNT", 0, least=0, most=10)
IS_HTTPS = _web.scheme == "https"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
elif IS_HTTPS:
    logging.getLogger("craft").warning(
        "WEB_URL is https but TRUSTED_PROXY_COUNT is 0: client addresses are the proxy's own. "
        "Set it to the number of proxies in front."
    )
SECURE_SSL_REDIRECT = IS_HTTPS and TRUSTED_PROXY_COUNT > 0
SECURE_HSTS_SECONDS = 2 * 365 * 86400 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # HSTS preload is a promise for the whole domain, the operator's to make
]

# --- Cookies: host-only on one host; shared with the API host where it lies below the web host.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = WEB_HOST if API_HOST != WEB_HOST else None
SESSION_ENGINE = "accounts.sessions"
SESSION_IDLE_SECONDS = 86_400 * conf.number("SESSION_IDLE_DAYS", 14, least=1, most=3650)  # since last seen
SESSION_SECONDS = 86_400 * conf.number("SESSION_DAYS", 90, least=1, most=3650)  # since the sign-in
SESSION_COOKIE_AGE = SESSION_SECONDS  # allauth sets it at sign-in; the server judges
CSRF_TRUSTED_ORIGINS = [WEB_URL]
CSRF_FAILURE_VIEW = "accounts.web.error_pages.csrf_failure"

# --- Content Security Policy. A script of ours may call the API, also where that has a host of its own.
CONTENT_SECURITY_POLICY = content_security_policy(API_URL if API_HOST != WEB_HOST else None)

# --- People: sign-up, sign-in, reset and re-authentication by django-allauth
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Passkeys need https, or http on this machine. Their origin is judged by accounts.signin.factors.passkeys.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOCAL and not IS_HTTPS

# --- API and OAuth 2.0, beside what craft.libraries has
OAUTH2_PROVIDER = {**oauth_toolkit.OAUTH2_PROVIDER, "OIDC_ISS_ENDPOINT": WEB_URL}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # 2.5 MB; a larger JSON body is 413
USAGE_FLUSH_SECONDS: float | None = 3.0  # how long a last use may wait in the process before it is written

# --- Mail: written to an outbox, sent by a thread of each serving process and by housekeeping
vars().update(conf.email())
EMAIL_TIMEOUT = 20  # seconds for each answer of the mail server; no request waits for it
MAIL_POLL_SECONDS: float | None = (
    2.0  # how soon a mail is seen that another process queued or that is due again
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = conf.email_from(WEB_HOST)

# --- Static files: served from where they lie on a developer's machine, collected and hashed elsewhere
STATIC_URL = "/static/"
STATIC_ROOT = None if IS_LOCAL else BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = IS_LOCAL
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # robots.txt and what else browsers ask for at /

# --- Files of projects: never among what is served as static, only through /v1 and the preview host
FILE_MAX_BYTES = conf.number("FILE_MAX_BYTES", 100 * 2**20, least=1, most=2**40)
FILES_PER_PROJECT = conf.number("FILES_PER_PROJECT", 10_000, least=1, most=10**6)
DEPLOYMENTS_PER_PROJECT = conf.number("DEPLOYMENTS_PER_PROJECT", 1_000, least=1, most=10**6)
STORAGE_BYTES = conf.storage_bytes()
STORAGES = {
    "default": conf.storage(BASE_DIR / "data" / "files"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Addresses that pages name where they are set
ABUSE_URL = conf.link("ABUSE_URL")  # where the preview host's error page says to report a page
TERMS_URL = conf.link("TERMS_URL")
PRIVACY_URL = conf.link("PRIVACY_URL")
SUPPORT_EMAIL = conf.mailbox("SUPPORT_EMAIL")
SECURITY_CONTACT = conf.contact("SECURITY_CONTACT")  # in /.well-known/security.txt

# --- Words and time: one language, UTC everywhere
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "craft.formats"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Log
LOGGING = logs.configuration(conf.choice("LOG_FORMAT", ("text", "json")))
SENTRY_DSN = conf.sentry_dsn()  # where errors are reported to, scrubbed; "" for nowhere
