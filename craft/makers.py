"""Which app made a key: a key knows its maker by an id alone. A library of template tags."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from api.oauth.models import Grant

register = template.Library()


@register.simple_tag(takes_context=True)
def maker_link(context: dict[str, Any], made_by: str) -> SafeString:
    """`by {% maker_link key.made_by %}`: the app's name, which leads to it, or "an app" when it has gone.

    One query for all keys of a page, and none for a page without such keys.
    """
    request = context["request"]
    if not hasattr(request, "app_names"):
        grants = Grant.objects.filter(user=request.user)
        request.app_names = dict(grants.values_list("uid", "application__name"))
    name = request.app_names.get(made_by)
    if name is None:
        return SafeString("an app")
    return format_html('<a href="{}#{}">{}</a>', reverse("oauth:connection-list"), made_by, name)
