"""What pages of a person need: times in their own zone, a CSRF token, to be stored by nobody, to be noted."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.models import User
from accounts.utils.time_zones import find_zone
from accounts.web import error_pages
from accounts.web.buttons import page_of_button
from accounts.web.last_seen import is_by_person, note_seen


class TimeZoneMiddleware:
    """Shows a signed-in person times in their own zone; in UTC to everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie there is nobody to look up.
        user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        with timezone.override(find_zone(user.time_zone) if isinstance(user, User) else None):
            return self.get_response(request)


class PrivatePagesMiddleware:
    """Marks every answer to a browser that holds a session cookie, without a look at the database.

    The cookie csrftoken is what a page's script sends back to /v1 (/docs/authentication/, "Session tokens").
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            get_token(request)
            patch_cache_control(response, private=True, no_store=True)
        return response


class LastSeenMiddleware:
    """Notes that a person used their session, once nothing before the view has refused the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: object) -> None:
        """Django calls it after the CSRF check. No query without a session cookie."""
        if request.session.session_key and is_by_person(request, view):
            note_seen(request)


class RefusedMethodMiddleware:
    """Gives a 405, which Django answers without a word, its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return error_pages.method_not_allowed(request, response["Allow"], page_of_button(request))
        return response
