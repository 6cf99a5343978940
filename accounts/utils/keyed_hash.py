"""Hashes that only this site can make, under SECRET_KEY, of what is compared and never read again.

While SECRET_KEY is exchanged, what an older key made is known as long as SECRET_KEY_FALLBACKS has that key.
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def keyed_hash(salt: str, value: str) -> str:
    """The hash in hexadecimal; `salt` names what it is for."""
    return next(_hashes(salt, value)).hex()


def is_hash_of(given: str, salt: str, value: str) -> bool:
    """Whether it was made of this value, for this, under one of the keys."""
    return any(constant_time_compare(given, digest.hex()) for digest in _hashes(salt, value))


def digests(salt: str, value: str) -> tuple[bytes, ...]:
    """The hash under each of the keys, newest first."""
    return tuple(_hashes(salt, value))


def _hashes(salt: str, value: str) -> Iterator[bytes]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac(salt, value, secret=key, algorithm="sha256").digest()
