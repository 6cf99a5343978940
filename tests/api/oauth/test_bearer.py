"""An access token as the credential of /v1 (RFC 6750)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from api.oauth.models import AccessToken, Grant
from api.oauth.services import last_use
from api.oauth.services.applications import change_app, set_disabled
from apikeys.tokens import Kind, generate
from tests.api.oauth.flow import CALLBACK, App, call, connect, exchange, get_code, refresh
from tests.cases import cases

METADATA = 'resource_metadata="http://localhost:8000/.well-known/oauth-protected-resource/v1"'
METHODS = {
    "read": ("GET", "/v1/me"),
    "write": ("PATCH", "/v1/me"),
    "delete": ("DELETE", "/v1/projects/proj_0"),
}


@cases("scope", ["read", "write", "delete", "read write", "write delete", "read write delete"])
def test_scopes_are_independent(alice_browser: Client, app: App, scope: str) -> None:
    token = connect(alice_browser, app, scope)["access_token"]
    for needed, (method, path) in METHODS.items():
        response = call(token, method, path)
        if needed in scope.split():
            assert response.status_code in (200, 404)
            continue
        assert response.status_code == 403
        assert response.json()["error"] == {"code": "FORBIDDEN", "message": "Insufficient permissions"}
        expected = f'Bearer realm="craft", {METADATA}, error="insufficient_scope", scope="{needed}"'
        assert response["WWW-Authenticate"] == expected


def test_a_token_can_do_what_was_granted_as_far_as_the_app_may_still_ask(
    alice_browser: Client, app: App
) -> None:
    token = connect(alice_browser, app, "read write")["access_token"]

    def scopes() -> list[str]:
        return list(call(token, path="/v1/auth").json()["data"]["scopes"])

    assert scopes() == ["read", "write"]
    for allowed, left in [("read delete", ["read"]), ("delete", []), ("write", ["write"])]:
        change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=allowed.split())
        assert scopes() == left
    connect(alice_browser, app, "write")
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["read", "write", "delete"])
    assert scopes() == ["read", "write"]


def test_the_api_tells_what_is_in_use(alice_browser: Client, app: App) -> None:
    with time_machine.travel("2026-11-24T09:58:04.120Z", tick=False):
        token = connect(alice_browser, app)["access_token"]
        data = call(token, path="/v1/auth").json()["data"]
    assert data.pop("rateLimit")["limit"] == 60
    assert data == {
        "kind": "oauth",
        "id": app.id,
        "name": "Acme Sync",
        "scopes": ["read", "write"],
        "createdAt": "2026-11-24T09:58:04.120Z",
        "expiresAt": "2026-11-24T10:58:04.120Z",
        "lastUsedAt": None,
    }


def test_use_is_noted_on_the_grant(alice_browser: Client, app: App) -> None:
    token = connect(alice_browser, app)["access_token"]
    assert Grant.objects.get().last_used_at is None
    call(token)
    last_use.flush()
    used = Grant.objects.get().last_used_at
    assert used is not None
    assert timezone.now() - used < timedelta(minutes=1)
    data = call(token, path="/v1/auth").json()["data"]
    assert data["lastUsedAt"] == used.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_last_use_in_the_future_heals_at_the_next_use(alice_browser: Client, app: App) -> None:
    token = connect(alice_browser, app)["access_token"]
    Grant.objects.update(last_used_at=timezone.now() + timedelta(days=300))
    call(token)
    last_use.flush()
    used = Grant.objects.get().last_used_at
    assert used is not None
    assert used <= timezone.now()


def is_unauthorized(response: Any, description: str | None) -> None:
    assert response.status_code == 401
    assert response.json() == {
        "success": False,
        "error": {"code": "UNAUTHORIZED", "message": "Invalid or missing authentication"},
    }
    told = f', error="invalid_token", error_description="{description}"' if description else ""
    assert response["WWW-Authenticate"] == f'Bearer realm="craft", {METADATA}{told}'


@cases(("seconds", "lives"), [(0, True), (3599, True), (3600, False), (86400, False)])
def test_an_access_token_lives_an_hour(
    alice_browser: Client, app: App, clock: time_machine.Traveller, seconds: int, lives: bool
) -> None:
    token = connect(alice_browser, app)["access_token"]
    clock.shift(seconds)
    if lives:
        assert call(token).status_code == 200
    else:
        is_unauthorized(call(token), "The access token has expired.")


def test_the_reason_is_told_to_who_holds_the_token(
    alice: User, alice_browser: Client, app: App, dora: User
) -> None:
    token = connect(alice_browser, app)["access_token"]
    set_disabled(app.row, disabled=True)
    is_unauthorized(call(token), "The app is disabled.")
    set_disabled(app.row, disabled=False)
    User.objects.filter(pk=dora.pk).update(is_active=False)
    is_unauthorized(call(token), "The app is disabled.")
    User.objects.filter(pk=dora.pk).update(is_active=True, closing_at=timezone.now())
    is_unauthorized(call(token), "The app is disabled.")
    User.objects.filter(pk=dora.pk).update(closing_at=None)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    is_unauthorized(call(token), "The account of this access token is deactivated.")
    User.objects.filter(pk=alice.pk).update(is_active=True, closing_at=timezone.now())
    is_unauthorized(call(token), "The account of this access token is closing.")
    User.objects.filter(pk=alice.pk).update(closing_at=None, oauth_valid_after=timezone.now())
    is_unauthorized(call(token), "The access token was revoked.")
    AccessToken.objects.all().delete()
    is_unauthorized(call(token), "The access token is invalid or was revoked.")


@pytest.mark.matrix  # each kind
@pytest.mark.parametrize("kind", [Kind.REFRESH_TOKEN, Kind.AUTHORIZATION_CODE, Kind.CLIENT_SECRET])
def test_another_kind_of_token_is_no_credential(alice_browser: Client, app: App, kind: Kind) -> None:
    code = get_code(alice_browser, app)
    tokens = exchange(app, code).json()
    real = {
        Kind.REFRESH_TOKEN: tokens["refresh_token"],
        Kind.AUTHORIZATION_CODE: code,
        Kind.CLIENT_SECRET: app.secret,
    }[kind]
    is_unauthorized(call(real), "This kind of token is not accepted here.")
    forged = generate(kind)
    AccessToken.objects.update(token_checksum=forged.digest.hex())
    is_unauthorized(call(forged.raw), "This kind of token is not accepted here.")


def test_a_token_is_its_whole_text(alice_browser: Client, app: App) -> None:
    token = connect(alice_browser, app)["access_token"]
    incomplete = "The token looks incomplete or mistyped. Copy it again in full."
    for wrong in (token[:-1], token + "0", token[:-1] + ("0" if token[-1] != "0" else "1")):
        is_unauthorized(call(wrong), incomplete)
    is_unauthorized(call(AccessToken.objects.get().token_checksum), "The token is invalid.")
    is_unauthorized(call(""), "There is no token after Bearer.")


def test_a_token_counts_in_the_header_alone(alice_browser: Client, app: App) -> None:
    token = connect(alice_browser, app)["access_token"]
    is_unauthorized(Client().get("/v1/me", {"access_token": token}), None)
    is_unauthorized(Client().post("/v1/projects", {"access_token": token}), None)
    body = f'{{"access_token": "{token}", "name": "x"}}'
    is_unauthorized(Client().post("/v1/projects", body, content_type="application/json"), None)
    is_unauthorized(Client().get("/v1/me", headers={"Cookie": f"access_token={token}"}), None)


def test_a_dead_token_is_401_even_with_a_good_cookie(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)
    refresh(app, tokens["refresh_token"])
    response = alice_browser.get("/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert response.status_code == 401


def test_a_check_is_one_query(alice_browser: Client, app: App, django_assert_num_queries: Any) -> None:
    token = connect(alice_browser, app)["access_token"]
    call(token)
    with django_assert_num_queries(1):
        assert call(token).status_code == 200
    with django_assert_num_queries(1):
        assert call(generate(Kind.ACCESS_TOKEN).raw).status_code == 401
    with django_assert_num_queries(0):
        assert call(token[:-1]).status_code == 401


def test_uses_that_could_not_be_written_give_way_to_later_ones() -> None:
    uses, now = last_use.LastUses({1: timezone.now(), 2: timezone.now()}), timezone.now()
    uses.merge(last_use.LastUses({2: now}))
    assert (uses[2], len(uses)) == (now, 2)
    assert uses
    assert not last_use.LastUses()
