"""Addresses that take nothing but a pressed button: a POST of who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.web.ended_sessions import note_pressed

PAGES = "/settings/"  # what every button of a signed-in person stands below
REFERER_MAX_LENGTH = 2_000


def button(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What a button does, and nothing else: in place of login_required and require_POST.

    Pressed after the session has ended, it leads through sign-in back to the page where it stands, which
    says that nothing was done.
    """
    pressed = require_POST(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return pressed(request, *args, **kwargs)
        if request.method == "POST":
            note_pressed(request)
        return redirect_to_login(page_of_button(request))

    answer.is_button = True  # type: ignore[attr-defined]  # read by _is_page
    return answer


def page_of_button(request: HttpRequest) -> str:
    """Where the button of this address stands: where the browser comes from, else the nearest page above it.

    Always a path of the settings.
    """
    referer = request.META.get("HTTP_REFERER", "")[: REFERER_MAX_LENGTH + 1]
    if len(referer) <= REFERER_MAX_LENGTH and url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(referer)
        if _is_page(parts.path):
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    path = request.path
    while path.startswith(PAGES) and path != PAGES:
        path = f"{path.rstrip('/').rpartition('/')[0]}/"
        if _is_page(path):
            return path
    return PAGES


def _is_page(path: str) -> bool:
    """Whether a path is of a page of the settings, and not of another button."""
    try:
        return path.startswith(PAGES) and not hasattr(resolve(unquote(path)).func, "is_button")
    except Resolver404:
        return False
