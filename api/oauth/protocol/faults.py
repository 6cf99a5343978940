"""What the token endpoints answer when something is wrong on our side: in the shape of RFC 6749, section 5.2."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from api.oauth.protocol.errors import error_response

log = logging.getLogger("craft.api")
RETRY_AFTER_SECONDS = 5
CRASHED = "Something went wrong on our side. Try again, and tell us the X-Request-ID if it stays."
AWAY = "Craft cannot answer right now. Try again."
P = ParamSpec("P")


def answer_faults(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """503 `temporarily_unavailable` while the database is away or too slow; 500 `server_error` for a crash."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            log.warning("%s %r: the database does not answer: %s", request.method, request.path, error)
            response = error_response("temporarily_unavailable", AWAY, request, status=503)
            response["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        except Exception:
            log.exception("%s %r failed", request.method, request.path)
            return error_response("server_error", CRASHED, request, status=500)

    return answer
