"""Who is calling? The DRF authentication classes, in the order of settings.REST_FRAMEWORK.

A request with an Authorization header, even an empty one, is judged by that header alone, whatever cookie
comes with it: the session class, last in the row, refuses whatever header no class before it took.
"""

import copy
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.models import User
from accounts.sessions import SessionStore, signed_in_at
from accounts.web.client import client_of
from accounts.web.last_seen import note_seen
from api import request_id
from api.credentials import Credential
from api.errors import InvalidCredential
from api.routes import pattern_of
from apikeys import usage
from apikeys.lookup import KeyRefused, authenticate_key
from apikeys.models import APIKey
from apikeys.scopes import ALL_SCOPES, SCOPE_OF_METHOD, SCOPES_OF_PERMISSION, Permission
from apikeys.services import KeyEnded, delete_key
from apikeys.tokens import Kind, MalformedToken, Token, parse

Authenticated = tuple[User, Credential]
BEARER = "craft.bearer"  # in the WSGI environment, in which no header can be named so
OTHER_METHOD = "OTHER"  # callers choose what they send as a method, but not how many rows are kept of it


def bearer_token(request: HttpRequest) -> Token | None:
    """The well-formed Craft token of the Authorization header; None without such a header.

    RFC 6750, section 2.1; the scheme's case and spaces around the token do not matter (RFC 9110,
    section 11.1). Raises InvalidCredential for anything else. Read once a request, whoever asks.
    """
    if BEARER not in request.META:
        request.META[BEARER] = _read_bearer_token(request)
    found: Token | None = request.META[BEARER]
    return found


def _read_bearer_token(request: HttpRequest) -> Token | None:
    header: str | None = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _, text = header.strip(" ").partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidCredential("")  # no bearer token was shown: the plain challenge (RFC 6750, section 3.1)
    text = text.strip(" ")
    if not text:
        raise InvalidCredential("There is no token after Bearer.")
    if " " in text or "," in text:
        raise InvalidCredential("There is more than one token. Send exactly one.")
    try:
        return parse(text)
    except MalformedToken as error:
        raise InvalidCredential(
            "The token looks incomplete or mistyped. Copy it again in full."
            if error.looks_cut
            else "The token is invalid."
        ) from None


class APIKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer craft_key_…`: one query, and from the second use on no write."""

    def authenticate(self, request: Request) -> Authenticated | None:
        """The key's user and what the key may do; None when it is no API key."""
        token = bearer_token(request._request)
        if token is None or token.kind != Kind.API_KEY:
            return None
        try:
            call = call_of(request._request)
            found = authenticate_key(token, call)
        except KeyRefused as error:
            raise InvalidCredential(str(error), error.note_answer) from None
        key = found.key
        return found.user, Credential(
            kind="api_key",
            scopes=SCOPES_OF_PERMISSION[Permission(key.permission)],
            id=key.uid,
            name=key.name,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            limited_to=None if key.limited_to is None else frozenset(key.limited_to),
            ends_at=found.ends_at,
            note_answer=partial(usage.record_use, key.pk, token.public_id, call),
            end=lambda used: _end_key(key, used),
        )

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401, not 403; the real challenge is written by api.errors."""
        return "Bearer"


class SessionAuthentication(BaseAuthentication):
    """The session cookie of the web host, with CSRF protection for unsafe methods.

    The middleware that opens sessions for pages does not run for /v1, so this does, only when asked.
    """

    def authenticate(self, request: Request) -> Authenticated | None:
        """The signed-in user with all scopes; None without a valid cookie."""
        if bearer_token(request._request) is not None:
            raise InvalidCredential("This kind of token is not accepted here.")
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key:
            return None
        django_request: Any = request._request
        django_request.session = session = SessionStore(key)
        user = session.user() or get_user(django_request)
        if not isinstance(user, User) or not user.may_act:
            return None
        django_request.user = user
        return user, Credential(
            kind="session",
            scopes=ALL_SCOPES,
            created_at=signed_in_at(session),
            expires_at=session.ends_at,
            check_request=_admit,
            end=logout,
        )


def call_of(request: HttpRequest) -> usage.Call:
    """What is kept of a request: who, the method if it is one of ours, and which route as a pattern."""
    match = request.resolver_match
    return usage.Call(
        client_of(request),
        request.method if request.method in SCOPE_OF_METHOD else OTHER_METHOD,
        pattern_of(match.route) if match else "",
        request_id.current(),
    )


def _end_key(key: APIKey, request: HttpRequest) -> None:
    """Delete the key that was used; another call may have been faster."""
    with suppress(KeyEnded):
        delete_key(key, client_of(request))


class _CSRFCheck(CsrfViewMiddleware):
    """Django's own check, told to raise its reason instead of rendering a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        raise PermissionDenied(
            "CSRF check failed. Send the csrftoken cookie's value as X-CSRFToken, from the web origin"
        )


def _admit(request: HttpRequest) -> None:
    """Refuse what another site may have made the browser send; any other call is use of the session."""
    if request.method not in SAFE_METHODS:
        _enforce_csrf(request)
    note_seen(request)


def _enforce_csrf(request: HttpRequest) -> None:
    """Refuse an unsafe method without the token or from another origin. Raises PermissionDenied.

    The header alone counts: for a POST, Django would first read the body as a form, which fails on a
    malformed one and takes it away from the parser. So it is shown a copy with another unsafe method.
    """
    if request.method == "POST":
        request = copy.copy(request)
        request.method = "PATCH"
    check = _CSRFCheck(HttpResponse)
    check.process_request(request)
    check.process_view(request, HttpResponse, (), {})
