"""Counts each request once it is answered: by its route, never by its path."""

import re
from collections.abc import Callable
from time import perf_counter

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.web.client import ACTING
from api.authentication import OTHER_METHOD
from api.routes import pattern_of
from craft.health import PROBES
from craft.metrics.batch import BUFFER, Batch, Request, count

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TOKEN_ROUTE = "/v1/oauth/token"  # noqa: S105  an address
REASON = re.compile(r'error_description="([^"]*)"')
KINDS = (("craft_key_", "api_key"), ("craft_oat_", "oauth"))


class MetricsMiddleware:
    """Outermost, so that what it times is what callers wait for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began_at = perf_counter()
        response = self.get_response(request)
        seconds = perf_counter() - began_at
        status = response.status_code
        match = request.resolver_match
        route = pattern_of(match.route) if match else _unmatched(request)
        method = request.method if request.method in METHODS else OTHER_METHOD
        acting = request.META.get(ACTING)
        kind = acting.kind if acting else _shown_kind(request) if status == 401 else ""
        noted = Request(route, method, status, kind)
        BUFFER.add(Batch.note_request, (noted, seconds))
        if status in (401, 429) or route == TOKEN_ROUTE:
            _count_refusal(response, route, "address" if acting is None else "user")
        return response


def _unmatched(request: HttpRequest) -> str:
    """What no table of addresses has: few words for all of it."""
    if request.path_info in PROBES:
        return request.path_info
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    host = request.META.get("HTTP_HOST", "").partition(":")[0].lower()
    return "preview" if host.endswith(f".{settings.PREVIEW_HOST}") else "none"


def _shown_kind(request: HttpRequest) -> str:
    """What a refused call came with."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return "session" if settings.SESSION_COOKIE_NAME in request.COOKIES else "none"
    return next((kind for mark, kind in KINDS if mark in header), "other")


def _count_refusal(response: HttpResponseBase, route: str, owner: str) -> None:
    """Why, as far as the answer says so; every word of it is ours."""
    if response.status_code == 401 and "WWW-Authenticate" in response:
        reason = REASON.search(response["WWW-Authenticate"])
        count("UNAUTHORIZED", reason[1].rstrip(".") if reason else "No credential")
    if response.status_code == 429:
        count(
            "LIMITED",
            "oauth" if route.startswith("/v1/oauth/") else owner if route.startswith("/v1/") else "page",
        )
    if route == TOKEN_ROUTE and isinstance(response, HttpResponse) and response.status_code < 500:
        count("TOKENS", "ok" if response.status_code == 200 else _error_of(response))


def _error_of(response: HttpResponse) -> str:
    """The error of RFC 6749, section 5.2, or of its like."""
    try:
        return str(orjson.loads(response.content)["error"])
    except (ValueError, KeyError, TypeError):
        return "other"
