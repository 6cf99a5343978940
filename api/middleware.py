"""The middleware of ours that every request passes: one names it, two send it where it belongs by its host.

On one host everything is served; on several each serves what is its own, and 404 for the rest.
"""

from collections.abc import Callable
from functools import cache
from time import perf_counter

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from accounts.utils import kept_connections, patience
from accounts.web import error_pages, reasons
from api import request_id
from api.answer_headers import put
from api.dispatch import Dispatch
from api.envelope import failure, not_found
from api.hosts import Hosts
from api.refusal_log import write_refusal

GetResponse = Callable[[HttpRequest], HttpResponseBase]
PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource/v1"
PREVIEW_VIEW = "api.projects.preview.serve"


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
        name = request.META[error_pages.REQUEST_ID] = request_id.current()
        response = self.get_response(request)
        put(response, {"x-request-id": ("X-Request-ID", name)})
        if response.status_code >= 400:
            write_refusal(request, response, began_at)
        return response


class APIMiddleware:
    """Answers /v1, ahead of all that pages need."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._hosts, self._dispatch = Hosts(), Dispatch()
        self._only_host = settings.API_HOST if settings.API_HOST != settings.WEB_HOST else None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not f"{request.path_info.lstrip('/')}/".startswith("v1/"):  # //v1/me is nothing, but said in JSON
            return self.get_response(request)
        try:
            host = self._hosts.name_of(request)
        except DisallowedHost as error:
            reasons.note(request, str(error))
            details = {"Host": ["This host is not served here."]}
            refusal = failure(400, "INVALID_REQUEST", "Unknown host", details=details)
            return self._dispatch.complete(request, refusal)
        if host == self._only_host:
            return self._dispatch.answer(request)
        if self._hosts.is_preview(host):
            return self.get_response(request)
        if self._only_host:
            return self._dispatch.complete(request, not_found())
        return self._dispatch.answer(request)


class HostMiddleware:
    """Sends all else to the pages, or to the deployments that somebody has published."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._hosts, self._dispatch = Hosts(), Dispatch()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            host = self._hosts.name_of(request)
        except DisallowedHost as error:
            return error_pages.bad_request(request, error)
        if self._hosts.is_preview(host):
            label = host.removesuffix(settings.PREVIEW_HOST).removesuffix(".")
            return _preview_view()(request, label)
        is_api = request.path_info == PROTECTED_RESOURCE
        if settings.API_HOST != settings.WEB_HOST and is_api != (host == settings.API_HOST):
            return not_found() if host == settings.API_HOST else _nothing()
        return self._dispatch.answer(request) if is_api else self.get_response(request)


@cache
def _preview_view() -> Callable[[HttpRequest, str], HttpResponseBase]:
    """What serves the preview host; imported by name, since what all share knows no resource."""
    view: Callable[[HttpRequest, str], HttpResponseBase] = import_string(PREVIEW_VIEW)
    return view


def _nothing() -> HttpResponseNotFound:
    return HttpResponseNotFound(
        "There is nothing at this address.\n", content_type="text/plain; charset=utf-8"
    )
