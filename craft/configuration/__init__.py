"""Reads the environment for settings.py and refuses, with a sentence, what cannot work.

The variables and their defaults are listed in README.md and .env.example.
"""

from craft.configuration.encryption import encryption_keys
from craft.configuration.environment import (
    choice,
    flag,
    is_set,
    number,
    read_env_file,
    secret_key,
    secret_key_fallbacks,
    text,
)
from craft.configuration.file_storage import storage
from craft.configuration.hosts import allowed_hosts, check_hosts, is_local, origin
from craft.configuration.limits import rate_limits, storage_bytes
from craft.configuration.links import contact, link, mailbox
from craft.configuration.services import cache_url, database, email, email_from, sentry_dsn

__all__ = [
    "allowed_hosts",
    "cache_url",
    "check_hosts",
    "choice",
    "contact",
    "database",
    "email",
    "email_from",
    "encryption_keys",
    "flag",
    "is_local",
    "is_set",
    "link",
    "mailbox",
    "number",
    "origin",
    "rate_limits",
    "read_env_file",
    "secret_key",
    "secret_key_fallbacks",
    "sentry_dsn",
    "storage",
    "storage_bytes",
    "text",
]
