"""The two middleware of ours: one names each request, one answers the API ahead of all that pages need."""

import logging
from collections.abc import Callable
from functools import cache
from time import perf_counter

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, get_resolver
from django.utils.module_loading import import_string

from accounts.utils import database_faults, kept_connections, patience
from accounts.web import error_pages, reasons
from api import cors, request_id
from api.envelope import EACH, failure
from api.errors import unavailable
from api.refusal_log import write_refusal

GetResponse = Callable[[HttpRequest], HttpResponseBase]
API_URLCONF = "api.urls"
PREVIEW_VIEW = "api.projects.preview.serve"
HOSTS_KEPT = 256  # each deployment has a name of its own
log = logging.getLogger("craft.api")


class RequestIDMiddleware:
    """Gives each request an id of ours, and its time; a client's own id is not trusted into the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with X-Request-ID."""
        began_at = perf_counter()
        patience.begin()
        kept_connections.look_after()
        request_id.renew()
        request.META[error_pages.REQUEST_ID] = request_id.current()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.current()
        if response.status_code >= 400:
            write_refusal(request, response, began_at)
        return response


class HostMiddleware:
    """Sends a request to the part of Craft that its host and path belong to.

    On one host everything is served; on several each host serves what is its own (tests/api/test_hosts.py)
    and 404 for the rest. /v1 is answered from here, never as HTML, whatever goes wrong.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._hosts: dict[str, str] = {}  # Host headers that were seen, each with its name

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        is_v1 = f"{path.lstrip('/')}/".startswith("v1/")  # //v1/me is nothing, but said in JSON
        is_api = is_v1 or path == "/.well-known/oauth-protected-resource/v1"
        try:
            host = self._host_of(request)
        except DisallowedHost as error:
            if is_v1:
                reasons.note(request, str(error))
                return failure(
                    400,
                    "INVALID_REQUEST",
                    "Unknown host",
                    details={"Host": ["This host is not served here."]},
                )
            return error_pages.bad_request(request, error)
        if host == settings.PREVIEW_HOST or host.endswith(f".{settings.PREVIEW_HOST}"):
            label = host.removesuffix(settings.PREVIEW_HOST).removesuffix(".")
            return _preview_view()(request, label)
        if settings.API_HOST != settings.WEB_HOST and is_api != (host == settings.API_HOST):
            return _not_found(is_v1 or host == settings.API_HOST)
        return self._answer(request, path) if is_api else self.get_response(request)

    def _host_of(self, request: HttpRequest) -> str:
        """The name that the client asked for, in small letters: 10 µs by Django. Raises DisallowedHost."""
        header: str = request.META.get("HTTP_HOST", "")
        if (known := self._hosts.get(header)) is not None:
            return known
        host = split_domain_port(request.get_host())[0].lower()
        if header and len(self._hosts) < HOSTS_KEPT:
            self._hosts[header] = host
        return host

    def _answer(self, request: HttpRequest, path: str) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return failure(403, "FORBIDDEN", "Use https")
        try:
            response: HttpResponseBase = cors.preflight(request) or _dispatch(request, path)
        except Exception as error:  # noqa: BLE001  it is logged there
            response = _failed(request, error)
        # A refusal may still be about the caller; what is public says so itself.
        for name, value in EACH.items():
            response.setdefault(name, value)
        cors.add_headers(request, response)
        return response


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to what nobody caught: 503 when it is the database's bad day."""
    if database_faults.is_away(error):
        reasons.note(request, database_faults.reason_of(error))
        return unavailable()
    log.error("%s %r failed", request.method, request.path_info, exc_info=error)
    return failure(
        500,
        "INTERNAL_ERROR",
        "Something went wrong on our side. Try again, and tell us the X-Request-ID if it stays.",
    )


_fixed: dict[str, ResolverMatch] = {}  # by addresses that have no parameter: Django takes 25 µs to find one


def _dispatch(request: HttpRequest, path: str) -> HttpResponseBase:
    """Call the view that api/urls.py has for the path."""
    match = _fixed.get(path)
    if match is None:
        try:
            match = get_resolver(API_URLCONF).resolve(path)
        except Resolver404:
            return _not_found(is_v1=True)
        if not match.kwargs:
            _fixed[path] = match
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
