"""Account Settings → Connected apps: what may act for the reader, and how to end it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from api.oauth.models import Grant
from api.oauth.pages.connections import connections_of
from api.oauth.pages.owner import ask, owner_page
from api.oauth.services.grants import revoke_grant
from apikeys.services import keys_made_by

AFTER_REVOKING = "It is signed out of Craft. It has to ask you again before it can act for you."


@owner_page
@require_safe
def list_connections(request: SignedInRequest) -> HttpResponse:
    """One row an app, also for one that holds but a refresh token."""
    return render(request, "oauth/connected_apps.html", {"connections": connections_of(request.user)})


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_access(request: SignedInRequest, uid: str) -> HttpResponse:
    """The facts, then the end of it. Ending access never needs a sign-in again."""
    grant = Grant.objects.select_related("application", "user").get(user=request.user, uid=uid)
    if request.method != "POST":
        keys = list(keys_made_by(grant.uid).order_by("name_key"))
        return ask(request, "connected_app_revoke", {"grant": grant, "app": grant.application, "keys": keys})
    name = grant.application.name
    revoke_grant(grant, client_of(request))
    notify(request, format_html("<strong>{}</strong> has no access any more.", name), detail=AFTER_REVOKING)
    return redirect("oauth:connection-list")
