"""Deleting a key, and undoing that."""

import time
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import (
    NeedsRecentSignIn,
    ask_to_sign_in_again,
    signed_in_recently,
)
from accounts.web.client import client_of
from accounts.web.form_drafts import keep_draft, take_draft
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from apikeys import services, status
from apikeys.forms import DeleteKeyForm
from apikeys.models import RESTORABLE_IN_WORDS, APIKey
from apikeys.views.owner import own_key, own_summary

AFTER_DELETION = (
    f"Requests with it are answered 401 from now on. You can restore it for {RESTORABLE_IN_WORDS}."
)
PRESSED_AT = "pressed-at"  # when Undo was pressed, in the draft that waits for a sign-in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """The facts, then the end of a key. With `?dialog` only what goes into the dialog of another page."""
    summary = own_summary(request, uid)
    if not summary.key.is_live:
        notify(
            request, format_html("<strong>{}</strong> has ended already.", summary.key.name), kind="notice"
        )
        return redirect("apikeys:key-show", uid)
    form = DeleteKeyForm(request.POST if request.method == "POST" else None, summary=summary)
    if not form.is_valid():
        return _deletion_page(request, summary, form)
    try:
        key = services.delete_key(summary.key, client_of(request))
    except services.StateForbids as ended:
        notify(request, str(ended), kind="notice")
    else:
        deleted = format_html("<strong>{}</strong> is deleted.", key.name)
        undo = reverse("apikeys:key-restore", args=[uid])
        notify(request, deleted, detail=AFTER_DELETION, action_url=undo)
    return redirect("apikeys:key-list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """Undo a deletion. Who pressed Undo and had to sign in again comes back by GET, and is asked no more."""
    key = own_key(request, uid)
    if request.method != "POST" and not _was_pressed(request):
        return _restoration_page(request, key)
    if not signed_in_recently(request):
        keep_draft(request, {PRESSED_AT: str(time.time())})
        return ask_to_sign_in_again(request)
    try:
        key = services.restore_key(key, client_of(request))
    except NeedsRecentSignIn:
        return ask_to_sign_in_again(request)
    except services.StateForbids as ended:
        notify(request, str(ended), kind="warning")
        return redirect("apikeys:key-show", uid)
    except ValidationError as error:
        return _restoration_page(request, key, error.messages)
    notify(request, format_html("<strong>{}</strong> is restored.", key.name))
    return redirect("apikeys:key-list")


def _deletion_page(request: SignedInRequest, summary: status.KeySummary, form: DeleteKeyForm) -> HttpResponse:
    kind = "_dialog" if "dialog" in request.GET else ""
    context = {
        "summary": summary,
        "key": summary.key,
        "form": form,
        "requests_24h": status.requests_of_a_day(summary),
    }
    return render(request, f"apikeys/key_delete{kind}.html", context)


def _was_pressed(request: SignedInRequest) -> bool:
    """Whether this GET comes from the sign-in that a press of Undo led to. Once, and not long after."""
    if request.method != "GET" or not signed_in_recently(request):
        return False
    pressed_at = float(take_draft(request).get(PRESSED_AT, 0))
    return 0 <= time.time() - pressed_at < settings.RECENT_AUTHENTICATION_SECONDS


def _restoration_page(request: SignedInRequest, key: APIKey, errors: Sequence[str] = ()) -> HttpResponse:
    if not key.restorable_until:
        return redirect("apikeys:key-show", key.uid)
    return render(request, "apikeys/key_restore.html", {"key": key, "errors": errors})
