"""Why a token request failed, as an app's developer may know it.

The caller, who may be anybody, is told less (RFC 6749, section 5.2): see api.oauth.protocol.errors.
"""

from oauthlib.common import Request

from api.oauth.models import Application, ClientSecret
from api.oauth.protocol.client_authentication import read_basic
from apikeys.tokens import Kind, MalformedToken, parse


def reason_for_developer(oauth_request: Request, error: str, description: str) -> str:
    """The answer's own description, and more where a client could not be authenticated."""
    if error != "invalid_client" or not isinstance(oauth_request.client, Application):
        return description
    return _why_refused(oauth_request.client, oauth_request)


def _why_refused(application: Application, oauth_request: Request) -> str:
    if not application.is_usable():
        return "The app is disabled."
    header = oauth_request.headers.get("Authorization")
    credentials = (
        (oauth_request.client_id, oauth_request.client_secret) if header is None else read_basic(header)
    )
    if credentials is None:
        return "The Authorization header is no valid HTTP Basic."
    if application.is_public:
        return "A public app has no client secret, but one was sent. Only PKCE identifies it."
    client_id, raw_secret = credentials
    if header is not None and oauth_request.client_id not in (None, client_id):
        return "The client_id in the body is not the one in the Authorization header."
    if not raw_secret:
        return "No client secret was sent."
    return _why_wrong(application, raw_secret)


def _why_wrong(application: Application, raw_secret: str) -> str:
    try:
        token = parse(raw_secret)
    except MalformedToken as fault:
        return f"What was sent as client secret {fault}."
    if token.kind != Kind.CLIENT_SECRET:
        return "What was sent as client secret is another kind of Craft token."
    if ClientSecret.objects.filter(application=application, public_id=token.public_id).exists():
        return "The client secret's public id is right, the rest of it is not."
    return "The client secret is none of this app's. It may have been deleted."
