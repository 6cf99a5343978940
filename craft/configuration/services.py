"""The services that Craft uses: database, Redis, mail."""

import re
import warnings
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from craft.configuration.environment import env

PROJECT_FOLDER = Path(__file__).resolve().parents[2]


def database() -> dict[str, object]:
    """DATABASE_URL as Django's dict: SQLite in the project's folder unless it names another."""
    url: str = env.str("DATABASE_URL", default=f"sqlite:///{PROJECT_FOLDER / 'db.sqlite3'}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they repeat the value, password and all
            config: dict[str, object] = env.db_url_config(url) if url else {}
    except (ValueError, ImproperlyConfigured):
        config = {"ENGINE": "django.db.backends.postgresql"}
    if config.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
    if not config.get("NAME"):
        # The value is not repeated: it may hold a password.
        raise ImproperlyConfigured(
            "DATABASE_URL is malformed. Write it as postgres://user:password@host/name, "
            "with / : @ # ? and % in the password as %2F %3A %40 %23 %3F %25."
        )
    return _of_several_hosts(config) if "," in str(config.get("HOST")) else config


def _of_several_hosts(config: dict[str, object]) -> dict[str, object]:
    """The same, for whichever of them takes writes: one server and its standbys."""
    hosts = str(config["HOST"]).translate({ord("["): None, ord("]"): None})  # libpq's form of IPv6
    ports = str(config.get("PORT") or "")
    # libpq would take a single port for all of them.
    if "" in hosts.split(",") or (ports and ports.count(",") != hosts.count(",")):
        raise ImproperlyConfigured(
            "DATABASE_URL names several hosts. Give each its port, or none: "
            "postgres://user:password@host1:5432,host2:5432/name."
        )
    options: dict[str, object] = {"target_session_attrs": "read-write"}
    options |= config.get("OPTIONS", {})  # type: ignore[call-overload]  # a dict, by environ
    return config | {"HOST": hosts, "OPTIONS": options}


def cache_url() -> str:
    """REDIS_URL, or "" when the process's own memory is to serve."""
    url: str = env.str("REDIS_URL", default="")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_complete = bool(parts.path if parts.scheme == "unix" else parts.hostname and parts.port != 0)
    except ValueError:
        is_complete = False
    if not is_complete or parts.scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            "REDIS_URL is malformed. Examples: redis://host:6379/0, rediss://user:password@host/0, unix:///socket"
        )
    return url


def sentry_dsn() -> str:
    """SENTRY_DSN, whose package is there; "" where no errors are reported."""
    dsn: str = env.str("SENTRY_DSN", default="").strip()
    if not dsn:
        return ""
    # The value is not repeated: it may hold a secret.
    if not re.fullmatch(r"https?://[0-9A-Za-z]+(:[0-9A-Za-z]+)?@[^/@\s]+(/[^\s]*)?/[0-9]+", dsn):
        raise ImproperlyConfigured(
            "SENTRY_DSN is malformed. Copy it from the project's settings in Sentry: https://KEY@host/1"
        )
    if not find_spec("sentry_sdk"):
        raise ImproperlyConfigured(
            "SENTRY_DSN is set, and its package is not installed: "
            "pip install -r deploy/requirements-sentry.txt"
        )
    return dsn


def email() -> dict[str, object]:
    """EMAIL_URL as Django's EMAIL_* settings; printed to the console unless it says otherwise."""
    url: str = env.str("EMAIL_URL", default="consolemail://")
    try:
        config: dict[str, object] = env.email_url_config(url)
    except (ValueError, KeyError, ImproperlyConfigured):
        config = {}
    is_smtp = config.get("EMAIL_BACKEND") == "django.core.mail.backends.smtp.EmailBackend"
    if not config.get("EMAIL_BACKEND") or (is_smtp and not config.get("EMAIL_HOST")):
        raise ImproperlyConfigured(
            "EMAIL_URL is malformed. Examples: smtp+tls://user:password@host:587, "
            "filemail:////absolute/folder, consolemail://"
        )
    if config["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend" and not str(
        config["EMAIL_FILE_PATH"]
    ).startswith("/"):
        raise ImproperlyConfigured(
            "EMAIL_URL needs four slashes before an absolute folder: filemail:////absolute/folder"
        )
    return config


def email_from(host: str) -> str:
    """EMAIL_FROM, the sender of every mail: an address, or `Name <address>`."""
    default = f"Craft <no-reply@{host}>"
    text: str = env.str("EMAIL_FROM", default=default)
    if text != default and not (text.isprintable() and re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1])):
        raise ImproperlyConfigured(f"EMAIL_FROM is {text!r}. It must be an address, or Name <address>.")
    return text
