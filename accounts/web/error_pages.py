"""What a browser sees when something went wrong: what happened, what to do next, one link."""

import logging
import sys
from http import HTTPStatus

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from accounts.models import User
from accounts.utils import database_faults
from accounts.web import reasons

REQUEST_ID = "craft.request_id"  # in the WSGI environment, where api.middleware keeps it
RETRY_SECONDS = 2  # after a 503: as long as a database takes to start
log = logging.getLogger("craft.pages")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if exception is not None:
        reasons.note(request, " ".join(str(exception).split()))
    return _page(request, HTTPStatus.BAD_REQUEST)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without this browser's token; `reason` is for the log."""
    reasons.note(request, reason)
    return _page(request, HTTPStatus.FORBIDDEN, "403_csrf.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, HTTPStatus.NOT_FOUND)


def method_not_allowed(request: HttpRequest, allowed: str, page: str = "/") -> HttpResponse:
    """405: a page was sent what it does not take, or a button's address was opened. `page`: where next."""
    response = _page(request, HTTPStatus.METHOD_NOT_ALLOWED, page=page)
    response["Allow"] = allowed
    return response


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429, from allauth's limits."""
    return _page(request, HTTPStatus.TOO_MANY_REQUESTS)


def server_error(request: HttpRequest) -> HttpResponse:
    """What Django answers an exception with, wherever it came up: 503 when it is the database's bad day.

    Called within `except`, for each middleware.
    """
    error = sys.exc_info()[1]
    if database_faults.is_away(error):
        response = unavailable(request, error)
    else:
        log.error("%s %r failed", request.method, request.path, exc_info=error)
        response = _page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    response._has_been_logged = True  # type: ignore[attr-defined]  # else Django writes one more traceback
    return response


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """503: Craft cannot answer right now. `error` says why in the log."""
    if error is not None:
        reasons.note(request, database_faults.reason_of(error))
    response = _page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(request: HttpRequest, status: HTTPStatus, template: str = "", **facts: str) -> HttpResponse:
    # Its headers come along, since it may be answered outside of the middleware that sets them for pages.
    headers = {"X-Frame-Options": "DENY", "Content-Security-Policy": build_policy()}
    content = _render(request, status, template or f"{status.value}.html", facts)
    return HttpResponse(content, status=status, headers=headers)


def _render(request: HttpRequest, status: HTTPStatus, template: str, facts: dict[str, str]) -> str:
    """The page, with the navigation of the settings for who is known to be signed in.

    No context processor runs, and nothing is looked up: it works while the database is away.
    """
    request_id = request.META.get(REQUEST_ID, "")
    shared = {**facts, "support_email": settings.SUPPORT_EMAIL, "request_id": request_id}
    try:
        if person := _known_person(request):
            signed_in = {"request": request, "user": person, "csrf_token": get_token(request)}
            return render_to_string(template, {**shared, **signed_in, "shell": "error_settings.html"})
        return render_to_string(template, {**shared, "shell": "shell_centred.html"})
    except Exception:
        log.exception("the page of %d cannot be rendered", status)
        return f"<!doctype html><title>{status.phrase}</title><h1>{status.phrase}</h1>"


def _known_person(request: HttpRequest) -> User | None:
    """Who is signed in, if that was looked up already (django.contrib.auth.middleware keeps it here)."""
    user = getattr(request, "_cached_user", None)
    return user if isinstance(user, User) else None
