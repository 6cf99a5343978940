"""Encrypts what must be read again, under ENCRYPTION_KEYS. What is only compared is hashed instead."""

from functools import cache

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


@cache
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    """The newest first: it encrypts, all of them decrypt."""
    return MultiFernet([Fernet(key) for key in keys])
