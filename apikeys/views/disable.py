"""Letting a key rest, and work again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import NeedsRecentSignIn, ask_to_sign_in_again, signed_in_recently
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from apikeys import services, status
from apikeys.forms import DisableForm
from apikeys.models import APIKey, KeyState
from apikeys.views.owner import own_key, own_summary


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def disable_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """Disable a key, for a while or until it is enabled. GET asks for how long."""
    summary = own_summary(request, uid)
    form = DisableForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _disabling_page(request, summary, form)
    try:
        key = services.disable_key(
            summary.key, seconds=form.cleaned_data["seconds"], client=client_of(request)
        )
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is disabled.", key.name))
    return redirect("apikeys:key-requests", uid)


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


def _disabling_page(request: SignedInRequest, summary: status.KeySummary, form: DisableForm) -> HttpResponse:
    if not summary.key.is_live or summary.key.state == KeyState.DISABLED:
        return redirect("apikeys:key-show", summary.key.uid)
    context = {
        "summary": summary,
        "key": summary.key,
        "form": form,
        "requests_24h": status.requests_of_a_day(summary),
    }
    return render(request, "apikeys/key_disable.html", context)


def _enabling_page(request: SignedInRequest, key: APIKey) -> HttpResponse:
    if key.state != KeyState.DISABLED:
        return redirect("apikeys:key-show", key.uid)
    return render(request, "apikeys/key_enable.html", {"key": key})
