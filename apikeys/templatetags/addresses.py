"""How the key pages print network addresses."""

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """The address, which may wrap behind a colon but not within a group: IPv6 needs more than one line."""
    *groups, last = address.split(":")
    return format_html_join("", "{}:<wbr>", ((group,) for group in groups)) + conditional_escape(last)
