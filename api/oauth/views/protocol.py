"""What the protocol endpoints share: oauthlib's request, counting, and errors as RFC 6749 wants them."""

from django.http import HttpRequest, HttpResponse
from oauthlib.common import Request

from accounts.client import address_of, client_of
from api import quota
from api.envelope import json_response
from api.oauth.server import server
from api.quota import Count
from api.quota.limits import windows_of_client

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749, section 5.1
DESCRIPTIONS = {  # where oauthlib gives none
    "invalid_client": "The client id or secret is wrong, or the app is disabled.",
    "unsupported_grant_type": "grant_type must be authorization_code or refresh_token.",
    "invalid_scope": "The scope is more than was granted.",
}


def oauthlib_request(request: HttpRequest, parameters: dict[str, str]) -> Request:
    """A request for oauthlib that holds the checked parameters and the Authorization header, nothing else."""
    header = request.META.get("HTTP_AUTHORIZATION")
    headers = {} if header is None else {"Authorization": header}
    made = Request(request.path, "POST", body=list(parameters.items()), headers=headers)
    made.craft_client = client_of(request)
    return made


def count_call(request: HttpRequest, asked: Request) -> Count | None:
    """Count the call for its client and address; all unknown clients of an address count together."""
    application = server().request_validator.identify_client(asked)
    owner = f"oauth:{application.pk if application else '-'}:{address_of(request)}"
    return quota.count(owner, windows_of_client())


def describe(error: str) -> str:
    """An error code in words."""
    return DESCRIPTIONS.get(error, "The request is not valid.")


def error(code: str, description: str, request: HttpRequest, *, status: int = 400) -> HttpResponse:
    """`{"error", "error_description"}`; a failed client authentication names the scheme that was used."""
    headers = dict(NO_STORE)
    if code == "invalid_client":
        status = 401
        scheme = request.META.get("HTTP_AUTHORIZATION", "Basic").strip().partition(" ")[0]
        known = {"bearer": "Bearer"}.get(scheme.lower(), "Basic")
        headers["WWW-Authenticate"] = f'{known} realm="craft", error="invalid_client"'
    if status == 405:
        headers["Allow"] = "POST"
    return json_response({"error": code, "error_description": description}, status=status, headers=headers)
