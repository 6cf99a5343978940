"""GET and POST /oauth/authorize: first the client, then sign-in, then consent."""

from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.client import client_of
from accounts.models import User
from accounts.services import lock_unchanged
from api.oauth import authorization
from api.oauth.authorization import AuthorizationRequest, Refused, Unanswerable
from api.oauth.consent import consent_lines, needs_consent
from api.oauth.redirects import host_of
from api.oauth.services.grants import NotGranted, find_grant
from apikeys.scopes import Scope


@never_cache
@csp_replace({"form-action": None})  # Chromium applies it to the redirect that follows the form
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the user whether an app may act for them, and send the browser back with the answer."""
    try:
        asked = authorization.read_authorization_request(request.META.get("QUERY_STRING", ""))
    except Unanswerable as fault:
        return _show_error(request, fault)
    except Refused as refusal:
        # An unasked redirect could carry people who trust Craft anywhere (RFC 9700, section 4.11.2).
        return HttpResponseRedirect(refusal.location) if _signed_in(request) else _sign_in(request)
    user = _signed_in(request)
    if user is None:
        return _sign_in(request)
    if request.method != "POST":
        is_asked = needs_consent(asked, find_grant(user, asked.application))
        return _ask(request, asked, user) if is_asked else _allow(request, asked, user, was_asked=False)
    if request.POST.get("answer") != "allow":
        return HttpResponseRedirect(authorization.deny(asked))
    return _allow(request, asked, user, was_asked=True)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) and request.user.is_active else None


def _sign_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path())


def _show_error(request: HttpRequest, fault: Unanswerable) -> HttpResponse:
    return render(request, "oauth/error.html", {"reason": str(fault)}, status=400)


def _ask(request: HttpRequest, asked: AuthorizationRequest, user: User) -> HttpResponse:
    grant = find_grant(user, asked.application)
    context = {
        "app": asked.application,
        "lines": consent_lines(asked, grant),
        "grant": grant,
        "cannot_administer": Scope.ADMIN not in asked.scopes,
        "return_host": host_of(asked.redirect_uri),
        "here": request.get_full_path(),
    }
    return render(request, "oauth/consent.html", context)


def _allow(request: HttpRequest, asked: AuthorizationRequest, user: User, *, was_asked: bool) -> HttpResponse:
    try:
        with transaction.atomic():
            if not lock_unchanged(user):
                return _sign_in(request)
            location = authorization.allow(asked, user, client_of(request), was_asked=was_asked)
    except Unanswerable as fault:  # the app was deleted while the user was reading
        return _show_error(request, fault)
    except NotGranted:  # it was disconnected since we looked
        return _ask(request, asked, user)
    return HttpResponseRedirect(location)
