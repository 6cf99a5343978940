"""What the pages of a key's owner share."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.reauthentication import ask_to_sign_in_again
from accounts.web.form_drafts import keep_draft
from accounts.web.requests import SignedInRequest
from apikeys import coach, status
from apikeys.forms import DisableForm, KeyForm
from apikeys.models import APIKey, KeyState


def own_key(request: SignedInRequest, uid: str) -> APIKey:
    """The owner's key of that id; 404 for anybody else's."""
    keys = request.user.api_keys.listed(timezone.now()).with_public_id()
    key: APIKey = get_object_or_404(keys.select_related("user").prefetch_related("secrets"), uid=uid)
    return key


def own_summary(request: SignedInRequest, uid: str) -> status.KeySummary:
    """The owner's key as it is now; 404 for anybody else's."""
    return status.summarise_key(own_key(request, uid), timezone.now())


def render_key_page(
    request: SignedInRequest, template: str, summary: status.KeySummary, context: dict[str, Any]
) -> HttpResponse:
    """One of the three pages of a key: what stands above all of them, and its own part."""
    shared = {
        "summary": summary,
        "key": summary.key,
        "rotation": summary.rotation if summary.key.is_live else None,
        "may_rotate": summary.key.state == KeyState.ACTIVE and summary.rotation is None,
        "disable_times": DisableForm.TIMES,
        "advice": coach.first_advice(summary),
        "requests_kept": summary.key.requests.count(),
    }
    return render(request, template, {**shared, **context})


def ask_to_sign_in_again_for(request: SignedInRequest, form: KeyForm) -> HttpResponse:
    """Ask for the password; the form then comes back as it was sent."""
    keep_draft(request, form.draft())
    return ask_to_sign_in_again(request)
