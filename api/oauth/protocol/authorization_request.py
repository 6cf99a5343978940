"""An authorization request: read strictly, judged by oauthlib, answered by a redirect.

RFC 6749, section 4.1; RFC 7636 (PKCE); RFC 9207 (`iss`).
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri
from oauthlib.common import Request, to_unicode
from oauthlib.oauth2.rfc6749 import errors

from accounts.models import User
from accounts.web.client import Client
from api.oauth.models import Application
from api.oauth.protocol.errors import describe
from api.oauth.protocol.server import server
from api.oauth.services.codes import issue_code
from apikeys.scopes import Scope

KNOWN = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
)
MAX_QUERY = 8_000  # octets, percent-encoded as they are sent
DESCRIPTIONS = {  # where oauthlib gives none
    "invalid_scope": "scope names one that does not exist, or that the app may not ask for.",
    "unsupported_response_type": "response_type must be code.",
}
TOO_LONG = f"The address is too long. What follows its question mark may have {MAX_QUERY:,} characters."


class UnsafeToRedirect(Exception):
    """The client or its redirect URI is wrong: shown as a page, never redirected. The message says what."""


class ErrorRedirect(Exception):
    """Anything else that is wrong: told to the client. `location` is where to send the browser."""

    def __init__(self, location: str, description: str) -> None:
        super().__init__(description)
        self.location = location


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may be put before the user."""

    application: Application
    redirect_uri: str
    scopes: list[Scope]
    state: str | None
    code_challenge: str  # of S256; "" without PKCE


def read_authorization_request(query: str) -> AuthorizationRequest:
    """Judge the query string. Raises UnsafeToRedirect or ErrorRedirect."""
    uri = f"{settings.WEB_URL}/oauth/authorize?{urlencode(_parameters(query))}"
    try:
        scopes, found = server().validate_authorization_request(uri, http_method="GET")
    except errors.FatalClientError as error:
        raise UnsafeToRedirect(_explain(error)) from None
    except errors.OAuth2Error as error:
        error.description = error.description or DESCRIPTIONS.get(error.error) or describe(error.error)
        location = _redirect(error.redirect_uri, error.twotuples, error.state)
        raise ErrorRedirect(location, error.description) from None
    request: Request = found["request"]
    return AuthorizationRequest(
        application=request.client,
        redirect_uri=request.redirect_uri,
        scopes=[Scope(name) for name in dict.fromkeys(scopes)],
        state=request.state,
        code_challenge=request.code_challenge or "",
    )


def allow(authorization: AuthorizationRequest, user: User, client: Client, *, was_asked: bool) -> str:
    """Write the consent and a code; return where to send the browser.

    Raises UnsafeToRedirect when the app was deleted meanwhile; NotGranted when the user was not asked but has
    to be.
    """
    try:
        code = issue_code(
            user,
            authorization.application,
            authorization.scopes,
            redirect_uri=authorization.redirect_uri,
            code_challenge=authorization.code_challenge,
            client=client,
            was_asked=was_asked,
        )
    except Application.DoesNotExist:
        raise UnsafeToRedirect("The app does not exist any more.") from None
    return _redirect(authorization.redirect_uri, [("code", code)], authorization.state)


def deny(authorization: AuthorizationRequest) -> str:
    """Where to send the browser of a user who said no."""
    error = errors.AccessDeniedError(description="The user denied access.")
    return _redirect(authorization.redirect_uri, error.twotuples, authorization.state)


def _parameters(query: str) -> dict[str, str]:
    """The known parameters; unknown ones are ignored, empty ones are absent (RFC 6749, section 3.1)."""
    if len(iri_to_uri(query)) > MAX_QUERY:
        raise UnsafeToRedirect(TOO_LONG)
    try:
        query.encode("ascii")  # everything else is to be percent-encoded (RFC 3986, section 2)
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise UnsafeToRedirect("The address is not encoded correctly.") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in KNOWN:
            continue
        if name in values:
            raise UnsafeToRedirect(f"The parameter {name} is given more than once.")
        if not value.isprintable():
            raise UnsafeToRedirect(f"The parameter {name} holds control characters.")
        values[name] = value
    return {name: value for name, value in values.items() if value}


def _explain(error: errors.FatalClientError) -> str:
    """A fatal error in words that help who built the link."""
    if isinstance(error, errors.MissingClientIdError):
        return "The parameter client_id is missing."
    if isinstance(error, errors.InvalidClientIdError):
        return "There is no app with this client_id, or it is disabled."
    if isinstance(error, errors.MissingRedirectURIError):
        return "The parameter redirect_uri is missing."
    return "The redirect_uri is not one that the app has registered. It must match character by character."


def _redirect(uri: str, pairs: list[tuple[str, str]], state: str | None) -> str:
    """The redirect URI with an answer: the state as it came, and who answers (RFC 9207), errors included."""
    pairs = [(name, to_unicode(value)) for name, value in pairs if name != "state"]
    if state:
        pairs.append(("state", state))
    answer = urlencode([*pairs, ("iss", settings.WEB_URL)])
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(query=f"{parts.query}&{answer}" if parts.query else answer))
