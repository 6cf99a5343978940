"""Templates of what is no HTML: Markdown, in which nothing is escaped."""

from typing import Any

from django.conf import settings
from django.template import Context, Engine


def render_plain(template: str, values: dict[str, Any]) -> str:
    """A template as text. It knows this installation's `web_url` and `api_url`."""
    hosts = {"api_url": settings.API_URL, "web_url": settings.WEB_URL}
    context = Context({**hosts, **values}, autoescape=False)
    return str(Engine.get_default().get_template(template).render(context))
