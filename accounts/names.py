"""What people may call things: themselves, their keys."""

import unicodedata

from django.core.exceptions import ValidationError

NAME_MAX_LENGTH = 100
# Control and format characters (the bidi overrides among them), surrogates, private use, line and paragraph ends.
FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}  # zero-width (non-)joiner: needed to write some scripts and emoji


def clean_name(value: str) -> str:
    """Return `value` trimmed, or raise ValidationError when it is empty, too long or holds invisible characters."""
    name = value.strip()
    if not any(character not in JOINERS for character in name):
        raise ValidationError("Name is empty. Enter at least one character.")
    if len(name) > NAME_MAX_LENGTH:
        raise ValidationError(f"Name has {len(name)} characters. Use at most {NAME_MAX_LENGTH}.")
    for character in name:
        if unicodedata.category(character) in FORBIDDEN_CATEGORIES and character not in JOINERS:
            raise ValidationError("Name holds a control or invisible character. Type it again without.")
    return name


def name_key(name: str) -> str:
    """The form in which two names count as the same: NFKC, then case folding, without joiners."""
    bare = "".join(character for character in name if character not in JOINERS)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())
