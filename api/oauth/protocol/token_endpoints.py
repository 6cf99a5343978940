"""POST /v1/oauth/token, /revoke and /introspect, in the shapes of their RFCs (6749, 7009, 7662)."""

import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from accounts.web.client import client_of
from api.envelope import json_response
from api.errors import TOO_MANY_REQUESTS
from api.oauth.protocol.errors import NO_STORE, error_response
from api.oauth.protocol.errors import describe as describe_error
from api.oauth.protocol.failure_reasons import reason_for_developer
from api.oauth.protocol.faults import fault_response
from api.oauth.protocol.oauthlib_request import count_call
from api.oauth.protocol.oauthlib_request import oauthlib_request as make_oauthlib_request
from api.oauth.protocol.parameters import InvalidBody, read_parameters
from api.oauth.protocol.server import server
from api.oauth.services import token_families
from api.oauth.services.failed_requests import note_failure
from api.oauth.services.introspection import describe
from api.quota.headers import add_headers

Answer = tuple[dict[str, Any], int]


def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code or refresh a token (RFC 6749, sections 4.1.3 and 6)."""

    def run(oauth_request: Request) -> Answer:
        _, body, status = server().answer_token_request(oauth_request)
        return json.loads(body), status

    return _answer(request, run)


def revoke(request: HttpRequest) -> HttpResponse:
    """End a token and all of its family; an unknown one is no error (RFC 7009)."""

    def run(oauth_request: Request) -> Answer:
        server().authenticate_client(oauth_request)
        if not oauth_request.token:
            raise errors.InvalidRequestError(description="Missing token parameter.")
        token_families.end_by_token(oauth_request.token, oauth_request.client)
        return {}, 200

    return _answer(request, run)


def introspect(request: HttpRequest) -> HttpResponse:
    """Tell a client about one of its own tokens (RFC 7662)."""

    def run(oauth_request: Request) -> Answer:
        server().authenticate_client(oauth_request)
        if oauth_request.client.is_public:  # anybody can name a public client
            raise errors.InvalidClientError(description="Only a client with a secret may introspect.")
        if not oauth_request.token:
            raise errors.InvalidRequestError(description="Missing token parameter.")
        return describe(oauth_request.token, oauth_request.client), 200

    return _answer(request, run)


def _answer(request: HttpRequest, run: Callable[[Request], Answer]) -> HttpResponse:
    """Whatever goes wrong has the shape of RFC 6749, section 5.2; nothing goes on to the middleware."""
    try:
        return _count_and_run(request, run)
    except Exception as error:  # noqa: BLE001  logged there
        return fault_response(error, request)


def _count_and_run(request: HttpRequest, run: Callable[[Request], Answer]) -> HttpResponse:
    """Read the body, count the call, run it; errors have the shape of RFC 6749, section 5.2."""
    if request.method != "POST":
        return error_response("invalid_request", "Use POST.", request, status=405)
    parameters, fault = {}, None
    try:
        parameters = read_parameters(request)
    except InvalidBody as error:
        fault = error
    oauth_request = make_oauthlib_request(request, parameters)
    counted = count_call(request, oauth_request)
    if counted is not None and counted.is_refused:
        response = error_response("invalid_request", TOO_MANY_REQUESTS, request, status=429)
    elif fault:
        response = error_response("invalid_request", str(fault), request, status=fault.status)
    else:
        response = _run(request, oauth_request, run)
    add_headers(response, counted)
    return response


def _run(request: HttpRequest, oauth_request: Request, run: Callable[[Request], Answer]) -> HttpResponse:
    """Run in one transaction; a failure is kept for the app's developer to see."""
    try:
        with transaction.atomic():
            body, status = run(oauth_request)
    except IntegrityError:  # the app or the account was deleted while we were at it
        body, status = {"error": "invalid_grant", "error_description": "Access was ended meanwhile."}, 400
    except errors.OAuth2Error as error:
        body, status = json.loads(error.json), error.status_code
    if "error" not in body:
        return json_response(body, status=status, headers=NO_STORE)
    description = body.get("error_description") or describe_error(body["error"])
    reason = reason_for_developer(oauth_request, body["error"], description)
    note_failure(oauth_request.client, body["error"], reason, client_of(request))
    return error_response(body["error"], description, request, status=status)
