"""/docs/: how to begin, guides, and the API reference. Open to everybody.

These pages are compressed, for they show nothing of what a request brought: nobody finds out by their length,
try by try, what else they hold (BREACH, breachattack.com). The page of a search repeats the query, and those
of signing in and of the settings have tokens beside what others may choose: they go as they are, but for the
list of keys. So does /v1.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from craft.docs.guides import ALL, guide
from craft.docs.pages import OVERVIEW, markdown_url, navigation, neighbours, part_of
from craft.docs.reference import operations, sections
from craft.docs.search import find, index, marked

LONGEST_QUERY = 100  # characters


@require_safe
@gzip_page
def show_docs(request: HttpRequest) -> HttpResponse:
    """The first page: where to begin."""
    guides = [(guide(name), reverse("docs-guide", args=[name])) for name in ALL]
    context = {"first": operations()["getMe"], "guides": guides, "sections": sections()}
    return _page(request, "index", OVERVIEW, context)


@require_safe
@gzip_page
def show_guide(request: HttpRequest, name: str) -> HttpResponse:
    """A page of prose by its name in the address. Raises Http404."""
    if name not in ALL:
        raise Http404
    return _page(request, "guide", ALL[name], {"guide": guide(name)})


@require_safe
@gzip_page
def show_operation(request: HttpRequest, operation_id: str) -> HttpResponse:
    """A page of the reference."""
    operation = operations().get(operation_id)
    if operation is None:
        raise Http404
    return _page(request, "operation", operation.summary, {"operation": operation})


@require_safe
def search_docs(request: HttpRequest) -> HttpResponse:
    """What a search finds, for who has no script or pressed Enter."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    results = [(each, marked(each.title, query), marked(each.text, query)) for each in find(query)]
    return _page(request, "search", "Search", {"query": query, "results": results, "markdown_url": ""})


@require_safe
@gzip_page
def read_search_index(request: HttpRequest) -> HttpResponse:
    """The index, for the browser. It holds nothing of people, so it may be compressed and kept."""
    return JsonResponse(index().as_json(), headers={"Cache-Control": "public, max-age=300"})


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    before, after = neighbours(request.path)
    shared = {
        "page_title": title,
        "part": part_of(request.path),
        "navigation": navigation(request.path),
        "before": before,
        "after": after,
        "markdown_url": markdown_url(request.path),
        "api_url": settings.API_URL,
        "web_url": settings.WEB_URL,
    }
    return render(request, f"docs/{template}.html", {**shared, **context})
