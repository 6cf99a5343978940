"""Another name or permission for a key."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import NeedsRecentSignIn, signed_in_recently
from accounts.web.client import client_of
from accounts.web.form_drafts import take_draft
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest
from apikeys import services
from apikeys.forms import KeyForm
from apikeys.models import APIKey
from apikeys.views.owner import ask_to_sign_in_again_for, own_key


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_key(request: SignedInRequest, uid: str) -> HttpResponse:
    """Another name or permission."""
    key = own_key(request, uid)
    if request.method != "POST":
        kept = {"name": key.name, "permission": key.permission} | take_draft(request)
        return _edit_page(request, key, KeyForm(initial=kept))
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, key, form)
    try:
        key = services.change_key(
            key, **form.cleaned_data, may_widen=signed_in_recently(request), client=client_of(request)
        )
    except NeedsRecentSignIn:
        return ask_to_sign_in_again_for(request, form)
    except ValidationError as error:
        form.add_error(None, error)
        return _edit_page(request, key, form)
    except services.KeyEnded as ended:
        notify(request, str(ended), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is saved.", key.name))
    return redirect("apikeys:key-show", uid)


def _edit_page(request: SignedInRequest, key: APIKey, form: KeyForm) -> HttpResponse:
    if not key.is_live:
        return redirect("apikeys:key-show", key.uid)
    return render(request, "apikeys/key_edit.html", {"key": key, "form": form})
