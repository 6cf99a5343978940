"""What a browser sees when something went wrong: what happened, what to do next, one link."""

import logging
import sys
from http import HTTPStatus

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.utils import database_faults
from accounts.web import reasons

RETRY_SECONDS = 2  # after a 503: as long as a database takes to start
log = logging.getLogger("craft.pages")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if exception is not None:
        reasons.note(request, " ".join(str(exception).split()))
    return _page(HTTPStatus.BAD_REQUEST, "400.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without this browser's token; `reason` is for the log."""
    reasons.note(request, reason)
    return _page(HTTPStatus.FORBIDDEN, "403_csrf.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(HTTPStatus.FORBIDDEN, "403.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(HTTPStatus.NOT_FOUND, "404.html")


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429, from allauth's limits."""
    return _page(HTTPStatus.TOO_MANY_REQUESTS, "429.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """What Django answers an exception with, wherever it came up: 503 when it is the database's bad day.

    Called within `except`, for each middleware.
    """
    error = sys.exc_info()[1]
    if database_faults.is_away(error):
        response = unavailable(request, error)
    else:
        log.error("%s %r failed", request.method, request.path, exc_info=error)
        response = _page(HTTPStatus.INTERNAL_SERVER_ERROR, "500.html")
    response._has_been_logged = True  # type: ignore[attr-defined]  # else Django writes one more traceback
    return response


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """503: Craft cannot answer right now. `error` says why in the log."""
    if error is not None:
        reasons.note(request, database_faults.reason_of(error))
    response = _page(HTTPStatus.SERVICE_UNAVAILABLE, "503.html")
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(status: HTTPStatus, template: str) -> HttpResponse:
    # Without the request: no session, user or message is read. The page works while the database is away.
    # Its headers come along, since it may be answered outside of the middleware that sets them for pages.
    headers = {"X-Frame-Options": "DENY", "Content-Security-Policy": build_policy()}
    return HttpResponse(_render(status, template), status=status, headers=headers)


def _render(status: HTTPStatus, template: str) -> str:
    try:
        return render_to_string(template)
    except Exception:
        log.exception("the page of %d cannot be rendered", status)
        return f"<!doctype html><title>{status.phrase}</title><h1>{status.phrase}</h1>"
