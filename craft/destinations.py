"""To which app somebody is on the way who has to sign in first. A library of template tags."""

from urllib.parse import parse_qs

from django import template
from django.urls import reverse

from api.oauth.models import Application

register = template.Library()


@register.simple_tag
def app_on_the_way(next_url: str | None) -> str:
    """`{% app_on_the_way redirect_field_value as app %}`: the app whose consent comes next, or "".

    It is the name of a registered app that may be used, never one that the link itself claims.
    """
    path, _, query = (next_url or "").partition("?")
    client_id = parse_qs(query).get("client_id", [""])[0]
    if path != reverse("oauth:authorization-create") or not client_id.isprintable():
        return ""
    app = Application.objects.select_related("user").filter(client_id=client_id).first()
    return app.name if app and app.is_usable() else ""
