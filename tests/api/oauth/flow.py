"""The parts of the play: an app's link, a person's browser, the app's server. No test in here."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from accounts.models import User
from api.oauth.models import Application
from api.oauth.services.applications import create_app

CALLBACK = "https://yourapp.com/callback"
# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
ISSUER = "http://localhost:8000"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class App:
    """A registered app and the secret it was given; a public one has none."""

    row: Application
    secret: str | None

    @property
    def id(self) -> str:
        return str(self.row.client_id)

    @property
    def credentials(self) -> dict[str, str | None]:
        """As the page sends them, in the body; a public app names itself."""
        return {"client_id": self.id, "client_secret": self.secret}

    @property
    def basic(self) -> dict[str, str]:
        """The header of HTTP Basic."""
        return basic(self.id, str(self.secret))


def make_app(owner: User, **values: Any) -> App:
    return App(*create_app(owner, **{"name": "Acme Sync", "redirect_uris": CALLBACK, **values}))


def basic(client_id: str, secret: str) -> dict[str, str]:
    text = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


# --- The browser


def authorize_url(app: App, **changes: str | None) -> str:
    """The link of the page with what differs; None leaves a parameter out."""
    asked = {
        "client_id": app.id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "read write",
        "state": "xyz",
        **(PKCE if app.row.is_public else {}),
        **changes,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return f"/oauth/authorize?{urlencode(given)}"


def allow(browser: Client, app: App, **changes: str | None) -> str:
    """Say yes on the consent page; where the browser is sent then."""
    response = browser.post(authorize_url(app, **changes), {"answer": "allow"})
    assert response.status_code == 302, response.content
    return str(response["Location"])


def parameters(location: str) -> dict[str, str]:
    """The query of a redirect. Every name comes once."""
    found = parse_qs(urlsplit(location).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values()), location
    return {name: values[0] for name, values in found.items()}


def get_code(browser: Client, app: App, **changes: str | None) -> str:
    return parameters(allow(browser, app, **changes))["code"]


# --- The app's server


def post(
    path: str, sent: dict[str, Any], *, kind: str = "json", headers: dict[str, str] | None = None
) -> Any:
    """POST parameters to a protocol endpoint, as JSON or as a form; None leaves one out."""
    present = {name: value for name, value in sent.items() if value is not None}
    body = json.dumps(present) if kind == "json" else urlencode(present)
    content_type = JSON if kind == "json" else FORM
    return Client().generic("POST", path, body.encode(), content_type=content_type, headers=headers)


def exchange(app: App, code: str, **changes: Any) -> Any:
    """The token request of the page's second step."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **app.credentials}
    if app.row.is_public:
        asked["code_verifier"] = VERIFIER
    return post("/v1/oauth/token", {**asked, **changes})


def refresh(app: App, token: str, **changes: Any) -> Any:
    """The token request of the page's fourth step."""
    asked = {"grant_type": "refresh_token", "refresh_token": token, **app.credentials}
    return post("/v1/oauth/token", {**asked, **changes})


def connect(browser: Client, app: App, scope: str | None = "read write") -> dict[str, Any]:
    """The whole flow up to the tokens."""
    response = exchange(app, get_code(browser, app, scope=scope))
    assert response.status_code == 200, response.content
    return dict(response.json())


def call(token: str, method: str = "GET", path: str = "/v1/me", **sent: Any) -> Any:
    """Call the API with an access token."""
    return Client().generic(
        method,
        path,
        json.dumps(sent) if sent else b"",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def is_live(app: App, tokens: dict[str, Any]) -> tuple[bool, bool]:
    """Whether (the access token, the refresh token) works, by asking as its app, without using either up."""

    def ask(name: str) -> bool:
        response = post("/v1/oauth/introspect", {"token": tokens[name], **app.credentials})
        return bool(response.json().get("active"))

    return call(tokens["access_token"]).status_code == 200, ask("refresh_token")


def post_raw(path: str, body: bytes, content_type: str, **extra: Any) -> Any:
    return Client().generic("POST", path, body, content_type=content_type, **extra)


def assert_refused(response: Any, error: str, description: str, status: int = 400) -> None:
    """Exactly RFC 6749, section 5.2."""
    assert response.status_code == status, response.content
    assert response.json() == {"error": error, "error_description": description}
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response["Pragma"] == "no-cache"
    assert response.has_header("WWW-Authenticate") == (status == 401)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.has_header("Access-Control-Allow-Credentials")


def assert_invalid_grant(response: Any, description: str) -> None:
    assert_refused(response, "invalid_grant", description)
