"""Why a token request failed, as an app's developer may know it.

The caller, who may be anybody, is told less (RFC 6749, section 5.2): see api.oauth.views.protocol.
"""

from oauthlib.common import Request

from api.oauth.models import Application, ClientSecret
from api.oauth.secrets import read_basic
from apikeys.tokens import Kind, MalformedToken, parse


def named_application(asked: Request) -> Application | None:
    """The app that a request names, also where it failed before the app was asked for its secret."""
    if isinstance(asked.client, Application):
        return asked.client
    header = asked.headers.get("Authorization")
    client_id = asked.client_id if header is None else (read_basic(header) or ("",))[0]
    if not client_id or "\x00" in client_id:
        return None
    found: Application | None = Application.objects.filter(client_id=client_id).first()
    return found


def reason_for_developer(asked: Request, error: str, description: str) -> str:
    """The answer's own description, and more where a client could not be authenticated."""
    if error != "invalid_client" or not isinstance(asked.client, Application):
        return description
    return _why_refused(asked.client, asked)


def _why_refused(application: Application, asked: Request) -> str:
    if not application.is_usable():
        return "The app is disabled."
    header = asked.headers.get("Authorization")
    credentials = (asked.client_id, asked.client_secret) if header is None else read_basic(header)
    if credentials is None:
        return "The Authorization header is no valid HTTP Basic."
    if application.is_public:
        return "A public app has no client secret, but one was sent. Only PKCE identifies it."
    client_id, raw_secret = credentials
    if header is not None and asked.client_id not in (None, client_id):
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
    return "The client secret is none of this app's. It may have been dropped."
