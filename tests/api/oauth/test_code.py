"""The exchange of an authorization code (RFC 6749, section 4.1.3; RFC 7636; RFC 9700)."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models.signals import post_save
from django.test import Client

from accounts.models import User
from api.oauth.models import AccessToken, Application, AuthorizationCode, Grant, RefreshToken
from api.oauth.services.applications import change_app
from apikeys.tokens import Kind, generate
from tests.api.oauth.flow import (
    CALLBACK,
    CHALLENGE,
    VERIFIER,
    App,
    assert_invalid_grant,
    assert_refused,
    call,
    connect,
    exchange,
    get_code,
    is_live,
    make_app,
    refresh,
)
from tests.cases import cases


@cases(("seconds", "status"), [(0, 200), (59.9, 200), (60, 400), (61, 400), (3600, 400)])
def test_a_code_lives_sixty_seconds(alice_browser: Client, app: App, seconds: float, status: int) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        code = get_code(alice_browser, app)
        clock.shift(seconds)
        response = exchange(app, code)
    assert response.status_code == status
    if status == 400:
        assert_invalid_grant(response, "The code has expired. It lives 60 seconds.")


def test_a_replay_is_refused_and_ends_what_the_first_use_got(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    tokens = exchange(app, code).json()
    bystander = connect(alice_browser, app)
    assert is_live(app, tokens) == (True, True)
    assert_invalid_grant(exchange(app, code), "The code was used already. What it had got was ended.")
    assert is_live(app, tokens) == (False, False)
    assert_invalid_grant(refresh(app, tokens["refresh_token"]), "It was revoked.")
    assert_invalid_grant(exchange(app, code), "The code was used already. What it had got was ended.")
    assert is_live(app, bystander) == (True, True)


def test_a_replay_ends_also_what_was_refreshed_since(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    first = exchange(app, code).json()
    second = refresh(app, first["refresh_token"]).json()
    third = refresh(app, second["refresh_token"]).json()
    exchange(app, code)
    assert is_live(app, third) == (False, False)


def test_a_replay_by_another_app_harms_nobody(alice_browser: Client, app: App, other_app: App) -> None:
    code = get_code(alice_browser, app)
    assert_invalid_grant(exchange(other_app, code), "The code is invalid.")
    tokens = exchange(app, code).json()
    assert_invalid_grant(exchange(other_app, code), "The code is invalid.")
    assert is_live(app, tokens) == (True, True)


@pytest.mark.matrix  # odd input
@cases(
    "uri",
    [
        "https://yourapp.com/callback/",
        "https://yourapp.com/Callback",
        "https://yourapp.com/callback?",
        "https://yourapp.com:443/callback",
        "HTTPS://yourapp.com/callback",
        "https://yourapp.com/other",
        "https://evil.example/",
    ],
)
def test_the_redirect_uri_must_be_that_of_the_authorization_request(
    alice_browser: Client, dora: User, uri: str
) -> None:
    app = make_app(dora, redirect_uris=f"{CALLBACK} https://yourapp.com/other")
    code = get_code(alice_browser, app)
    wrong = exchange(app, code, redirect_uri=uri)
    assert_invalid_grant(wrong, "redirect_uri is not the one of the authorization request.")
    assert exchange(app, code).status_code == 200  # a wrong try spends nothing


def test_the_redirect_uri_may_not_be_left_out(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    for left_out in (None, ""):
        response = exchange(app, code, redirect_uri=left_out)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_code_for_a_redirect_uri_that_was_removed_is_dead(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    change_app(app.row, name="Acme Sync", redirect_uris="https://new.example/", scopes=["read", "write"])
    assert_invalid_grant(exchange(app, code), "The code's redirect URI is not registered any more.")


def test_a_loopback_port_must_stay_the_same_through_the_flow(alice_browser: Client, public_app: App) -> None:
    asked = "http://127.0.0.1:51004/callback"
    code = get_code(alice_browser, public_app, redirect_uri=asked)
    for other in ("http://127.0.0.1/callback", "http://127.0.0.1:51005/callback", CALLBACK):
        assert exchange(public_app, code, redirect_uri=other).status_code == 400
    assert exchange(public_app, code, redirect_uri=asked).status_code == 200


PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.mark.matrix
@pytest.mark.parametrize("fixture", ["app", "public_app"])
@pytest.mark.parametrize(
    ("verifier", "error"),
    [
        (None, "invalid_request"),
        ("", "invalid_request"),
        ("a" * 43, "invalid_grant"),
        (CHALLENGE, "invalid_grant"),
        (VERIFIER.lower(), "invalid_grant"),
        ("-._~" * 32, "invalid_grant"),
        ("v", "invalid_request"),
        ("a" * 42, "invalid_request"),
        ("a" * 129, "invalid_request"),
        ("a" * 2048, "invalid_request"),
        (VERIFIER + "=", "invalid_request"),
        (VERIFIER + "+", "invalid_request"),
        ("é" * 43, "invalid_request"),
    ],
)
def test_pkce_is_checked_for_both_types_of_app(
    alice_browser: Client, request: pytest.FixtureRequest, fixture: str, verifier: str | None, error: str
) -> None:
    app = request.getfixturevalue(fixture)
    code = get_code(alice_browser, app, **PKCE)
    response = exchange(app, code, code_verifier=verifier)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert not AccessToken.objects.exists()
    assert exchange(app, code, code_verifier=VERIFIER).status_code == 200


@pytest.mark.matrix  # odd input
@cases("verifier", ["v", "a" * 42, "a" * 129, "+" * 43])
def test_a_verifier_that_is_none_is_refused_though_it_is_the_challenges_own(
    alice_browser: Client, public_app: App, verifier: str
) -> None:
    code = get_code(alice_browser, public_app, code_challenge=challenge_of(verifier))
    response = exchange(public_app, code, code_verifier=verifier)
    assert_refused(
        response,
        "invalid_request",
        "code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~",
    )
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("verifier", ["a" * 43, "-._~" * 32])
def test_a_verifier_of_the_least_and_of_the_greatest_length_is_taken(
    alice_browser: Client, public_app: App, verifier: str
) -> None:
    code = get_code(alice_browser, public_app, code_challenge=challenge_of(verifier))
    assert exchange(public_app, code, code_verifier=verifier).status_code == 200


def test_a_code_cannot_be_injected_into_another_session_of_the_app(
    alice_browser: Client, bob_browser: Client, app: App
) -> None:
    bobs = "bWFueSBjaGFyYWN0ZXJzIHRoYXQgYm9iIGNob3NlIGhpbXM"
    code_of_alice = get_code(alice_browser, app, **PKCE)
    code_of_bob = get_code(bob_browser, app, code_challenge=challenge_of(bobs), code_challenge_method="S256")
    for code, verifier in ((code_of_bob, VERIFIER), (code_of_alice, bobs)):
        assert exchange(app, code, code_verifier=verifier).json()["error"] == "invalid_grant"
    tokens = exchange(app, code_of_bob, code_verifier=bobs).json()
    assert call(tokens["access_token"]).json()["data"]["email"] == "bob@example.com"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def test_pkce_cannot_be_stripped_from_the_authorization_request(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    response = exchange(app, code, code_verifier=VERIFIER)
    reason = "code_verifier was sent, but the authorization request had no code_challenge."
    assert_invalid_grant(response, reason)
    assert exchange(app, code).status_code == 200


@pytest.mark.matrix  # each kind
@cases("kind", [kind for kind in Kind if kind != Kind.AUTHORIZATION_CODE])
def test_another_kind_of_token_is_no_code(alice_browser: Client, app: App, kind: Kind) -> None:
    get_code(alice_browser, app)
    token = generate(kind)
    AuthorizationCode.objects.update(code=token.digest.hex())
    assert_invalid_grant(exchange(app, token.raw), "The code is invalid.")


def test_the_stored_form_of_a_code_is_no_code(alice_browser: Client, app: App) -> None:
    get_code(alice_browser, app)
    assert_invalid_grant(exchange(app, AuthorizationCode.objects.get().code), "The code is invalid.")


def test_lowered_scopes_of_the_app_narrow_a_pending_code(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app, scope="read write delete")
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["read", "delete"])
    assert exchange(app, code).json()["scope"] == "read delete"
    assert Grant.objects.get().scope == "read write delete"
    code = get_code(alice_browser, app, scope="read")
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["write"])
    assert_invalid_grant(exchange(app, code), "The app may not ask for any of the granted scopes any more.")


def test_every_exchange_begins_a_family_of_its_own(alice_browser: Client, app: App) -> None:
    first, second = connect(alice_browser, app), connect(alice_browser, app)
    assert len(set(RefreshToken.objects.values_list("token_family", flat=True))) == 2
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
        refresh(app, first["refresh_token"])
    assert is_live(app, second) == (True, True)


@pytest.mark.django_db(transaction=True)  # the tie to the app is looked at when the transaction ends
def test_an_app_that_goes_while_a_code_is_exchanged_gets_nothing(alice_browser: Client, app: App) -> None:
    def delete_app(**_: Any) -> None:
        Application.objects.all().delete()

    code = get_code(alice_browser, app)
    post_save.connect(delete_app, sender=AuthorizationCode)
    try:
        response = exchange(app, code)
    finally:
        post_save.disconnect(delete_app, sender=AuthorizationCode)
    assert_invalid_grant(response, "Access was ended meanwhile.")
    assert not AccessToken.objects.exists()
