"""Puts ids and file paths into addresses, so that each stays where it belongs."""

from urllib.parse import quote, unquote

from craft_sdk.errors import invalid


def segment(value: str, name: str) -> str:
    """One segment of an address. Raises InvalidRequestError for what an address would swallow."""
    text(value, name)
    if not value:
        raise invalid(name, "This must be a string that is not empty.")
    if value in (".", ".."):
        raise invalid(name, "This must not be . or ..")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise invalid(name, "This is not valid Unicode.") from None


def text(value: object, name: str) -> None:
    """Whether it is a string. Raises InvalidRequestError."""
    if not isinstance(value, str):
        raise invalid(name, f"This must be a string, not {type(value).__name__}.")


def below_project(project_id: str, *rest: str) -> str:
    """A project's address, or what is below it. Raises InvalidRequestError."""
    return "/".join(["/v1/projects", segment(project_id, "project_id"), *rest])


def file_path(path: str) -> str:
    """A file's path, its slashes kept. Raises InvalidRequestError."""
    text(path, "path")
    if path.startswith("/"):
        raise invalid("path", "This must not begin with a slash: it is relative to the project.")
    if path.endswith("/"):
        raise invalid("path", "This must not end with a slash: it names a file.")
    if "//" in path:
        raise invalid("path", "This must not have a double slash.")
    return "/".join(segment(part, "path") for part in path.split("/"))


def free_path(path: str) -> str:
    """A path below /v1 that stays there, whatever is on the way. Raises InvalidRequestError."""
    text(path, "path")
    if not path.startswith("/") or path.startswith("/v1/"):
        raise invalid("path", "This must begin with a slash and be what follows /v1, such as /projects.")
    segments = unquote(path.partition("?")[0]).replace("\\", "/").split("/")
    if "\\" in path or "." in segments or ".." in segments:
        raise invalid("path", "This must have no . or .. between slashes, and no backslash.")
    return path


def header(value: str, name: str) -> str:
    """A value of a header. Raises InvalidRequestError for what would end it or cannot be in one."""
    text(value, name)
    if not value.isascii() or not value.isprintable():
        raise invalid(name, "This must be printable ASCII, on one line.")
    return value
