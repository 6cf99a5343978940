"""GET and POST /oauth/authorize: first the client, then sign-in, then consent."""

from urllib.parse import quote

from csp.decorators import csp_replace
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.services import lock_unchanged
from accounts.web.client import client_of
from api.oauth.models import Grant
from api.oauth.pages.consent import consent_items, hosts_before
from api.oauth.protocol import authorization_request
from api.oauth.protocol.authorization_request import AuthorizationRequest, ErrorRedirect, UnsafeToRedirect
from api.oauth.redirect_uris import agreed_host, host_of, said_host
from api.oauth.services.grants import NotGranted, find_grant, needs_consent
from api.oauth.services.reputation import count_people, people_in_words
from apikeys.scopes import Scope


@never_cache
@csp_replace({"form-action": None})  # Chromium applies it to the redirect that follows the form
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the user whether an app may act for them, and send the browser back with the answer."""
    try:
        authorization = authorization_request.read_authorization_request(request.META.get("QUERY_STRING", ""))
    except UnsafeToRedirect as fault:
        return _show_error(request, fault)
    except ErrorRedirect as refusal:
        # An unasked redirect could carry people who trust Craft anywhere (RFC 9700, section 4.11.2).
        return _redirect(refusal.location) if _signed_in(request) else _sign_in(request)
    user = _signed_in(request)
    if user is None:
        return _sign_in(request)
    if request.method != "POST":
        grant = find_grant(user, authorization.application)
        host = agreed_host(authorization.redirect_uri)
        if needs_consent(authorization.application, authorization.scopes, host, grant):
            return _ask(request, authorization, grant)
        return _allow(request, authorization, user, was_asked=False)
    if request.POST.get("answer") != "allow":
        return _redirect(authorization_request.deny(authorization))
    return _allow(request, authorization, user, was_asked=True)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) and request.user.is_active else None


def _sign_in(request: HttpRequest) -> HttpResponse:
    return _redirect(f"{reverse('account_login')}?next={quote(request.get_full_path())}")


def _redirect(location: str) -> HttpResponse:
    """Send the browser to a page of ours or to a registered URI.

    Django's own response refuses what is longer than 16,384 characters, which a query of 8,000 becomes when
    it is encoded once more.
    """
    return HttpResponse(status=302, headers={"Location": location})


def _show_error(request: HttpRequest, fault: UnsafeToRedirect) -> HttpResponse:
    return render(request, "oauth/error.html", {"reason": str(fault)}, status=400)


def _ask(request: HttpRequest, authorization: AuthorizationRequest, grant: Grant | None) -> HttpResponse:
    host = agreed_host(authorization.redirect_uri)
    context = {
        "app": authorization.application,
        "people": people_in_words(count_people(authorization.application)),
        "items": consent_items(authorization.scopes, grant),
        "grant": grant,
        "cannot_administer": Scope.ADMIN not in authorization.scopes,
        "return_host": host_of(authorization.redirect_uri),
        "returns_to": said_host(host),
        "hosts_before": hosts_before(grant, host),
        "here": request.get_full_path(),
    }
    return render(request, "oauth/consent.html", context)


def _allow(
    request: HttpRequest, authorization: AuthorizationRequest, user: User, *, was_asked: bool
) -> HttpResponse:
    try:
        with transaction.atomic():
            if not lock_unchanged(user):
                return _sign_in(request)
            location = authorization_request.allow(
                authorization, user, client_of(request), was_asked=was_asked
            )
    except UnsafeToRedirect as fault:  # the app was deleted while the user was reading
        return _show_error(request, fault)
    except NotGranted:  # it was disconnected since we looked
        return _ask(request, authorization, find_grant(user, authorization.application))
    return _redirect(location)
