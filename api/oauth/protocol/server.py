"""The protocol engine: oauthlib's two grants, with Craft's tokens and stricter PKCE.

Never raise the log level of `oauthlib` to DEBUG: it logs codes and tokens.
"""

import re
from functools import cache
from typing import Any

from oauth2_provider.settings import oauth2_settings
from oauthlib.common import Request
from oauthlib.oauth2 import AuthorizationCodeGrant, WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors

from apikeys import tokens

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # BASE64URL of a SHA-256 (RFC 7636, section 4.2)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # unreserved characters (section 4.1)


class Server(WebApplicationServer):
    """Authorization code and refresh token; every other grant or response type gets the RFC's own error."""

    def __init__(self, request_validator: Any, **kwargs: Any) -> None:
        super().__init__(request_validator, **kwargs)
        grant = AuthorizationCodeGrant(request_validator)
        grant.custom_validators.pre_auth.append(_check_authorization_parameters)
        grant.custom_validators.pre_token.append(_check_verifier)
        self.response_types["code"] = self.grant_types["authorization_code"] = grant

    def answer_token_request(self, request: Request) -> tuple[dict[str, str], str, int]:
        """(headers, JSON, status) for a token request (RFC 6749, section 3.2)."""
        if request.grant_type is None:
            raise errors.InvalidRequestError(description="Missing grant_type parameter.", request=request)
        grant = self.grant_types.get(request.grant_type)
        if grant is None:
            raise errors.UnsupportedGrantTypeError(request=request)
        if request.scope:
            request.scope = " ".join(dict.fromkeys(request.scope.split()))
        answer: tuple[dict[str, str], str, int] = grant.create_token_response(
            request, self.default_token_type
        )
        return answer

    def authenticate_client(self, request: Request) -> None:
        """Set request.client. Raises InvalidClientError or InvalidRequestError."""
        self._raise_on_invalid_client(request)


@cache
def server() -> Server:
    """The process's one server: it holds no state of a request."""
    made: Server = oauth2_settings.OAUTH2_SERVER_CLASS(
        oauth2_settings.OAUTH2_VALIDATOR_CLASS(), **oauth2_settings.server_kwargs
    )
    return made


def new_access_token(request: Request) -> str:
    """ACCESS_TOKEN_GENERATOR."""
    return tokens.generate(tokens.Kind.ACCESS_TOKEN).raw


def new_refresh_token(request: Request) -> str:
    """REFRESH_TOKEN_GENERATOR."""
    return tokens.generate(tokens.Kind.REFRESH_TOKEN).raw


def _check_authorization_parameters(request: Request) -> dict[str, Any]:
    """Refuse before consent what would be refused after it: weak PKCE, other response types and modes."""
    if request.response_type not in (None, "code"):  # oauthlib takes any text that holds "code" for one
        raise errors.UnsupportedResponseTypeError(request=request)
    if request.response_mode not in (None, "query"):
        raise errors.InvalidRequestError(description="response_mode must be query.", request=request)
    method, challenge = request.code_challenge_method, request.code_challenge
    if challenge is None and method is not None:
        raise errors.InvalidRequestError(description="Missing code_challenge parameter.", request=request)
    if challenge is not None and method != "S256":
        raise errors.InvalidRequestError(description="code_challenge_method must be S256.", request=request)
    if challenge is not None and not CHALLENGE.fullmatch(challenge):
        raise errors.InvalidRequestError(
            description="code_challenge must be the base64url of a SHA-256.", request=request
        )
    return {}


def _check_verifier(request: Request) -> None:
    """Refuse a verifier that could be guessed, whatever challenge was made of it."""
    if request.code_verifier is not None and not VERIFIER.fullmatch(request.code_verifier):
        raise errors.InvalidRequestError(
            description="code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~",
            request=request,
        )
