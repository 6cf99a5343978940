"""What a file may be called. A path is a name to us, not a place on a disk, yet others will put it on one."""

import re
import unicodedata
from urllib.parse import unquote

from api.projects.models.files import PATH_MAX_BYTES

# Characters that turn the direction of the text around them (Unicode, UAX #9): names that look like others.
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, separators of lines and paragraphs, and halves of characters.
CONTROL = ("Cc", "Zl", "Zp", "Cs")


class InvalidPath(ValueError):
    """The message is a sentence that says what is wrong."""


def check_path(path: str) -> str:
    """The path, unchanged: segments between single slashes, relative to the project's root.

    It obeys the rules as it is and also with its percent signs decoded once more, so that a program which
    does that by mistake leaves no folder either; and Django writes bytes of an address that are no UTF-8
    with percent signs. Raises InvalidPath.
    """
    if not path:
        raise InvalidPath("The path is empty.")
    if len(path.encode(errors="surrogatepass")) > PATH_MAX_BYTES:
        raise InvalidPath(f"The path has more than {PATH_MAX_BYTES:,} bytes.")
    try:
        decoded = unquote(path, errors="strict")
    except UnicodeDecodeError:
        raise InvalidPath("The path is not valid UTF-8.") from None
    for text in (path, decoded):
        _check_characters(text)
        _check_segments(text)
    return path


def _check_characters(text: str) -> None:
    if "\\" in text:
        raise InvalidPath("The path has a backslash. Separate folders by a slash.")
    if not BIDI.isdisjoint(text) or any(unicodedata.category(character) in CONTROL for character in text):
        raise InvalidPath("The path has a control character.")


def _check_segments(text: str) -> None:
    if text.startswith("/") or re.match("[A-Za-z]:", text):
        raise InvalidPath("The path is absolute. It must be relative to the project.")
    segments = text.split("/")
    if "" in segments:
        raise InvalidPath("The path has an empty segment.")
    if "." in segments or ".." in segments:
        raise InvalidPath("The path has a segment that is . or ..")
