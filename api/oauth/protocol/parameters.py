"""The parameters of a token, revocation or introspection request: JSON object or form, strictly.

The same input gives the same answer in both. Unknown parameters are ignored (RFC 6749, section 3.2).
"""

import json
from urllib.parse import parse_qsl

from django.http import HttpRequest, UnreadablePostError

KNOWN = frozenset(
    {
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "code_verifier",
        "refresh_token",
        "scope",
        "token",
        "token_type_hint",
    }
)
MAX_BODY = 65_536
MAX_VALUE = 2_048


class InvalidBody(ValueError):
    """The body cannot be read; the message says why, and `status` is that of the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def read_parameters(request: HttpRequest) -> dict[str, str]:
    """The known parameters. An empty value counts as absent (RFC 6749, section 3.2). Raises InvalidBody."""
    if request.META.get("QUERY_STRING"):
        raise InvalidBody("Parameters belong in the body, not in the URL.")
    values: dict[str, str] = {}
    for name, value in _pairs(request):
        if name not in KNOWN:
            continue
        if name in values:
            raise InvalidBody(f"{name} is given more than once.")
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise InvalidBody(f"{name} must be a string.")
        if len(value) > MAX_VALUE or not value.isprintable():
            raise InvalidBody(f"{name} is too long or holds control characters.")
        values[name] = value
    return {name: value for name, value in values.items() if value}


def _pairs(request: HttpRequest) -> list[tuple[str, object]]:
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise InvalidBody("Send the body with a Content-Length, not chunked.", status=411)
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > MAX_BODY:
        raise InvalidBody(f"The body is too large. It may have {MAX_BODY:,} bytes.", status=413)
    try:
        body = request.body
    except UnreadablePostError:
        raise InvalidBody("The body ended early.") from None
    if request.content_type == "application/json":
        return _json_pairs(body)
    if request.content_type == "application/x-www-form-urlencoded":
        return _form_pairs(body)
    raise InvalidBody("Send the body as application/x-www-form-urlencoded or application/json.")


class _Object(list[tuple[str, object]]):
    """A JSON object with its repetitions: the standard library's dict would keep the last one silently."""


def _json_pairs(body: bytes) -> list[tuple[str, object]]:
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        raise InvalidBody("The body is not valid JSON.") from None
    if not isinstance(value, _Object):
        raise InvalidBody("The body must be a JSON object.")
    return value


def _form_pairs(body: bytes) -> list[tuple[str, object]]:
    try:
        return [*parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)]
    except ValueError:  # UnicodeDecodeError is one
        raise InvalidBody("The body is not a valid form.") from None
