"""What the protocol endpoints share: oauthlib's request, and errors as RFC 6749 wants them."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from accounts.client import client_of
from api.envelope import json_response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749, section 5.1


def oauthlib_request(request: HttpRequest, parameters: dict[str, str]) -> Request:
    """A request for oauthlib that holds the checked parameters and the Authorization header, nothing else."""
    header = request.META.get("HTTP_AUTHORIZATION")
    headers = {} if header is None else {"Authorization": header}
    made = Request(request.path, "POST", body=list(parameters.items()), headers=headers)
    made.craft_client = client_of(request)
    return made


def error(fault: OAuth2Error, request: HttpRequest, *, status: int | None = None) -> HttpResponse:
    """An oauthlib error as an answer."""
    return error_body(json.loads(fault.json), status or fault.status_code, request)


DESCRIPTIONS = {  # where oauthlib gives none
    "invalid_client": "The client id or secret is wrong, or the app is disabled.",
    "unsupported_grant_type": "grant_type must be authorization_code or refresh_token.",
    "invalid_scope": "The scope is more than was granted.",
}


def error_body(body: dict[str, Any], status: int, request: HttpRequest) -> HttpResponse:
    """`{"error", "error_description"}`; a failed client authentication names the scheme that was used."""
    headers = dict(NO_STORE)
    body.setdefault("error_description", DESCRIPTIONS.get(body["error"], "The request is not valid."))
    if body["error"] == "invalid_client":
        status = 401
        scheme = request.META.get("HTTP_AUTHORIZATION", "Basic").strip().partition(" ")[0]
        known = {"bearer": "Bearer"}.get(scheme.lower(), "Basic")
        headers["WWW-Authenticate"] = f'{known} realm="craft", error="invalid_client"'
    if status == 405:
        headers["Allow"] = "POST"
    return json_response(body, status=status, headers=headers)
