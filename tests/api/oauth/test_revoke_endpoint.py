"""POST /v1/oauth/revoke (RFC 7009) and /v1/oauth/introspect (RFC 7662)."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from api.oauth.services.applications import change_app, set_disabled
from apikeys.tokens import Kind, generate
from tests.api.oauth.flow import (
    CALLBACK,
    App,
    assert_refused,
    call,
    connect,
    exchange,
    get_code,
    is_live,
    post,
    refresh,
)
from tests.cases import cases

REVOKE, INTROSPECT = "/v1/oauth/revoke", "/v1/oauth/introspect"


def ask(path: str, app: App, token: str | None, **sent: str | None) -> Any:
    return post(path, {"token": token, **app.credentials, **sent})


@pytest.mark.matrix
@cases("hint", [None, "access_token", "refresh_token", "nonsense"])
@cases("name", ["access_token", "refresh_token"])
@cases("kind", ["json", "form"])
def test_revoking_either_token_ends_both(
    alice_browser: Client, app: App, name: str, hint: str | None, kind: str
) -> None:
    tokens, bystander = connect(alice_browser, app), connect(alice_browser, app)
    asked = {"token": tokens[name], "token_type_hint": hint, **app.credentials}
    response = post(REVOKE, asked, kind=kind)
    assert (response.status_code, response.json()) == (200, {})
    assert response["Cache-Control"] == "no-store"
    assert is_live(app, tokens) == (False, False)
    assert is_live(app, bystander) == (True, True)
    assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    again = post(REVOKE, asked, kind=kind)
    assert (again.status_code, again.json()) == (200, {})


@pytest.mark.matrix  # what is rare
@cases("name", ["access_token", "refresh_token"])
@cases("refreshes", [1, 3])
def test_a_spent_token_ends_the_family_too(
    alice_browser: Client, app: App, name: str, refreshes: int
) -> None:
    old, bystander = connect(alice_browser, app), connect(alice_browser, app)
    new = old
    for _ in range(refreshes):
        new = refresh(app, new["refresh_token"]).json()
    call_command("housekeeping", stdout=io.StringIO())
    assert ask(REVOKE, app, old[name]).json() == {}
    assert is_live(app, new) == (False, False)
    assert is_live(app, bystander) == (True, True)


def test_a_public_app_revokes_by_naming_itself(alice_browser: Client, public_app: App) -> None:
    tokens = connect(alice_browser, public_app)
    assert ask(REVOKE, public_app, tokens["refresh_token"]).json() == {}
    assert call(tokens["access_token"]).status_code == 401


def test_nobody_revokes_what_belongs_to_another_app(
    alice_browser: Client, app: App, other_app: App, public_app: App
) -> None:
    tokens = connect(alice_browser, app)
    for thief in (other_app, public_app):
        for token in (tokens["access_token"], tokens["refresh_token"]):
            response = ask(REVOKE, thief, token)
            assert (response.status_code, response.json()) == (200, {})
    assert is_live(app, tokens) == (True, True)


@cases("kind", ["x", "é", "craft_oat_x", "a" * 2048, *Kind])
def test_an_unknown_token_is_no_error(app: App, kind: str) -> None:
    token = generate(kind).raw if isinstance(kind, Kind) else kind
    assert ask(REVOKE, app, token).json() == {}
    assert ask(INTROSPECT, app, token).json() == {"active": False}


def test_a_code_is_no_token(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    assert ask(REVOKE, app, code).json() == {}
    assert ask(INTROSPECT, app, code).json() == {"active": False}
    assert exchange(app, code).status_code == 200


@pytest.mark.matrix  # each endpoint
@pytest.mark.parametrize("path", [REVOKE, INTROSPECT])
def test_faults_have_the_errors_of_the_rfc(app: App, other_app: App, path: str) -> None:
    missing = "Missing token parameter."
    assert_refused(ask(path, app, None), "invalid_request", missing)
    assert_refused(ask(path, app, ""), "invalid_request", missing)
    wrong = "The client id or secret is wrong, or the app is disabled."
    for sent in ({"client_secret": "x"}, {"client_secret": other_app.secret}, {"client_id": None}):
        assert_refused(ask(path, app, "x", **sent), "invalid_client", wrong, 401)
    set_disabled(app.row, disabled=True)
    assert_refused(ask(path, app, "x"), "invalid_client", wrong, 401)


def test_a_client_learns_about_its_own_tokens(alice: User, alice_browser: Client, app: App) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        connect(alice_browser, app, "read")  # whose tokens are of the same app
        tokens = connect(alice_browser, app)
        access = ask(INTROSPECT, app, tokens["access_token"])
        refresh_token = ask(INTROSPECT, app, tokens["refresh_token"])
    shared = {
        "active": True,
        "scope": "read write",
        "client_id": app.id,
        "sub": alice.uid,
        "iss": "http://localhost:8000",
        "aud": "http://localhost:8000/v1",
        "iat": 1772366400,
    }
    assert (access.status_code, refresh_token.status_code) == (200, 200)
    assert access.json() == {**shared, "exp": 1772366400 + 3600, "token_type": "Bearer"}
    assert refresh_token.json() == {**shared, "exp": 1772366400 + 30 * 86400}
    assert access["Cache-Control"] == "no-store"


def test_a_client_learns_nothing_about_the_tokens_of_others(
    alice_browser: Client, app: App, other_app: App, public_app: App
) -> None:
    tokens, publics = connect(alice_browser, app), connect(alice_browser, public_app)
    for token in (*tokens.values(), *publics.values()):
        assert ask(INTROSPECT, other_app, str(token)).json() == {"active": False}
    only = "Only a client with a secret may introspect."
    assert_refused(ask(INTROSPECT, public_app, publics["access_token"]), "invalid_client", only, 401)


def test_introspection_says_what_the_api_would(alice: User, alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)

    def told() -> tuple[Any, Any]:
        first, second = (
            ask(INTROSPECT, app, tokens[name]).json() for name in ("access_token", "refresh_token")
        )
        return first.get("scope"), second.get("scope")

    assert told() == ("read write", "read write")
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["write"])
    assert told() == ("write", "write")
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["delete"])
    assert told() == (None, None)
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["read", "write"])
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert told() == (None, None)
    User.objects.filter(pk=alice.pk).update(is_active=True)
    assert told() == (None, None)
    User.objects.filter(pk=alice.pk).update(oauth_valid_after=None)
    assert told() == ("read write", "read write")
    User.objects.filter(pk=alice.pk).update(oauth_valid_after=timezone.now())
    assert told() == (None, None)
