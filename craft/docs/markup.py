"""Text of the documentation as HTML. A library of template tags."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.templatetags.page_tags import icon

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    """A sentence with `code` in backquotes, as the OpenAPI document has it."""
    parts = re.split("`([^`]*)`", text)  # the code is at the odd places
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if odd % 2 else part,) for odd, part in enumerate(parts)),
    )


@register.simple_tag
def anchor(name: str, title: str) -> SafeString:
    """The visible link to a heading or field, for who wants to send it to somebody."""
    return format_html(
        '<a class="anchor" href="#{}" aria-label="Link to {}">{}</a>', name, title, icon("link")
    )


@register.filter
def dimmed(json: str) -> SafeString:
    """Indented JSON with its names in the background."""
    lines = [re.fullmatch(r'( *)("\w+":)?(.*)', line) for line in json.splitlines()]
    return format_html_join(
        "\n", '{}<span class="dim">{}</span>{}', ((line[1], line[2] or "", line[3]) for line in lines if line)
    )
