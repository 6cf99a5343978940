"""Create New Key, and the one page that shows a key."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import NeedsRecentSignIn, signed_in_recently
from accounts.web.client import client_of
from accounts.web.form_drafts import take_draft
from accounts.web.one_time_forms import FormUsed
from accounts.web.requests import SignedInRequest
from apikeys import services
from apikeys.forms import CreateKeyForm
from apikeys.views.owner import ask_to_sign_in_again_for_form, login_required_for_form

EXAMPLES_IN = ("curl", ".env", "JavaScript", "Python")


@login_required_for_form
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables()
def create_key(request: SignedInRequest) -> HttpResponse:
    """The form, and straight from its POST the one page that shows the new key."""
    if request.method != "POST":
        draft = take_draft(request)
        return _creation_page(request, CreateKeyForm(initial=draft), came_back=bool(draft))
    form = CreateKeyForm(request.POST)
    if not form.is_valid():
        return _creation_page(request, form)
    try:
        key, raw_key = services.create_key(
            request.user,
            **form.values(),
            may_create=signed_in_recently(request),
            client=client_of(request),
        )
    except FormUsed as used:
        return render(request, "apikeys/key_created_already.html", {"key": used.made})
    except NeedsRecentSignIn:
        return ask_to_sign_in_again_for_form(request)
    except ValidationError as error:
        form.add_refusal(error)
        return _creation_page(request, form)
    context = {"key": key, "raw_key": raw_key, "api_url": settings.API_URL, "languages": EXAMPLES_IN}
    return render(request, "apikeys/key_secret.html", context)


def _creation_page(request: SignedInRequest, form: CreateKeyForm, *, came_back: bool = False) -> HttpResponse:
    context = {
        "form": form,
        "came_back": came_back,
        "has_room": services.has_room(request.user),
        "too_many": services.TOO_MANY,
    }
    return render(request, "apikeys/key_create.html", context)
