"""Settings of the test run: Craft's own from a fixed environment, with what costs tests time taken out."""

import os
from urllib.parse import urlencode, urlsplit

# Nothing of the developer's machine may change a result: neither .env nor a variable of the shell.
os.environ["CRAFT_ENV_FILE"] = ""
for _name in (
    *("WEB_URL", "API_URL", "PREVIEW_URL", "HOST", "PORT", "WORKERS", "THREADS", "TRUSTED_PROXY_COUNT"),
    *("DEBUG", "LOG_FORMAT", "ENCRYPTION_KEYS", "EMAIL_URL", "EMAIL_FROM", "RATE_LIMITS", "ABUSE_URL"),
    *("TERMS_URL", "PRIVACY_URL", "SUPPORT_EMAIL", "SECURITY_CONTACT"),
    *("METRICS_PORT", "METRICS_HOST", "SENTRY_DSN"),
    *("STORAGE_URL", "FILE_MAX_BYTES", "FILES_PER_PROJECT", "DEPLOYMENTS_PER_PROJECT", "STORAGE_BYTES"),
    *("SESSION_IDLE_DAYS", "SESSION_DAYS", "SECRET_KEY_FALLBACKS"),
):
    os.environ.pop(_name, None)
os.environ["SECRET_KEY"] = "for-tests-only-" + "0123456789abcdef" * 4
# DATABASE_URL and REDIS_URL come from tests/services.py; without them: SQLite and the process's memory.

# Every pytest-xdist worker has a Redis database to itself, as Django gives it an SQL database.
if os.environ.get("REDIS_URL"):
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
    _query = urlencode({"db": int(_worker) + 1})
    # Not geturl(): it drops the two slashes of unix:///path
    _url = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = f"{_url.scheme}://{_url.netloc}{_url.path}?{_query}"

from craft.settings import *  # noqa: E402, F403  after the environment is fixed

INSTALLED_APPS += ["tests"]  # noqa: F405  for its `flush`, which is quicker
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A static file is looked for when it is asked for. To read all of them is most of the work of a new client.
WHITENOISE_AUTOREFRESH = True
MAIL_POLL_SECONDS = None  # the tests send what is queued, see tests/mailbox.py
USAGE_FLUSH_SECONDS = None  # the tests flush the usage buffer; no thread does it behind their back

# Where tests/services.py has a migrated database made, each worker's is a copy of it.
if _template := os.environ.get("DATABASE_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": _template}  # noqa: F405
