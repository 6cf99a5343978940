"""Pages of a person are nobody else's: not to be stored, and never without a CSRF token."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import patch_cache_control


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
