"""The two probes. /healthz: this process runs. /readyz: what it needs answers, too.

Both at any Host but a deployment's, without a credential, uncounted, and ahead of every redirect.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from accounts.web import reasons
from api.envelope import json_response
from craft.readiness import readiness

NOT_KEPT = {"Cache-Control": "no-store"}


class ProbesMiddleware:
    """Answers the probes before anything looks at the host, and lets all else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        show = PROBES.get(request.path_info)
        if show is None or _is_of_deployment(request):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return show(request)


def show_health(request: HttpRequest) -> HttpResponse:
    """200 at once: nothing is asked."""
    return json_response({"status": "ok"}, headers=NOT_KEPT)


def show_readiness(request: HttpRequest) -> HttpResponse:
    """200, or 503 when something that Craft needs does not answer, and which: within two seconds."""
    is_ready, found = readiness().look()
    if not is_ready:
        reasons.note(request, ", ".join(f"{name} {what}" for name, what in found.items()))
    body = {"status": "ok" if is_ready else "failing", **found}
    return json_response(body, status=200 if is_ready else 503, headers=NOT_KEPT)


PROBES = {"/healthz": show_health, "/readyz": show_readiness}


def _is_of_deployment(request: HttpRequest) -> bool:
    """Whether the path is that of a published page, which is its author's."""
    try:
        host = split_domain_port(request.get_host())[0].lower()
    except DisallowedHost:
        return False
    return host.endswith(f".{settings.PREVIEW_HOST}")
