"""Codes that are mailed, as the session keeps them: sealed."""

from accounts.utils.encryption import Undecipherable, decrypt, encrypt

seal = encrypt


def unseal(sealed: str) -> str:
    """The code; "" when it cannot be read any more, which no code equals."""
    try:
        return decrypt(sealed)
    except Undecipherable:
        return ""
