"""What the token endpoints answer for a fault of ours: in the shape of RFC 6749, section 5.2."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from api.oauth.protocol.errors import error_response

log = logging.getLogger("craft.api")
RETRY_AFTER_SECONDS = 5
CRASHED = "Something went wrong on our side. Try again, and tell us the X-Request-ID if it stays."
AWAY = "Craft cannot answer right now. Try again."


def fault_response(error: Exception, request: HttpRequest) -> HttpResponse:
    """503 `temporarily_unavailable` for a database that is away or too slow, 500 `server_error` for a crash.

    A crash is logged with its traceback.
    """
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("%s %r: the database does not answer: %s", request.method, request.path, error)
        response = error_response("temporarily_unavailable", AWAY, request, status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    log.error("%s %r failed", request.method, request.path, exc_info=error)
    return error_response("server_error", CRASHED, request, status=500)
