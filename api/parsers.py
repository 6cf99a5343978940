"""Reads a request's body, strictly: 411, 413, 415 and 400 in this order (tests/api/test_permissions.py)."""

import re
from typing import IO, Any

import orjson
from django.conf import settings
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from api.errors import Invalid, LengthRequired, PayloadTooLarge
from api.json_depth import levels

MAX_DEPTH = 64  # far below where Python's own repr or orjson's writer give up


class JSONParser(BaseParser):
    """JSON (RFC 8259) by orjson, which itself refuses bad UTF-8, lone surrogates, NaN and infinity."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value. Raises ParseError; UnreadablePostError for a body that was cut on its way."""
        body = stream.read()
        if len(body) < int(parser_context["request"].META["CONTENT_LENGTH"]):
            raise UnreadablePostError  # what arrived may be valid JSON all the same
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(str(error)) from None
        if any(depth > MAX_DEPTH for depth, _ in enumerate(levels(value))):
            raise ParseError(f"it is nested more than {MAX_DEPTH} levels deep")
        return value


def announced_length(request: Request) -> int | None:
    """How many bytes the body has; None when there is none. Raises LengthRequired, Invalid."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    if not length:
        return None
    if not re.fullmatch("[0-9]{1,18}", length):
        raise Invalid({"body": ["Content-Length is not a number."]})
    return int(length)


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body; no body at all is an empty one.

    Raises LengthRequired, PayloadTooLarge, UnsupportedMediaType, Invalid.
    """
    length = announced_length(request)
    if not length:
        return {}
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise PayloadTooLarge
    try:
        value = request.data
    except UnsupportedMediaType:
        raise UnsupportedMediaType(
            request.content_type, detail="Send the body as Content-Type: application/json"
        ) from None
    except ParseError as error:
        raise Invalid({"body": [f"This is not valid JSON: {error.detail}"]}) from None
    except UnreadablePostError:
        raise Invalid({"body": ["The body ended early."]}) from None
    if not isinstance(value, dict):
        raise Invalid({"body": ["The body must be a JSON object."]})
    return value
