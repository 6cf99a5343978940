"""What people may call things: themselves, their keys."""

import hashlib
import unicodedata

from django.core.exceptions import ValidationError

NAME_MAX_LENGTH = 100
NAME_KEY_MAX_LENGTH = 400  # NFKC spells some single characters out as 18; an index row has a limit
# Control and format characters (bidi overrides among them), surrogates, private use, line ends.
FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}  # zero-width (non-)joiner: needed to write some scripts and emoji
# Unassigned as far as this Python knows; here lie the emoji and letters that came after its tables.
MAY_BE_NEWER = range(0x10000, 0x40000)


def clean_name(value: str) -> str:
    """Return `value` trimmed. Raises ValidationError: empty, too long, invisible characters."""
    name = value.strip()
    if not any(character not in JOINERS for character in name):
        raise ValidationError("Name is empty. Enter at least one character.")
    if len(name) > NAME_MAX_LENGTH:
        raise ValidationError(f"Name has {len(name)} characters. Use at most {NAME_MAX_LENGTH}.")
    for character in name:
        if _is_invisible(character):
            raise ValidationError("Name holds a control or invisible character. Type it again without.")
    if len(name_key(name)) > NAME_KEY_MAX_LENGTH:
        raise ValidationError("Name holds characters that each stand for many others. Use plainer ones.")
    return name


def name_key(name: str) -> str:
    """The form in which two names count as the same: NFKC, then case folding, without joiners.

    At most 400 characters: NFKC makes up to 18 of one, so the end of a longer form is hashed.
    """
    bare = "".join(character for character in name if character not in JOINERS)
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())
    if len(key) <= NAME_KEY_MAX_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return key[: NAME_KEY_MAX_LENGTH - len(digest)] + digest


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn" and ord(character) in MAY_BE_NEWER:
        return False
    return category in FORBIDDEN_CATEGORIES and character not in JOINERS
