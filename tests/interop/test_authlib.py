"""Authlib: its requests client, and its Django integration, which reads the server's metadata."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.test import RequestFactory

from tests.interop.person import Person
from tests.interop.server import CALLBACK, App, Craft
from tests.interop.story import MORE, SCOPE, Story, check

pytestmark = pytest.mark.server

METHODS = {"basic": "client_secret_basic", "body": "client_secret_post", "public": "none"}


@pytest.mark.parametrize("mode", METHODS)
def test_authlib_goes_the_whole_way(craft: Craft, person: Person, mode: str) -> None:
    app = craft.new_app(mode)
    client = OAuth2Session(
        app.client_id,
        app.client_secret,
        token_endpoint_auth_method=METHODS[mode],
        revocation_endpoint_auth_method=METHODS[mode],
        scope=SCOPE,
        redirect_uri=CALLBACK,
        code_challenge_method="S256" if mode == "public" else None,
        token_endpoint=f"{craft.url}/v1/oauth/token",
    )
    verifier = generate_token(48) if mode == "public" else None

    url, state = client.create_authorization_url(f"{craft.url}/oauth/authorize", code_verifier=verifier)
    callback = person.answer(url, "allow")
    first = dict(client.fetch_token(authorization_response=callback, state=state, code_verifier=verifier))
    me = client.get(f"{craft.url}/v1/me").json()
    second = dict(client.refresh_token())
    me_again = client.get(f"{craft.url}/v1/me").json()
    assert client.revoke_token(f"{craft.url}/v1/oauth/revoke").json() == {}
    status = client.get(f"{craft.url}/v1/me").status_code
    denied = _deny(client, craft, person, verifier)

    check(Story(first, me, second, me_again, status, denied), craft, app)


def _deny(client: Any, craft: Craft, person: Person, verifier: str | None) -> str:
    """The session class leaves errors on the callback to its caller."""
    endpoint = f"{craft.url}/oauth/authorize"
    url, state = client.create_authorization_url(endpoint, scope=MORE, code_verifier=verifier)
    answer = parse_qs(urlsplit(person.answer(url, "deny")).query)
    assert answer["state"] == [state]
    return answer["error"][0]


@pytest.mark.parametrize("mode", ["basic", "public"])
def test_authlib_in_a_django_site_needs_only_the_address_of_the_metadata(
    craft: Craft, person: Person, mode: str
) -> None:
    site = _site(craft, craft.new_app(mode), SCOPE)
    session: dict[str, Any] = {}

    token = site.authorize_access_token(_callback(site, session, person, "allow"))
    answer = site.get("v1/me", token=token)

    assert answer.json()["data"] == craft.me
    assert site.load_server_metadata()["issuer"] == craft.url


def test_authlib_in_a_django_site_is_told_that_the_person_said_no(craft: Craft, person: Person) -> None:
    site = _site(craft, craft.new_app("basic"), SCOPE)

    with pytest.raises(OAuthError) as refusal:
        site.authorize_access_token(_callback(site, {}, person, "deny"))

    assert refusal.value.error == "access_denied"


def _site(craft: Craft, app: App, scope: str) -> Any:
    return OAuth().register(
        "craft",
        client_id=app.client_id,
        client_secret=app.client_secret,
        server_metadata_url=f"{craft.url}/.well-known/oauth-authorization-server",
        api_base_url=f"{craft.url}/",
        client_kwargs={"scope": scope, "code_challenge_method": "S256"},
    )


def _callback(site: Any, session: dict[str, Any], person: Person, answer: str) -> Any:
    """The request that brings the person back to the site."""
    leave = _request("/sign-in", session)
    return _request(person.answer(site.authorize_redirect(leave, CALLBACK)["Location"], answer), session)


def _request(url: str, session: dict[str, Any]) -> Any:
    request: Any = RequestFactory().get(url)
    request.session = session  # Authlib needs no more than a mapping
    return request
