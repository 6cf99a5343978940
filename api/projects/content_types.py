"""Which media type a file has: what its sender says, else what its name says."""

import mimetypes
import re
from pathlib import PurePosixPath

from api.projects.models.files import CONTENT_TYPE_MAX_LENGTH

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # a token (RFC 9110, section 5.6.2)
_QUOTED = r'"(?:[\t !#-\[\]-~]|\\[\t -~])*"'
MEDIA_TYPE = re.compile(rf"({_WORD}/{_WORD})(?:[ \t]*;[ \t]*(?:{_WORD}=(?:{_WORD}|{_QUOTED}))?)*")

# What programs send when they were told nothing; curl does the last.
UNDECLARED = ("", "application/octet-stream", "application/x-www-form-urlencoded")

# Types of the web that Python's own table lacks, or has differently from version to version.
TYPES = {
    ".avif": "image/avif",
    ".gz": "application/gzip",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
_PYTHONS = mimetypes.MimeTypes().types_map[1]  # not the machine's: a file is the same everywhere


class InvalidContentType(ValueError):
    """The header is no media type of at most 100 characters."""


def declared_type(header: str) -> str | None:
    """The media type of a Content-Type header as it is sent; None when it tells nothing.

    Raises InvalidContentType.
    """
    header = header.strip(" \t")
    if media_type(header) in UNDECLARED:
        return None
    if len(header) > CONTENT_TYPE_MAX_LENGTH or not MEDIA_TYPE.fullmatch(header):
        raise InvalidContentType
    return header


def media_type(header: str) -> str:
    """The type in lower case without its parameters: `Text/HTML; charset=utf-8` → `text/html`."""
    return header.partition(";")[0].strip(" \t").lower()


def guess_type(path: str, *, is_text: bool) -> str:
    """The type that a file's name stands for. Text is UTF-8, as `is_text` has found it to be."""
    suffix = PurePosixPath(path).suffix.lower()
    found = TYPES.get(suffix) or _PYTHONS.get(suffix) or ("text/plain" if is_text else "")
    if is_text and found.startswith("text/"):
        return f"{found}; charset=utf-8"
    return found or "application/octet-stream"
