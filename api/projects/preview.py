"""The preview host: published deployments, each under its own host label, to whoever has the address.

What is served here was written by strangers. Its host shares no registrable domain with Craft's (settings
refuse that), this module reads and sets no cookie, and no middleware that does runs before it.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.utils import database_faults
from accounts.web import reasons
from api.projects.content_streams import raw_answer
from api.projects.models import DeploymentFile
from api.projects.preconditions import Preconditions, etag
from api.projects.services.deployments import find_published, open_published
from api.projects.services.storage import StorageUnavailable

INDEX = "index.html"
NOT_FOUND = "404.html"  # of the deployment's own
RETRY_AFTER = 5  # seconds, where the storage is away
HEADERS = {
    # A deployment never changes but may be deleted: kept, and asked for again each time, for a 304.
    "Cache-Control": "public, max-age=0, must-revalidate",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",  # it is public, and there are no credentials here
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    # Two deployments share a domain: neither may drop its label by document.domain and script the other.
    "Origin-Agent-Cluster": "?1",
}
HSTS = "max-age=63072000"  # of this host alone: what else lies below its domain is not ours to say


def serve(request: HttpRequest, label: str) -> HttpResponseBase:
    """Answer from the deployment with this host label ("" for the bare preview host)."""
    try:
        response = _answer(request, label)
    except StorageUnavailable:
        response = _unavailable()
    except Exception as error:
        if not database_faults.is_away(error):
            raise
        reasons.note(request, database_faults.reason_of(error))
        response = _unavailable()
    for name, value in HEADERS.items():
        response[name] = value
    if settings.SECURE_HSTS_SECONDS and request.is_secure():
        response["Strict-Transport-Security"] = HSTS
    return response


def _unavailable() -> HttpResponse:
    text = "Craft cannot answer right now. Try again in a moment.\n"
    headers = {"Retry-After": str(RETRY_AFTER)}
    return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8", headers=headers)


def _answer(request: HttpRequest, label: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    path = request.path_info[1:]
    is_folder = path == "" or path.endswith("/")
    file = find_published(label, f"{path}{INDEX}" if is_folder else path)
    if file is None and not is_folder and find_published(label, f"{path}/{INDEX}"):
        return _to_folder(request, path)
    return (file and _content(request, file)) or _not_found(request, label)


def _content(request: HttpRequest, file: DeploymentFile, status: int = 200) -> HttpResponseBase | None:
    """A file's answer; None when its deployment has just gone."""
    tag = etag(file.stored.sha256)
    if status == 200 and Preconditions.of(request.headers).is_known(file.stored.sha256):
        return HttpResponse(status=304, headers={"ETag": tag})
    content = open_published(file)
    if content is None:
        return None
    response = raw_answer(content, file.stored.size or 0, file.content_type, is_head=request.method == "HEAD")
    response.status_code = status
    response["ETag"] = tag
    return response


def _to_folder(request: HttpRequest, path: str) -> HttpResponse:
    """`/folder` → `/folder/`. A path has no empty segment, so this never reads as another host."""
    query = request.META.get("QUERY_STRING")
    address = f"/{quote(path)}/" + (f"?{query}" if query else "")
    return HttpResponse(status=308, headers={"Location": address})


def _not_found(request: HttpRequest, label: str) -> HttpResponseBase:
    own = find_published(label, NOT_FOUND)
    return (own and _content(request, own, status=404)) or _nothing_here()


def _nothing_here() -> HttpResponse:
    """A page of ours, which loads nothing: neither is Craft's host reached from here, nor is it named."""
    style, digest = _style()
    context = {"style": style, "abuse_url": settings.ABUSE_URL}
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    page = render_to_string("projects/not_published.html", context)
    return HttpResponse(page, status=404, headers={"Content-Security-Policy": policy})


@cache
def _style() -> tuple[SafeString, str]:
    """The page's style, a file of ours, and its digest as a policy has it."""
    style = render_to_string("projects/not_published.css")
    return style, b64encode(sha256(style.encode()).digest()).decode()
