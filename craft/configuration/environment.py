"""Reads single variables of the environment and refuses, with a sentence, what cannot work."""

import os
import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

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
