"""Puts ids and file paths into addresses, so that each stays where it belongs."""

from urllib.parse import quote

from craft_sdk.errors import invalid


def segment(value: str, name: str) -> str:
    """One segment of an address. Raises InvalidRequestError for what an address would swallow."""
    if not value:
        raise invalid(name, "This must be a string that is not empty.")
    if value in (".", ".."):
        raise invalid(name, "This must not be . or ..")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise invalid(name, "This is not valid Unicode.") from None


def file_path(path: str) -> str:
    """A file's path, its slashes kept. Raises InvalidRequestError."""
    return "/".join(segment(part, "path") for part in path.split("/"))
