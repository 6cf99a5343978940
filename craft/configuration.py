"""Reads the environment for settings.py and refuses, with a sentence, what cannot work.

The variables and their defaults are listed in README.md and .env.example.
"""

import ipaddress
import os
import re
from email.utils import parseaddr
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
MIN_SECRET_LENGTH = 32
# A name in ASCII (an international one as browsers send it, xn--…) without a dot at its end, or [IPv6].
ORIGIN = re.compile(r"https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?", re.IGNORECASE)

DEFAULT_RATE_LIMITS: dict[str, tuple[int | None, ...]] = {
    "free": (60, 500, 1_000),
    "pro": (300, 3_000, 10_000),
    "enterprise": (1_000, 10_000, None),
    "address": (300,),
    "oauth": (300,),
    "post_projects": (10,),
    "post_files": (100,),
}

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


def rate_limits() -> dict[str, tuple[int | None, ...]]:
    """RATE_LIMITS: a plan's calls a minute/an hour/a day, and single limits a minute; `-` is none.

    What is left out keeps its default.
    """
    limits = dict(DEFAULT_RATE_LIMITS)
    for part in filter(None, env.str("RATE_LIMITS", default="").replace(" ", "").split(",")):
        name, _, text = part.partition("=")
        values = text.split("/")
        if name not in limits or len(values) != len(limits[name]) or not all(map(_is_limit, values)):
            raise ImproperlyConfigured(
                f"RATE_LIMITS has {part!r}. Example: free=60/500/1000,address=300. "
                f"Known names: {', '.join(limits)}."
            )
        limits[name] = tuple(None if value == "-" else int(value) for value in values)
    return limits


def _is_limit(text: str) -> bool:
    return text == "-" or (text.isascii() and text.isdigit() and 1 <= int(text) <= 10**9)


def storage(default: Path) -> dict[str, object]:
    """STORAGE_URL as an entry of Django's STORAGES: a local folder, or a bucket that speaks S3.

    `file:///absolute/folder`, `s3://KEY:SECRET@ENDPOINT/BUCKET?region=REGION`; `s3+http://…` without TLS.
    """
    url: str = env.str("STORAGE_URL", default="") or default.as_uri()
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        raise _malformed_storage() from None
    path = unquote(parts.path)
    if parts.scheme == "file" and not place and path.strip("/") and not options and not parts.fragment:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": path,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    bucket, secret = path.strip("/"), parts.password
    is_s3 = parts.scheme in ("s3", "s3+http") and place and parts.username and secret
    if not is_s3 or not re.fullmatch(r"[a-z0-9][a-z0-9.-]+", bucket) or options.keys() - {"region"}:
        raise _malformed_storage()
    if not (find_spec("storages") and find_spec("boto3")):
        raise ImproperlyConfigured(
            "STORAGE_URL names S3, whose packages are not installed: "
            "pip install -r deploy/requirements-s3.txt"
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(str(parts.username)),
            "secret_key": unquote(str(secret)),
            "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{place}",
            "bucket_name": bucket,
            "region_name": options.get("region"),
            "addressing_style": "path",  # which every server of this protocol knows
            "signature_version": "s3v4",
            "file_overwrite": True,  # names are random: no look whether one is taken
            # The smallest parts there are, one at a time, and what is read lies on the disk: flat memory.
            "transfer_config": import_module("boto3.s3.transfer").TransferConfig(
                multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20, use_threads=False
            ),
            "max_memory_size": 2**20,
        },
    }


def _malformed_storage() -> ImproperlyConfigured:
    # The value is not repeated: it may hold a secret.
    return ImproperlyConfigured(
        "STORAGE_URL is malformed. Examples: file:///absolute/folder, "
        "s3://KEY:SECRET@s3.example.com/bucket?region=eu-central-1, with / : @ # ? and % in the secret "
        "as %2F %3A %40 %23 %3F %25."
    )


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
