"""What a browser sees when something went wrong: what happened, what to do next, one link."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(HTTPStatus.BAD_REQUEST, "400.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without this browser's token; `reason` is for the log, which Django writes itself."""
    return _page(HTTPStatus.FORBIDDEN, "403_csrf.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(HTTPStatus.FORBIDDEN, "403.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(HTTPStatus.NOT_FOUND, "404.html")


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429, from allauth's limits."""
    return _page(HTTPStatus.TOO_MANY_REQUESTS, "429.html")


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, "500.html")


def _page(status: HTTPStatus, template: str) -> HttpResponse:
    # Without the request: no session, user or message is read. The page works while the database is away.
    return HttpResponse(render_to_string(template), status=status)
