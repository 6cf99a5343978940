"""Was the person here a moment ago? Judged by the newest sign-in or re-authentication of the session.

allauth's own decorator counts re-authentications only, so it would ask again right after the sign-in.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode


class NeedsRecentSignIn(Exception):
    """What is asked for takes a sign-in or re-authentication more recent than there is."""


def signed_in_recently(request: HttpRequest, seconds: int | None = None) -> bool:
    """Whether the session's newest authentication is younger than that (RECENT_AUTHENTICATION_SECONDS)."""
    if not request.user.is_authenticated:
        return False
    within = settings.RECENT_AUTHENTICATION_SECONDS if seconds is None else seconds
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(moments) and 0 <= time.time() - max(moments) < within


def require_recent_sign_in(request: HttpRequest, next: str = "") -> HttpResponse | None:  # noqa: A002  its name in the URL
    """None when the authentication is recent, else ask_again()."""
    return None if signed_in_recently(request) else ask_to_sign_in_again(request, next)


def ask_to_sign_in_again(request: HttpRequest, next: str = "") -> HttpResponse:  # noqa: A002
    """Redirect to the page that asks for the password, and from there to `next` (default: this page)."""
    query = urlencode({"next": next or request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")


def recent_sign_in_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for who signed in a moment ago; all others are asked again, and then come to it."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return require_recent_sign_in(request) or view(request, *args, **kwargs)
        except NeedsRecentSignIn:
            return ask_to_sign_in_again(request)

    page: Callable[..., HttpResponse] = checked
    return page
