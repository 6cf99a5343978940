"""Account Settings → Developer apps: the secrets of an app. Two at once, so that one can be exchanged."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.client import client_of
from accounts.notices import notify
from accounts.recent import require_recent
from api.oauth.forms import OneTimeForm
from api.oauth.listing import AppLine
from api.oauth.services import apps
from api.oauth.views.owner import OwnerRequest, ask, own_app, owner_page


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables()
def add_secret(request: OwnerRequest, client_id: str) -> HttpResponse:
    """What a second secret is for, and straight from the POST the one page that shows it."""
    line = own_app(request, client_id)
    if request.method != "POST":
        return _page(request, line, OneTimeForm())
    form = OneTimeForm(request.POST)
    if not form.is_valid():
        return _page(request, line, form)
    if sign_in_again := require_recent(request):
        return sign_in_again
    try:
        raw_secret = apps.add_secret(line.app, client_of(request), form_id=form.cleaned_data["form_id"])
    except apps.FormUsed:
        return render(request, "oauth/secret_created_already.html", {"app": line.app})
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, line, form)
    return render(request, "oauth/secret_show.html", {"app": line.app, "raw_secret": raw_secret})


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def drop_secret(request: OwnerRequest, client_id: str, public_id: str) -> HttpResponse:
    """The facts, then the end of a secret. Ending one never needs a sign-in again."""
    line = own_app(request, client_id)
    secret = line.app.secrets.select_related("application__user").get(public_id=public_id)
    if request.method != "POST":
        return ask(request, "secret_drop", {"line": line, "app": line.app, "secret": secret})
    apps.drop_secret(secret, client_of(request))
    notify(request, format_html("<strong>{}</strong> is dropped.", secret.shown_id), detail=AFTER_DROPPING)
    return redirect("oauth:app-show", client_id)


AFTER_DROPPING = "Requests with it are answered invalid_client from now on. Tokens that it got stay valid."


def _page(request: OwnerRequest, line: AppLine, form: OneTimeForm) -> HttpResponse:
    context = {"line": line, "app": line.app, "form": form, "has_room": line.secrets < apps.MAX_SECRETS}
    return render(request, "oauth/secret_create.html", context)
