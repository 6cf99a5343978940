"""What the coach advises, done, undone or put aside."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from accounts.reauthentication import NeedsRecentSignIn, ask_to_sign_in_again, signed_in_recently
from accounts.web.buttons import button
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from apikeys import coach, services
from apikeys.views.owner import own_key


@button
def narrow_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """Make a key read-only that has only read."""
    try:
        key = coach.narrow(own_key(request, uid), client_of(request))
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is read-only now.", key.name))
    return redirect("apikeys:key-show", uid)


@button
def undo_narrowing(request: SignedInRequest, uid: str) -> HttpResponse:
    """Let it write again."""
    try:
        key = coach.undo_narrowing(
            own_key(request, uid), may_widen=signed_in_recently(request), client=client_of(request)
        )
    except NeedsRecentSignIn:
        return ask_to_sign_in_again(request, next=reverse("apikeys:key-show", args=[uid]))
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> may write again.", key.name))
    return redirect("apikeys:key-show", uid)


@button
def put_aside(request: SignedInRequest, uid: str) -> HttpResponse:
    """Give one piece of advice about a key no more."""
    try:
        coach.put_aside(own_key(request, uid), coach.Advice(request.POST.get("advice", "")))
    except ValueError:
        return HttpResponseBadRequest("There is no such advice.\n", content_type="text/plain")
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    return redirect("apikeys:key-list") if "from_list" in request.POST else redirect("apikeys:key-show", uid)
