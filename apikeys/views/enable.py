"""Letting a disabled key work again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import NeedsRecentSignIn, ask_to_sign_in_again, signed_in_recently
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from apikeys import services
from apikeys.models import APIKey, KeyState
from apikeys.views.owner import own_key


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enable_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """Enable a key. GET asks, since a person who had to sign in again comes back by GET."""
    key = own_key(request, uid)
    if request.method != "POST":
        return _enabling_page(request, key)
    try:
        key = services.enable_key(key, may_enable=signed_in_recently(request), client=client_of(request))
    except NeedsRecentSignIn:
        return ask_to_sign_in_again(request)
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is enabled.", key.name))
    return redirect("apikeys:key-show", uid)


def _enabling_page(request: SignedInRequest, key: APIKey) -> HttpResponse:
    if key.state != KeyState.DISABLED:
        return redirect("apikeys:key-show", key.uid)
    return render(request, "apikeys/key_enable.html", {"key": key})
