"""Encrypts what must be read again, under ENCRYPTION_KEYS. What is only compared is hashed instead."""

from functools import cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Undecipherable(Exception):
    """No key of ENCRYPTION_KEYS opens it: the one it was encrypted under is gone, or it was changed."""


def encrypt(text: str) -> str:
    """Text that only the holder of the newest key can read or change (Fernet)."""
    return _keys(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """What was encrypted, under whichever of the keys. Raises Undecipherable."""
    try:
        return _keys(tuple(settings.ENCRYPTION_KEYS)).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise Undecipherable from None


def renew(encrypted: str) -> str:
    """The same under the newest key; as it is, if it is already. Raises Undecipherable."""
    newest, *_ = settings.ENCRYPTION_KEYS
    try:
        _keys((newest,)).decrypt(encrypted.encode())
    except InvalidToken:
        return encrypt(decrypt(encrypted))
    return encrypted


def newest_name() -> str:
    """A name for the newest key, from which nobody can tell the key: to note what is under it."""
    return sha256(b"craft encryption key|" + settings.ENCRYPTION_KEYS[0].encode()).hexdigest()[:16]


def has_older_keys() -> bool:
    """Whether something may be under another key than the newest."""
    return len(settings.ENCRYPTION_KEYS) > 1


@cache
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    """The newest first: it encrypts, all of them decrypt."""
    return MultiFernet([Fernet(key) for key in keys])
