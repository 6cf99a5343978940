"""Calls of the API, answered without what pages need: never as HTML, whatever goes wrong."""

import logging
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, ResolverMatch, get_resolver

from accounts.utils import database_faults
from accounts.web import reasons
from api import cors
from api.answer_headers import Headers, complete, prepared
from api.envelope import EACH, failure, not_found
from api.errors import unavailable

API_URLCONF = "api.urls"
log = logging.getLogger("craft.api")


class Dispatch:
    """Answers by the views of api/urls.py, with the headers that each answer has."""

    def __init__(self) -> None:
        self._needs_https = settings.SECURE_SSL_REDIRECT
        self._headers = {is_secure: _headers(is_secure) for is_secure in (True, False)}

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of the view, or what went wrong."""
        if self._needs_https and not request.is_secure():
            return self.complete(request, failure(403, "FORBIDDEN", "Use https"))
        try:
            response: HttpResponseBase = cors.preflight(request) or _call_view(request)
        except Exception as error:  # noqa: BLE001  no answer may be HTML: _failed logs it
            response = _failed(request, error)
        cors.add_headers(request, response)
        return self.complete(request, response)

    def complete(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """With what this answer has not said itself: a refusal may be about the caller, too."""
        complete(response, self._headers[request.is_secure()])
        return response


def _headers(is_secure: bool) -> Headers:
    """Those of every answer: its own, and what Django's middleware adds, which looks each time: 12 µs."""
    request: Any = SimpleNamespace(is_secure=lambda: is_secure)
    response = HttpResponse()
    del response["Content-Type"]
    made = SecurityMiddleware(lambda _: response).process_response(request, response)
    return prepared({**EACH, **made.headers})


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


def _call_view(request: HttpRequest) -> HttpResponseBase:
    match = _fixed.get(request.path_info)
    if match is None:
        try:
            match = get_resolver(API_URLCONF).resolve(request.path_info)
        except Resolver404:
            return not_found()
        if not match.kwargs:
            _fixed[request.path_info] = match
    request.resolver_match = match
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response
