"""What the pages of a key's owner share."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.reauthentication import ask_to_sign_in_again
from accounts.web.form_drafts import keep_draft
from accounts.web.requests import SignedInRequest
from apikeys import coach, status
from apikeys.forms import DisableForm
from apikeys.models import APIKey
from apikeys.usage.single_requests import count_requests

# What of a form is kept while somebody signs in; `shown-…` is what it was shown with (KeySettingsForm).
DRAFT_FIELDS = ("name", "permission", "expires", "expires_on", "shown-name", "shown-permission")


def own_key(request: SignedInRequest, uid: str) -> APIKey:
    """The owner's key of that id; 404 for anybody else's."""
    keys = request.user.api_keys.listed(timezone.now()).with_public_id().with_secrets()
    key: APIKey = get_object_or_404(keys.select_related("user"), uid=uid)
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
        "may_rotate": summary.is_usable and summary.rotation is None,
        "may_undo_narrowing": summary.is_usable and coach.may_undo_narrowing(summary.key),
        "disable_times": DisableForm.TIMES,
        "advice": coach.first_advice(summary),
        "requests_kept": count_requests(summary.key),
    }
    return render(request, template, {**shared, **context})


def ask_to_sign_in_again_for_form(request: HttpRequest) -> HttpResponse:
    """Ask for the password; the form then comes back as it was sent."""
    _keep_form(request)
    return ask_to_sign_in_again(request)


def login_required_for_form(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """login_required for a form about a key: sent after the session ended, it comes back filled in."""
    wrapped = login_required(view)

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            _keep_form(request)
        return wrapped(request, *args, **kwargs)

    return wrapper


def _keep_form(request: HttpRequest) -> None:
    keep_draft(request, {name: request.POST[name] for name in DRAFT_FIELDS if name in request.POST})
