"""The two middleware of ours: one names each request, one answers the API ahead of all that pages need."""

import logging
import uuid
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import Resolver404, get_resolver
from django.utils.module_loading import import_string

from api import cors
from api.envelope import failure
from api.request_ids import request_id

GetResponse = Callable[[HttpRequest], HttpResponseBase]
API_URLCONF = "api.urls"
PREVIEW_VIEW = "api.projects.preview.serve"
log = logging.getLogger("craft.api")


class RequestIDFilter(logging.Filter):
    """Adds `request_id` to every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; every record is kept."""
        record.request_id = request_id.get()
        return True


class RequestIDMiddleware:
    """Gives each request an id of ours; a client's own is not trusted into the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with X-Request-ID."""
        request_id.set(uuid.uuid4().hex)  # stays until the thread's next request: Django logs after us
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        return response


class HostMiddleware:
    """Sends a request to the part of Craft that its host and path belong to.

    On one host everything is served; on several each host serves what is its own (tests/api/test_hosts.py)
    and 404 for the rest. /v1 is answered from here, never as HTML, whatever goes wrong.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        is_v1 = f"{path.lstrip('/')}/".startswith("v1/")  # //v1/me is nothing, but said in JSON
        is_api = is_v1 or path == "/.well-known/oauth-protected-resource/v1"
        try:
            host = split_domain_port(request.get_host())[0].lower()
        except DisallowedHost:
            if is_v1:
                return failure(
                    400,
                    "INVALID_REQUEST",
                    "Unknown host",
                    details={"Host": ["This host is not served here."]},
                )
            raise
        if host == settings.PREVIEW_HOST or host.endswith(f".{settings.PREVIEW_HOST}"):
            return _preview_view()(request, host.removesuffix(settings.PREVIEW_HOST).removesuffix("."))
        if settings.API_HOST != settings.WEB_HOST and is_api != (host == settings.API_HOST):
            return _not_found(is_v1 or host == settings.API_HOST)
        return self._answer(request, path) if is_api else self.get_response(request)

    def _answer(self, request: HttpRequest, path: str) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return failure(403, "FORBIDDEN", "Use https")
        try:
            response: HttpResponseBase = cors.preflight(request) or _dispatch(request, path)
        except Exception:
            log.exception("%s %r failed", request.method, path)
            response = failure(
                500,
                "INTERNAL_ERROR",
                "Something went wrong on our side. Try again, and tell us the X-Request-ID if it stays.",
            )
        # A refusal may still be about the caller; what is public says so itself.
        response.setdefault("Cache-Control", "private, no-store")
        cors.add_headers(request, response)
        return response


def _dispatch(request: HttpRequest, path: str) -> HttpResponseBase:
    """Call the view that api/urls.py has for the path."""
    try:
        match = get_resolver(API_URLCONF).resolve(path)
    except Resolver404:
        return _not_found(is_v1=True)
    request.resolver_match = match
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


@cache
def _preview_view() -> Callable[[HttpRequest, str], HttpResponseBase]:
    """What serves the preview host; imported by name, since what all share knows no resource."""
    view: Callable[[HttpRequest, str], HttpResponseBase] = import_string(PREVIEW_VIEW)
    return view


def _not_found(is_v1: bool) -> HttpResponse:
    if is_v1:
        return failure(404, "NOT_FOUND", "There is nothing at this address")
    return HttpResponseNotFound(
        "There is nothing at this address.\n", content_type="text/plain; charset=utf-8"
    )
