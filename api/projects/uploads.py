"""Reads a file from a request's body as it comes in, and checks beforehand what can be known of it."""

from django.conf import settings
from django.http import UnreadablePostError
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from api.errors import Invalid, LengthRequired, PayloadTooLarge
from api.parsers import announced_length
from api.projects.content_types import InvalidContentType, declared_type, media_type
from api.projects.file_paths import InvalidPath, check_path
from api.projects.services.stored_objects import Source


def is_json(request: Request) -> bool:
    """Whether the body is JSON that holds the content, not the content itself."""
    return media_type(request.META.get("CONTENT_TYPE") or "") == "application/json"


def check_size(size: int) -> None:
    """Raise PayloadTooLarge when a file may not be so many bytes large."""
    if size > settings.FILE_MAX_BYTES:
        raise PayloadTooLarge(f"The file is too large. It may have {settings.FILE_MAX_BYTES:,} bytes")


def raw_source(request: Request) -> tuple[Source, str | None]:
    """The body as a file's content, still to be read, and the media type it is said to have, if any.

    Raises LengthRequired, PayloadTooLarge, UnsupportedMediaType, Invalid.
    """
    length = announced_length(request)
    if length is None:
        raise LengthRequired
    check_size(length)
    header = request.META.get("CONTENT_TYPE") or ""
    try:
        content_type = declared_type(header)
    except InvalidContentType:
        raise UnsupportedMediaType(
            header, detail="Content-Type must be a media type such as text/css, of at most 100 characters"
        ) from None
    body = request._request  # not DRF's: it would hold the whole body

    def read(size: int) -> bytes:
        try:
            return body.read(size)
        except UnreadablePostError:
            return b""  # too early an end is told by the length

    return Source(length, read), content_type


def checked_path(path: str) -> str:
    """A file's path from the address, if it is one. Raises Invalid."""
    try:
        return check_path(path)
    except InvalidPath as error:
        raise Invalid({"path": [str(error)]}) from None
