"""What programs read of the documentation: each page as Markdown, and a list of all of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from craft.docs.guides import ALL, guide, source
from craft.docs.pages import markdown_url
from craft.docs.plain import render_plain
from craft.docs.reference import operations, sections

MARKDOWN = "text/markdown; charset=utf-8"


@require_safe
@gzip_page
def list_pages(request: HttpRequest) -> HttpResponse:
    """Every page with a line about it, as llmstxt.org has it: /llms.txt and /docs/index.md."""
    guides = [(guide(name), markdown_url(f"/docs/{name}/")) for name in ALL]
    return _markdown("index", {"guides": guides, "sections": sections()})


@require_safe
@gzip_page
def read_guide(request: HttpRequest, name: str) -> HttpResponse:
    """A guide. Raises Http404."""
    if name not in ALL:
        raise Http404
    return HttpResponse(source(name), content_type=MARKDOWN)


@require_safe
@gzip_page
def read_operation(request: HttpRequest, operation_id: str) -> HttpResponse:
    """A page of the reference. Raises Http404."""
    operation = operations().get(operation_id)
    if operation is None:
        raise Http404
    return _markdown("operation", {"operation": operation})


def _markdown(name: str, values: dict[str, Any]) -> HttpResponse:
    return HttpResponse(render_plain(f"docs/{name}.md", values), content_type=MARKDOWN)
