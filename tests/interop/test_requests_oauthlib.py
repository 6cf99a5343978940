"""requests-oauthlib."""

from typing import Any

import pytest
from oauthlib.oauth2 import AccessDeniedError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.interop.person import Person
from tests.interop.server import CALLBACK, App, Craft
from tests.interop.story import MORE, SCOPE, Story, check

pytestmark = pytest.mark.server


def _client_authentication(app: App, mode: str) -> dict[str, Any]:
    """The arguments by which the library sends the client's secret, or none."""
    if mode == "basic":
        return {"auth": HTTPBasicAuth(app.client_id, app.client_secret or "")}
    if mode == "body":
        return {"client_id": app.client_id, "client_secret": app.client_secret}
    return {"client_id": app.client_id}


@pytest.mark.parametrize("mode", ["basic", "body", "public"])
def test_requests_oauthlib_goes_the_whole_way(craft: Craft, person: Person, mode: str) -> None:
    app = craft.new_app(mode)
    authentication = _client_authentication(app, mode)
    token_url = f"{craft.url}/v1/oauth/token"
    client = _session(app, SCOPE, mode)

    url, _ = client.authorization_url(f"{craft.url}/oauth/authorize")
    callback = person.answer(url, "allow")
    if mode == "basic":
        first = client.fetch_token(token_url, authorization_response=callback, **authentication)
    else:
        secret = app.client_secret
        first = client.fetch_token(
            token_url, authorization_response=callback, include_client_id=True, client_secret=secret
        )
    me = client.get(f"{craft.url}/v1/me").json()
    second = client.refresh_token(token_url, **authentication)
    me_again = client.get(f"{craft.url}/v1/me").json()
    _revoke(client, craft, authentication)
    status = client.get(f"{craft.url}/v1/me").status_code
    denied = _deny(app, mode, craft, person)

    check(Story(dict(first), me, dict(second), me_again, status, denied), craft, app)


def _session(app: App, scope: str, mode: str) -> Any:
    pkce = "S256" if mode == "public" else None
    return OAuth2Session(app.client_id, redirect_uri=CALLBACK, scope=scope.split(), pkce=pkce)


def _revoke(client: Any, craft: Craft, authentication: dict[str, Any]) -> None:
    """The library has no revocation of its own; this is a plain request by its session."""
    data = {"token": client.token["refresh_token"], "token_type_hint": "refresh_token"}
    authentication = dict(authentication)
    auth = authentication.pop("auth", None)
    url = f"{craft.url}/v1/oauth/revoke"
    answer = client.post(url, data=data | authentication, auth=auth, withhold_token=True)
    assert (answer.status_code, answer.json()) == (200, {})


def _deny(app: App, mode: str, craft: Craft, person: Person) -> str:
    client = _session(app, MORE, mode)
    url, _ = client.authorization_url(f"{craft.url}/oauth/authorize")
    callback = person.answer(url, "deny")
    with pytest.raises(AccessDeniedError) as refusal:
        client.fetch_token(f"{craft.url}/v1/oauth/token", authorization_response=callback)
    error: str = refusal.value.error
    return error
