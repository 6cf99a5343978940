"""Opaque public ids such as `user_7Yc2…`: what the world sees instead of integer primary keys."""

import secrets
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 16  # 95 bits: no guessing, no collision


def random_text(alphabet: str, length: int) -> str:
    """`length` characters of the alphabet, each as likely, from the operating system's randomness.

    One number for all of them: to ask for each is a system call each, 90 for a pair of tokens.
    """
    number = secrets.randbelow(len(alphabet) ** length)
    characters = []
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        characters.append(alphabet[place])
    return "".join(characters)


def random_base62(length: int) -> str:
    """`random_text` of 0-9A-Za-z."""
    return random_text(BASE62, length)


def new_id(prefix: str) -> str:
    """A fresh id, for example `new_id("user")` → `user_` and 16 characters."""
    return f"{prefix}_{random_base62(ID_LENGTH)}"
