"""Rotating a key: a new secret, who still has the old one, and its end."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import NeedsRecentSignIn, ask_to_sign_in_again, signed_in_recently
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.one_time_forms import FormUsed
from accounts.web.requests import SignedInRequest
from apikeys import services
from apikeys.forms import RotateForm
from apikeys.status import KeySummary
from apikeys.usage import reports
from apikeys.views.create import EXAMPLES_IN
from apikeys.views.owner import own_summary


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables()
def rotate_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """How long the old secret goes on working, and straight from the POST the page that shows the new one."""
    summary = own_summary(request, uid)
    form = RotateForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _rotation_page(request, summary, form)
    try:
        key, raw_key = services.rotate_key(
            summary.key,
            **form.cleaned_data,
            may_rotate=signed_in_recently(request),
            client=client_of(request),
        )
    except FormUsed:
        return render(request, "apikeys/key_rotated_already.html", {"key": summary.key})
    except NeedsRecentSignIn:
        return ask_to_sign_in_again(request)
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
        return redirect("apikeys:key-show", uid)
    context = {
        "key": key,
        "raw_key": raw_key,
        "api_url": settings.API_URL,
        "languages": EXAMPLES_IN,
        "is_rotation": True,
        "grace": form.cleaned_data["grace"],
    }
    return render(request, "apikeys/key_secret.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finish_rotation(request: SignedInRequest, uid: str) -> HttpResponse:
    """End the old secret now. GET asks, with who still uses it."""
    summary = own_summary(request, uid)
    if request.method != "POST":
        return _question(request, summary, "apikeys/key_rotation_finish.html")
    try:
        key = services.finish_rotation(summary.key, client_of(request))
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("The old secret of <strong>{}</strong> has ended.", key.name))
    return redirect("apikeys:key-show", uid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_rotation(request: SignedInRequest, uid: str) -> HttpResponse:
    """End the new secret, which nobody has used. GET asks."""
    summary = own_summary(request, uid)
    if request.method != "POST":
        return _question(request, summary, "apikeys/key_rotation_cancel.html")
    try:
        key = services.cancel_rotation(
            summary.key, may_cancel=signed_in_recently(request), client=client_of(request)
        )
    except NeedsRecentSignIn:
        return ask_to_sign_in_again(request)
    except services.StateForbids as refused:
        notify(request, str(refused), kind="warning")
    else:
        notify(request, format_html("The rotation of <strong>{}</strong> is cancelled.", key.name))
    return redirect("apikeys:key-show", uid)


def _rotation_page(request: SignedInRequest, summary: KeySummary, form: RotateForm) -> HttpResponse:
    if not summary.is_usable or summary.rotation is not None:
        return redirect("apikeys:key-show", summary.key.uid)
    return render(request, "apikeys/key_rotate.html", {"summary": summary, "key": summary.key, "form": form})


def _question(request: SignedInRequest, summary: KeySummary, template: str) -> HttpResponse:
    rotation = summary.rotation
    if rotation is None:
        return redirect("apikeys:key-show", summary.key.uid)
    old_callers = reports.callers(summary.key, rotation.started_at, of=rotation.old)
    context = {"summary": summary, "key": summary.key, "rotation": rotation, "old_callers": old_callers}
    return render(request, template, context)
