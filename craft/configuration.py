"""Reads the environment for settings.py and refuses, with a sentence, what cannot work.

The variables and their defaults are listed in README.md and .env.example.
"""

import ipaddress
import os
import re
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
MIN_SECRET_LENGTH = 32
# A name in ASCII (an international one as browsers send it, xn--…) without a dot at its end, or [IPv6].
ORIGIN = re.compile(r"https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?", re.IGNORECASE)

env = environ.FileAwareEnv()


def read_env_file(default: Path) -> None:
    """Load `.env` (or the file CRAFT_ENV_FILE names; empty = none). Real variables win over it."""
    path = os.environ.get("CRAFT_ENV_FILE", str(default))
    if path and Path(path).is_file():
        env.read_env(path)


def secret_key() -> str:
    """The required SECRET_KEY, at least 32 characters."""
    value: str = env.str("SECRET_KEY", default="")
    if not value:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Put a random value in the environment or in .env, for example the "
            "output of: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    if len(value) < MIN_SECRET_LENGTH:
        raise ImproperlyConfigured(
            f"SECRET_KEY is shorter than {MIN_SECRET_LENGTH} characters. Use a longer random value."
        )
    return value


def number(name: str, default: int, *, least: int, most: int) -> int:
    """An integer variable within bounds, both included."""
    text: str = env.str(name, default=str(default)).strip()
    if not re.fullmatch(r"[0-9]{1,18}", text) or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"{name} is {text!r}. It must be a whole number from {least} to {most}.")
    return int(text)


def flag(name: str, *, default: bool) -> bool:
    """A variable that is on or off."""
    text: str = env.str(name, default="on" if default else "off").strip().lower()
    if text in ("1", "on", "true", "yes"):
        return True
    if text in ("0", "off", "false", "no", ""):
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}. It must be on or off.")


def database() -> dict[str, object]:
    """DATABASE_URL as Django's dict: SQLite in the project's folder unless it names another."""
    url: str = env.str("DATABASE_URL", default=f"sqlite:///{Path(__file__).parent.parent / 'db.sqlite3'}")
    try:
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
    return config


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


def origin(name: str, default: str) -> SplitResult:
    """A variable that holds `http(s)://host[:port]` and nothing more."""
    text: str = env.str(name, default=default)
    try:
        url = urlsplit(text)
        is_valid = bool(ORIGIN.fullmatch(text)) and url.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise ImproperlyConfigured(
            f"{name} is {text!r}. It must be an address such as https://craft.fast, without a path."
        )
    return urlsplit(f"{url.scheme}://{url.netloc.lower()}")


def is_local(host: str) -> bool:
    """True for this machine's own names: localhost, names below it and loopback addresses."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_hosts(web: SplitResult, api: SplitResult, preview: SplitResult, *, preview_is_set: bool) -> None:
    """Refuse three addresses between which cookies could leak (contract, "Hosts and configuration")."""
    web_host, api_host, preview_host = str(web.hostname), str(api.hostname), str(preview.hostname)
    if api_host != web_host and not api_host.endswith(f".{web_host}"):
        raise ImproperlyConfigured(
            f"API_URL's host {api_host} must be WEB_URL's host {web_host} or a name below it."
        )
    if api.scheme != web.scheme:
        raise ImproperlyConfigured(
            "API_URL and WEB_URL must both be https or both http: they share the session cookie."
        )
    if not is_local(web_host) and not preview_is_set:
        raise ImproperlyConfigured(
            "PREVIEW_URL is not set. Published pages need another domain than WEB_URL, for example https://craft-preview.app"
        )
    for host in (web_host, api_host):
        if preview_host == host or (
            not is_local(host) and preview_host.split(".")[-2:] == host.split(".")[-2:]
        ):
            raise ImproperlyConfigured(
                f"PREVIEW_URL's host {preview_host} shares its domain with {host}. "
                "Published pages could plant cookies there: use another domain."
            )


def allowed_hosts(*urls: SplitResult) -> list[str]:
    """Host names to answer; a local one also by its loopback addresses."""
    hosts = {str(url.hostname) for url in urls}
    if hosts & set(LOCAL_HOSTS):
        hosts |= {"localhost", "127.0.0.1", "[::1]"}
    return sorted(hosts)
