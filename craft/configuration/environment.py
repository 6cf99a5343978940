"""Reads single variables of the environment and refuses, with a sentence, what cannot work."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

MIN_SECRET_LENGTH = 32


class _Variables(FileAwareMapping):
    """The environment. NAME_FILE stands for NAME: the file's content without the newline at its end."""

    def __getitem__(self, key: str) -> str:
        """Raises ImproperlyConfigured when the file cannot be read."""
        try:
            value: str = super().__getitem__(key)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ImproperlyConfigured(
                f"{key}_FILE is {self.env[f'{key}_FILE']!r}, which cannot be read: {why}"
            ) from None
        return value.rstrip("\r\n") if self.env.get(f"{key}_FILE") else value


class _Env(environ.Env):
    ENVIRON = _Variables()


env = _Env()


def read_env_file(default: Path) -> Path | None:
    """Load `.env` (or the file CRAFT_ENV_FILE names; empty = none); the path that was. Real variables win."""
    path = os.environ.get("CRAFT_ENV_FILE", str(default))
    if not path or not Path(path).is_file():
        return None
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#") and "=" not in line:
            # It is not repeated: it may hold a secret.
            raise ImproperlyConfigured(f"Line {number} of {path} is not NAME=value.")
    env.read_env(path)
    return Path(path)


def text(name: str, default: str = "") -> str:
    """A variable as it is, without spaces around it."""
    value: str = env.str(name, default=default)
    return value.strip()


def is_set(name: str) -> bool:
    """Whether a variable or its file is there, empty or not."""
    return name in env.ENVIRON


def choice(name: str, values: Sequence[str]) -> str:
    """A variable that is one of a few words; the first unless it is set."""
    value = text(name, values[0]).lower()
    if value not in values:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be {' or '.join(values)}.")
    return value


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


def secret_key_fallbacks() -> list[str]:
    """SECRET_KEY_FALLBACKS: former keys, newest first, with commas; what they signed is still taken."""
    keys = [part.strip() for part in env.str("SECRET_KEY_FALLBACKS", default="").split(",") if part.strip()]
    if any(len(key) < MIN_SECRET_LENGTH for key in keys):
        # The value is not repeated: it is a secret.
        raise ImproperlyConfigured(
            f"SECRET_KEY_FALLBACKS has a key of fewer than {MIN_SECRET_LENGTH} characters. It must hold "
            "former values of SECRET_KEY, newest first, with commas between them."
        )
    return keys


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
