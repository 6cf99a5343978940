"""What `manage.py check --deploy` says of settings that start and are dangerous: craft.E001 and so on.

What cannot work at all never gets here: craft.configuration stops the start with a sentence. An id stays with
its setting for ever; docs/operating.md lists them all.
"""

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004  Django's name

from craft.configuration import is_local

TAG = "craft"  # `check --deploy --tag craft` asks these alone
SECRET_LENGTH, SECRET_CHARACTERS = 50, 8  # at least: so long, and of so many different ones
POOLERS = ("bouncer", "pooler", "pgcat", "odyssey")  # in the name of a host
PGBOUNCER_PORT = "6432"


@register(TAG, deploy=True)
def check_debug(**_: Any) -> Sequence[CheckMessage]:
    if not settings.DEBUG or settings.IS_LOCAL:
        return []
    why = "DEBUG is on: whoever meets an error is shown settings and code."
    return [Error(why, hint="Take DEBUG out of the environment.", id="craft.E001")]


@register(TAG, deploy=True)
def check_secret_keys(**_: Any) -> Sequence[CheckMessage]:
    """Those that only verify count as well: who guesses one signs with it."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if all(len(key) >= SECRET_LENGTH and len(set(key)) >= SECRET_CHARACTERS for key in keys):
        return []
    why = "SECRET_KEY or one of its fallbacks can be guessed: it is short, or of few different characters."
    how = "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
    return [Error(why, hint=how, id="craft.E002")]


@register(TAG, deploy=True)
def check_env_file(**_: Any) -> Sequence[CheckMessage]:
    """It holds the secrets, for the user alone who runs Craft, and at most the group of those who may."""
    path = settings.ENV_FILE
    if path is None or not path.stat().st_mode & stat.S_IRWXO:
        return []
    why = f"{path} has secrets, and every user of this machine may read or change it."
    return [Error(why, hint=f"Run: chmod o= {path}", id="craft.E003")]


@register(TAG, deploy=True)
def check_issuer(**_: Any) -> Sequence[CheckMessage]:
    if settings.IS_HTTPS or settings.IS_LOCAL:
        return []
    why = "WEB_URL is plain http: passwords, keys, tokens and cookies can be read on their way."
    how = "Put a proxy with a certificate in front (deploy/nginx.conf), and let WEB_URL begin with https."
    return [Warning(why, hint=how, id="craft.W001")]


@register(TAG, deploy=True)
def check_limits(**_: Any) -> Sequence[CheckMessage]:
    if settings.REDIS_URL or settings.WORKERS == 1:
        return []
    why = (
        f"Each of {settings.WORKERS} processes counts rate limits for itself: so many times a limit can pass."
    )
    return [Warning(why, hint="Set REDIS_URL to share them, or WORKERS=1.", id="craft.W002")]


@register(TAG, deploy=True)
def check_mail(**_: Any) -> Sequence[CheckMessage]:
    if settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend" or settings.IS_LOCAL:
        return []
    why = (
        "No mail server: codes and links of sign-up and sign-in reach nobody, and are written where they lie."
    )
    return [Warning(why, hint="Set EMAIL_URL, as in smtp+tls://user:password@host:587.", id="craft.W003")]


@register(TAG, deploy=True)
def check_pooler(**_: Any) -> Sequence[CheckMessage]:
    """What can be seen of a pooler in its address; `doctor` asks the server itself."""
    database: dict[str, Any] = settings.DATABASES["default"]
    if database.get("OPTIONS", {}).get("prepare_threshold") is None:
        return []
    hosts, ports = str(database.get("HOST") or ""), str(database.get("PORT") or "")
    if PGBOUNCER_PORT not in ports.split(",") and not any(name in hosts for name in POOLERS):
        return []
    why = (
        "DATABASE_URL seems to name a pooler, and statements are prepared: in transaction mode it loses them."
    )
    how = "End DATABASE_URL in ?prepare_threshold=off, and set time-outs by ALTER ROLE (README, Deploy)."
    return [Warning(why, hint=how, id="craft.W004")]


@register(TAG, deploy=True)
def check_preview(**_: Any) -> Sequence[CheckMessage]:
    """Another domain it is in any case: the start insists on it."""
    if settings.IS_LOCAL or (
        settings.PREVIEW_URL.startswith("https:") and not is_local(settings.PREVIEW_HOST)
    ):
        return []
    why = "PREVIEW_URL is plain http or of this machine alone: published pages can be changed on their way."
    how = "Give it a domain of its own with a wildcard certificate, and let it begin with https."
    return [Warning(why, hint=how, id="craft.W005")]
