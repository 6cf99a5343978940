"""Errors of the token endpoints in the shape of RFC 6749, section 5.2."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from api.envelope import SERVICE_DESC, json_response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749, section 5.1
DESCRIPTIONS = {  # where oauthlib gives none
    "invalid_client": "The client id or secret is wrong, or the app is disabled.",
    "unsupported_grant_type": "grant_type must be authorization_code or refresh_token.",
    "invalid_scope": "The scope is more than was granted.",
}


def describe(error: str) -> str:
    """An error code in words."""
    return DESCRIPTIONS.get(error, "The request is not valid.")


def error_response(code: str, description: str, request: HttpRequest, *, status: int) -> HttpResponse:
    """`{"error", "error_description"}`; a failed client authentication names the scheme that was used."""
    means = f'<{settings.WEB_URL}/docs/oauth/#errors>; rel="help"'
    headers = {**NO_STORE, "Link": f"{means}, {SERVICE_DESC}"}
    if code == "invalid_client":
        status = 401
        scheme = request.META.get("HTTP_AUTHORIZATION", "Basic").strip().partition(" ")[0]
        known = {"bearer": "Bearer"}.get(scheme.lower(), "Basic")
        headers["WWW-Authenticate"] = f'{known} realm="craft", error="invalid_client"'
    if status == 405:
        headers["Allow"] = "POST"
    return json_response({"error": code, "error_description": description}, status=status, headers=headers)
