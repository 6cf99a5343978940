"""What can be wrong with a call, and how it is answered."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpResponse
from rest_framework import exceptions, status

from accounts.web.error_pages import RETRY_SECONDS
from api.envelope import Details, failure

log = logging.getLogger("craft.api")

UNAUTHORIZED = "Invalid or missing authentication"
FORBIDDEN = "Insufficient permissions"
TOO_MANY_REQUESTS = "Too many requests. Please wait before trying again."
UNAVAILABLE = "Craft cannot answer right now. Nothing was changed."


class InvalidCredential(exceptions.AuthenticationFailed):
    """401. `description` goes into WWW-Authenticate (RFC 6750, section 3); "" when no token was shown.

    `note_answer` is called with the status of the answer, which may be another: the address has its limit.
    """

    def __init__(self, description: str, note_answer: Callable[[int], None] | None = None) -> None:
        super().__init__()
        self.description = description
        self.note_answer = note_answer


class InsufficientScope(exceptions.PermissionDenied):
    """403: the credential is good but does not carry the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(FORBIDDEN)
        self.scope = scope


class NotYours(exceptions.PermissionDenied):
    """403: the resource belongs to another user."""

    default_detail = FORBIDDEN


class SignInAgain(exceptions.PermissionDenied):
    """403: a session's sign-in is too long ago for what it asks."""

    default_detail = "Sign in again to do this"


class Conflict(exceptions.APIException):
    """409: the request is good, but not for what there is now."""

    status_code = status.HTTP_409_CONFLICT


class Invalid(exceptions.ValidationError):
    """400 with `details`: each bad field or parameter and its reasons."""

    def __init__(self, details: Details) -> None:
        super().__init__(details)


class TooManyRequests(exceptions.Throttled):
    """429. `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class ServiceUnavailable(exceptions.APIException):
    """503: the database or the storage is away, full or too slow. Nothing was changed."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class PreconditionFailed(exceptions.APIException):
    """412 (RFC 9110, section 15.5.13): what If-Match or If-None-Match asks for is not so."""

    status_code = status.HTTP_412_PRECONDITION_FAILED


class LengthRequired(exceptions.APIException):
    """411 (RFC 9110, section 15.5.12): a body without Content-Length."""

    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "Send the body with a Content-Length, not chunked"


class PayloadTooLarge(exceptions.APIException):
    """413: the body is larger than allowed."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body is too large. JSON may have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes"


CODES = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    411: "LENGTH_REQUIRED",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMIT_EXCEEDED",
    503: "SERVICE_UNAVAILABLE",
}


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's EXCEPTION_HANDLER: the answer to an expected error; None (→ 500) for any other."""
    if isinstance(error, TooManyFieldsSent):
        error = Invalid({"query": ["There are too many parameters."]})
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return failure(401, CODES[401], UNAUTHORIZED, headers={"WWW-Authenticate": _challenge(error)})
    if isinstance(error, exceptions.ValidationError):
        return failure(400, CODES[400], "The request is not valid", details=_details(error.detail))
    if isinstance(error, TooManyRequests):
        return failure(429, CODES[429], TOO_MANY_REQUESTS, retry_after=error.seconds)
    if isinstance(error, ServiceUnavailable):
        return unavailable()
    headers = {}
    if isinstance(error, InsufficientScope):
        headers["WWW-Authenticate"] = f'{_bearer()}, error="insufficient_scope", scope="{error.scope}"'
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return failure(error.status_code, CODES[error.status_code], str(error.detail), headers=headers)


def unavailable() -> HttpResponse:
    """503 in the envelope, for who cannot raise ServiceUnavailable."""
    return failure(
        503, CODES[503], UNAVAILABLE, retry_after=RETRY_SECONDS, headers={"Retry-After": str(RETRY_SECONDS)}
    )


def _bearer() -> str:
    metadata = f"{settings.API_URL}/.well-known/oauth-protected-resource/v1"
    return f'Bearer realm="craft", resource_metadata="{metadata}"'


def _challenge(error: Exception) -> str:
    description = error.description if isinstance(error, InvalidCredential) else ""
    return (
        f'{_bearer()}, error="invalid_token", error_description="{description}"' if description else _bearer()
    )


def _details(detail: Any) -> Details:
    """DRF's nested detail as one flat mapping from field to reasons."""
    if not isinstance(detail, dict):
        return {"body": [str(reason) for reason in detail]}
    flat: Details = {}
    for name, reasons in detail.items():
        key = "body" if name == "non_field_errors" else str(name)
        flat[key] = [str(reason) for reason in (reasons if isinstance(reasons, list) else [reasons])]
    return flat
