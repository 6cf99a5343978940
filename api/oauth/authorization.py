"""An authorization request: read strictly, judged by oauthlib, answered by a redirect.

RFC 6749, section 4.1; RFC 7636 (PKCE); RFC 9207 (`iss`).
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from oauthlib.common import Request, to_unicode
from oauthlib.oauth2.rfc6749 import errors

from accounts.client import Client
from accounts.models import User
from api.oauth.models import Application
from api.oauth.server import server
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
MAX_QUERY = 8_000


class Unanswerable(Exception):
    """The client or its redirect URI is wrong: shown as a page, never redirected. The message says what."""


class Refused(Exception):
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
    uri: str  # as oauthlib reads it again when the code is made


def read_authorization_request(query: str) -> AuthorizationRequest:
    """Judge the query string. Raises Unanswerable or Refused."""
    uri = f"{settings.WEB_URL}/oauth/authorize?{urlencode(_parameters(query))}"
    try:
        scopes, found = server().validate_authorization_request(uri, http_method="GET")
    except errors.FatalClientError as error:
        raise Unanswerable(_explain(error)) from None
    except errors.OAuth2Error as error:
        redirect_uri, state = error.redirect_uri, error.state
        raise Refused(
            _redirect(redirect_uri, error.twotuples, state), error.description or error.error
        ) from None
    request: Request = found["request"]
    return AuthorizationRequest(
        application=request.client,
        redirect_uri=request.redirect_uri,
        scopes=[Scope(name) for name in dict.fromkeys(scopes)],
        state=request.state,
        uri=uri,
    )


def allow(asked: AuthorizationRequest, user: User, client: Client) -> str:
    """Write the consent and a code; return where to send the browser."""
    headers, _, _ = server().create_authorization_response(
        asked.uri,
        http_method="GET",
        scopes=[str(scope) for scope in asked.scopes],
        credentials={"user": user, "craft_client": client},
    )
    return _with_issuer(headers["Location"])


def deny(asked: AuthorizationRequest) -> str:
    """Where to send the browser of a user who said no."""
    error = errors.AccessDeniedError(description="The user denied access.")
    return _redirect(asked.redirect_uri, error.twotuples, asked.state)


def _parameters(query: str) -> dict[str, str]:
    """The known parameters; unknown ones are ignored, empty ones are absent (RFC 6749, section 3.1)."""
    if len(query) > MAX_QUERY:
        raise Unanswerable("The address is too long.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Unanswerable("The address is not encoded correctly.") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in KNOWN or not value:
            continue
        if name in values:
            raise Unanswerable(f"The parameter {name} is given more than once.")
        if not value.isprintable():
            raise Unanswerable(f"The parameter {name} holds control characters.")
        values[name] = value
    return values


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
    pairs = [(name, to_unicode(value)) for name, value in pairs if name != "state"]
    if state:
        pairs.append(("state", state))
    parts = urlsplit(uri)
    query = f"{parts.query}&{urlencode(pairs)}" if parts.query else urlencode(pairs)
    return _with_issuer(urlunsplit(parts._replace(query=query)))


def _with_issuer(location: str) -> str:
    """Say who answers (RFC 9207), errors included."""
    parts = urlsplit(location)
    return urlunsplit(parts._replace(query=f"{parts.query}&{urlencode({'iss': settings.WEB_URL})}"))
