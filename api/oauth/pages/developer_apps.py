"""Account Settings → Developer apps: list, create, show, edit, disable, delete."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import (
    NeedsRecentSignIn,
    ask_to_sign_in_again,
    require_recent_sign_in,
    signed_in_recently,
)
from accounts.web.buttons import button
from accounts.web.client import client_of
from accounts.web.form_drafts import keep_draft, take_draft
from accounts.web.notices import notify
from accounts.web.one_time_forms import FormUsed
from accounts.web.requests import SignedInRequest
from api.oauth.pages import app_summaries
from api.oauth.pages.forms import AppForm, CreateAppForm, DeleteAppForm
from api.oauth.pages.owner import ask, own_app, owner_page
from api.oauth.services import applications, client_secrets, failed_requests
from apikeys.scopes import Scope


@owner_page
@require_safe
def list_apps(request: SignedInRequest) -> HttpResponse:
    context = {
        "summaries": app_summaries.summarise_apps(request.user),
        "limit": applications.MAX_APPS,
        "web_url": settings.WEB_URL,
        "metadata": f"{settings.WEB_URL}/.well-known/oauth-authorization-server",
    }
    return render(request, "oauth/app_list.html", context)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables()
def create_app(request: SignedInRequest) -> HttpResponse:
    """The form, and straight from its POST the one page that shows the new app's secret."""
    if request.method != "POST":
        return _creation_page(request, CreateAppForm(initial={"scopes": [Scope.READ]} | _draft(request)))
    form = CreateAppForm(request.POST)
    if not form.is_valid():
        return _creation_page(request, form)
    try:
        app, raw_secret = applications.create_app(
            request.user,
            **form.values,
            may_create=signed_in_recently(request),
            client=client_of(request),
        )
    except FormUsed as used:
        return render(request, "oauth/app_created_already.html", {"app": used.made})
    except NeedsRecentSignIn:
        return _ask_to_sign_in_again(request, form)
    except ValidationError as error:
        form.add_error(None, error)
        return _creation_page(request, form)
    if raw_secret is None:
        notify(request, format_html("<strong>{}</strong> is created.", app.name), detail=NEXT_OF_PUBLIC)
        return redirect("oauth:app-show", app.client_id)
    return render(request, "oauth/secret_show.html", {"app": app, "raw_secret": raw_secret, "is_new": True})


@owner_page
@require_safe
def show_app(request: SignedInRequest, client_id: str) -> HttpResponse:
    """One app: its id and secrets, who uses it, how to use it, and what went wrong lately."""
    summary = own_app(request, client_id)
    context = {
        "summary": summary,
        "app": summary.app,
        "secrets": summary.app.secrets.order_by("-pk"),
        "has_room": summary.secrets < client_secrets.MAX_SECRETS,
        "failures": summary.app.failed_requests.order_by("-pk")[: failed_requests.KEPT],
        "link": app_summaries.authorize_link(summary.app),
        "callback_path": urlsplit(summary.app.redirect_uri_list[0]).path or "/",
        "verifier": app_summaries.EXAMPLE_VERIFIER,
        "token_url": f"{settings.API_URL}/v1/oauth/token",
    }
    return render(request, "oauth/app_show.html", context)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit_app(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Other names, redirect URIs and scopes. The last two need a recent sign-in."""
    app = own_app(request, client_id).app
    if request.method != "POST":
        kept = {field: getattr(app, field) for field in ("name", "website", "description", "redirect_uris")}
        initial = {**kept, "scopes": list(app.scopes)} | _draft(request)
        return _edit_page(request, app, AppForm(initial=initial, admin_enabled=app.admin_enabled))
    form = AppForm(request.POST, admin_enabled=app.admin_enabled)
    if not form.is_valid():
        return _edit_page(request, app, form)
    opens = applications.changes_redirects(app, form.values["redirect_uris"]) or applications.widens(
        app, form.values["scopes"]
    )
    if opens and not signed_in_recently(request):
        return _ask_to_sign_in_again(request, form)
    try:
        app = applications.change_app(app, **form.values, client=client_of(request))
    except ValidationError as error:
        form.add_error(None, error)
        return _edit_page(request, app, form)
    notify(request, format_html("<strong>{}</strong> is saved.", app.name))
    return redirect("oauth:app-show", client_id)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def disable_app(request: SignedInRequest, client_id: str) -> HttpResponse:
    """The facts, then the app stops until it is enabled again."""
    summary = own_app(request, client_id)
    if request.method != "POST":
        return ask(request, "app_disable", {"summary": summary, "app": summary.app})
    applications.set_disabled(summary.app, disabled=True, client=client_of(request))
    notify(request, format_html("<strong>{}</strong> is disabled.", summary.app.name), detail=AFTER_DISABLING)
    return redirect("oauth:app-show", client_id)


@button
@owner_page
def enable_app(request: SignedInRequest, client_id: str) -> HttpResponse:
    """Let it go on. It gives tokens their power back, so it needs a recent sign-in."""
    app = own_app(request, client_id).app
    page = redirect("oauth:app-show", client_id)
    if sign_in_again := require_recent_sign_in(request, page.url):
        return sign_in_again
    try:
        applications.set_disabled(app, disabled=False, client=client_of(request))
    except ValidationError as error:
        notify(request, " ".join(error.messages), kind="warning")
    else:
        notify(request, format_html("<strong>{}</strong> is enabled.", app.name))
    return page


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def delete_app(request: SignedInRequest, client_id: str) -> HttpResponse:
    """The facts, then the end of an app and of all that people gave it."""
    summary = own_app(request, client_id)
    form = DeleteAppForm(request.POST if request.method == "POST" else None, summary=summary)
    if not form.is_valid():
        return ask(request, "app_delete", {"summary": summary, "app": summary.app, "form": form})
    name = summary.app.name
    applications.delete_app(summary.app, client_of(request))
    notify(request, format_html("<strong>{}</strong> is deleted.", name), detail=AFTER_DELETION)
    return redirect("oauth:app-list")


NEXT_OF_PUBLIC = "It needs no secret. Its client id is below."
AFTER_DISABLING = (
    "Its tokens answer 401 from now on. People stay connected, and it goes on when you enable it."
)
AFTER_DELETION = "Everything that people had allowed it is gone with it."


def _draft(request: SignedInRequest) -> dict[str, object]:
    """What the form held before the person signed in again."""
    kept: dict[str, object] = dict(take_draft(request))
    return kept | {"scopes": str(kept["scopes"]).split()} if "scopes" in kept else kept


def _ask_to_sign_in_again(request: SignedInRequest, form: AppForm) -> HttpResponse:
    """Ask for the password; the form then comes back as it was sent."""
    data = {field: value for field, value in form.cleaned_data.items() if field != "form_id"}
    keep_draft(request, {**data, "scopes": " ".join(data["scopes"])})
    return ask_to_sign_in_again(request)


def _creation_page(request: SignedInRequest, form: CreateAppForm) -> HttpResponse:
    context = {
        "form": form,
        "has_room": applications.has_room(request.user),
        "too_many": applications.TOO_MANY,
    }
    return render(request, "oauth/app_create.html", context)


def _edit_page(request: SignedInRequest, app: object, form: AppForm) -> HttpResponse:
    return render(request, "oauth/app_edit.html", {"app": app, "form": form})
