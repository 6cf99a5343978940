"""Cross-origin rules of /v1 (Fetch standard): the web origin may send its cookie, any other may not.

Keys and tokens are sent by hand, not by the browser, so other origins are welcome without credentials.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from api.answer_headers import put

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, If-Match, If-None-Match, X-CSRFToken"
EXPOSED = (
    "ETag, Location, Link, Retry-After, Craft-Key-Ends, WWW-Authenticate, X-Request-ID, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-RetryAfter"
)
MAX_AGE = "600"  # seconds a browser may keep a preflight's answer


def preflight(request: HttpRequest) -> HttpResponse | None:
    """The answer to a preflight request; None when it is none."""
    asks = (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )
    if not asks:
        return None
    response = HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": HEADERS,
            "Access-Control-Max-Age": MAX_AGE,
        },
    )
    del response["Content-Type"]  # Django's default is HTML
    return response


def add_headers(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say who may read the answer: anybody, but what comes by the cookie the web origin only.

    A program that is no page has no origin and needs none of it.
    """
    path = request.path_info
    takes_cookie = path.startswith("/v1/") and not path.startswith("/v1/oauth/")
    origin = request.META.get("HTTP_ORIGIN")  # request.headers would first read them all
    if takes_cookie:
        put(response, {"vary": ("Vary", f"{response['Vary']}, Origin" if "Vary" in response else "Origin")})
        if origin is None:
            return
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED
    if takes_cookie and origin == settings.WEB_URL:
        response["Access-Control-Allow-Origin"] = settings.WEB_URL
        response["Access-Control-Allow-Credentials"] = "true"
