"""What is said to who was signed in a moment ago and is no more."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.web.notices import notify

PRESSED = "pressed-signed-out"


class EndedSessionMiddleware:
    """Says on the sign-in page why it is there: the browser's cookie was of a session that has ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.status_code == 302
            and request.COOKIES.get(settings.SESSION_COOKIE_NAME)
            and request.session.session_key is None
            and _asks_to_sign_in(response["Location"])
        ):
            notify(
                request,
                "Your session has ended.",
                kind="notice",
                detail="Sign in to go on where you were.",
            )
        return response


def note_pressed(request: HttpRequest) -> None:
    """Keep through the sign-in that a button was pressed for nothing."""
    request.session[PRESSED] = True


def tell_of_pressed(request: HttpRequest) -> None:
    """After the sign-in: say once that a button did nothing."""
    if request.session.pop(PRESSED, False):
        notify(
            request,
            "You were signed out when you pressed the button, so nothing was done.",
            kind="notice",
            detail="Press it again if you still want to.",
        )


def _asks_to_sign_in(location: str) -> bool:
    """Whether a redirect leads to the sign-in page, and from there back."""
    parts = urlsplit(location)
    return parts.path == reverse("account_login") and parts.query.startswith("next=")
