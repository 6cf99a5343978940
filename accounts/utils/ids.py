"""Opaque public ids such as `user_7Yc2…`: what the world sees instead of integer primary keys."""

import secrets
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 16  # 95 bits: no guessing, no collision


def random_base62(length: int) -> str:
    """`length` characters of 0-9A-Za-z from the operating system's randomness, each as likely as the others.

    One number for all of them: to ask for each is a system call each, 90 for a pair of tokens.
    """
    number = secrets.randbelow(len(BASE62) ** length)
    characters = []
    for _ in range(length):
        number, place = divmod(number, len(BASE62))
        characters.append(BASE62[place])
    return "".join(characters)


def new_id(prefix: str) -> str:
    """A fresh id, for example `new_id("user")` → `user_` and 16 characters."""
    return f"{prefix}_{random_base62(ID_LENGTH)}"
