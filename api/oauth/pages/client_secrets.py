"""Account Settings → Developer apps: the secrets of an app. Two at once, so that one can be exchanged."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import require_recent_sign_in
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.one_time_forms import FormUsed, OneTimeForm
from accounts.web.requests import SignedInRequest
from api.oauth.pages.app_summaries import AppSummary
from api.oauth.pages.owner import ask, own_app, owner_page
from api.oauth.services import client_secrets


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables()
def add_secret(request: SignedInRequest, client_id: str) -> HttpResponse:
    """What a second secret is for, and straight from the POST the one page that shows it."""
    summary = own_app(request, client_id)
    if request.method != "POST":
        return _page(request, summary, OneTimeForm())
    form = OneTimeForm(request.POST)
    if not form.is_valid():
        return _page(request, summary, form)
    if sign_in_again := require_recent_sign_in(request):
        return sign_in_again
    try:
        raw_secret = client_secrets.add_secret(
            summary.app, client_of(request), form_id=form.cleaned_data["form_id"]
        )
    except FormUsed:
        return render(request, "oauth/secret_created_already.html", {"app": summary.app})
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, summary, form)
    return render(request, "oauth/secret_show.html", {"app": summary.app, "raw_secret": raw_secret})


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def drop_secret(request: SignedInRequest, client_id: str, public_id: str) -> HttpResponse:
    """The facts, then the end of a secret. Ending one never needs a sign-in again."""
    summary = own_app(request, client_id)
    secret = summary.app.secrets.select_related("application__user").get(public_id=public_id)
    if request.method != "POST":
        return ask(request, "secret_drop", {"summary": summary, "app": summary.app, "secret": secret})
    client_secrets.drop_secret(secret, client_of(request))
    notify(request, format_html("<strong>{}</strong> is deleted.", secret.shown_id), detail=AFTER_DROPPING)
    return redirect("oauth:app-show", client_id)


AFTER_DROPPING = "Requests with it are answered invalid_client from now on. Tokens that it got stay valid."


def _page(request: SignedInRequest, summary: AppSummary, form: OneTimeForm) -> HttpResponse:
    context = {
        "summary": summary,
        "app": summary.app,
        "form": form,
        "has_room": summary.secrets < client_secrets.MAX_SECRETS,
    }
    return render(request, "oauth/secret_create.html", context)
