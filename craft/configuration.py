"""Reads the environment for settings.py and refuses, with a sentence, what cannot work.

The variables and their defaults are listed in README.md and .env.example.
"""

import ipaddress
import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
MIN_SECRET_LENGTH = 32

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
        raise ImproperlyConfigured(f"SECRET_KEY is shorter than {MIN_SECRET_LENGTH} characters. Use a longer random value.")
    return value


def number(name: str, default: int, *, least: int, most: int) -> int:
    """An integer variable within bounds, both included."""
    text: str = env.str(name, default=str(default)).strip()
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
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
    try:
        config: dict[str, object] = env.db_url("DATABASE_URL", default=f"sqlite:///{Path(__file__).parent.parent / 'db.sqlite3'}")
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"DATABASE_URL is malformed: {error}. Example: postgres://user:password@host/name") from None
    if config.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
    return config


def cache_url() -> str:
    """REDIS_URL, or "" when the process's own memory is to serve."""
    url: str = env.str("REDIS_URL", default="")
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url


def email() -> dict[str, object]:
    """EMAIL_URL as Django's EMAIL_* settings; printed to the console unless it says otherwise."""
    url: str = env.str("EMAIL_URL", default="consolemail://")
    try:
        config: dict[str, object] = env.email_url_config(url)
    except (ValueError, KeyError, ImproperlyConfigured):
        config = {}
    if not config.get("EMAIL_BACKEND"):
        raise ImproperlyConfigured(
            "EMAIL_URL is malformed. Examples: smtp+tls://user:password@host:587, filemail:////absolute/folder, consolemail://"
        )
    if config["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend" and not str(config["EMAIL_FILE_PATH"]).startswith("/"):
        raise ImproperlyConfigured("EMAIL_URL needs four slashes before an absolute folder: filemail:////absolute/folder")
    return config


def origin(name: str, default: str) -> SplitResult:
    """A variable that holds `http(s)://host[:port]` and nothing more."""
    text: str = env.str(name, default=default)
    try:
        url = urlsplit(text)
        url.port  # noqa: B018  the property raises for a bad port
    except ValueError:
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not url.hostname or url.username or url.path.strip("/") or url.query or url.fragment:
        raise ImproperlyConfigured(f"{name} is {text!r}. It must be an address such as https://craft.fast, without a path.")
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
        raise ImproperlyConfigured(f"API_URL's host {api_host} must be WEB_URL's host {web_host} or a name below it.")
    if api.scheme != web.scheme:
        raise ImproperlyConfigured("API_URL and WEB_URL must both be https or both http: they share the session cookie.")
    if not is_local(web_host) and not preview_is_set:
        raise ImproperlyConfigured("PREVIEW_URL is not set. Published pages need another domain than WEB_URL, for example https://craft-preview.app")
    for host in (web_host, api_host):
        if preview_host == host or (not is_local(host) and preview_host.split(".")[-2:] == host.split(".")[-2:]):
            raise ImproperlyConfigured(
                f"PREVIEW_URL's host {preview_host} shares its domain with {host}. Published pages could plant cookies there: use another domain."
            )


def allowed_hosts(*urls: SplitResult) -> list[str]:
    """Host names to answer; a local one also by its loopback addresses."""
    hosts = {str(url.hostname) for url in urls}
    if hosts & set(LOCAL_HOSTS):
        hosts |= {"localhost", "127.0.0.1", "[::1]"}
    return sorted(hosts)
