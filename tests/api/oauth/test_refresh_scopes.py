"""Scopes of a refresh: narrower for once, never wider, never more than the app may ask for."""

import pytest
from django.test import Client

from accounts.models import User
from api.oauth.models import Grant
from api.oauth.services.applications import change_app
from tests.api.oauth.flow import (
    CALLBACK,
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

DAY = 86400


def test_a_narrower_scope_is_for_the_access_token_alone(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app, "read write delete")
    narrow = refresh(app, tokens["refresh_token"], scope="read").json()
    assert narrow["scope"] == "read"
    assert call(narrow["access_token"], "POST", "/v1/projects", name="x").status_code == 403
    assert call(narrow["access_token"]).status_code == 200
    wide = refresh(app, narrow["refresh_token"]).json()
    assert wide["scope"] == "read write delete"
    assert refresh(app, wide["refresh_token"], scope="delete  ").json()["scope"] == "delete"


@pytest.mark.matrix  # each wider scope
@cases("scope", ["read write", "delete", "admin", "nope", "READ", "read,read", "*"])
def test_a_wider_scope_is_refused_and_spends_nothing(alice_browser: Client, app: App, scope: str) -> None:
    connect(alice_browser, app, "read write delete")  # the person gave more, but not to this family
    tokens = connect(alice_browser, app, "read")
    response = refresh(app, tokens["refresh_token"], scope=scope)
    assert_refused(response, "invalid_scope", "The scope is more than was granted.")
    assert is_live(app, tokens) == (True, True)


def test_a_repeated_scope_counts_once(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app)
    response = refresh(app, tokens["refresh_token"], scope="write read write")
    assert response.json()["scope"] == "write read"


def test_lowered_scopes_of_the_app_narrow_at_once_and_come_back(alice_browser: Client, app: App) -> None:
    def may_ask(*scopes: str) -> None:
        change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=scopes)

    tokens = connect(alice_browser, app, "read write")
    may_ask("read")
    assert call(tokens["access_token"], "POST", "/v1/projects", name="x").status_code == 403
    tokens = refresh(app, tokens["refresh_token"]).json()
    assert tokens["scope"] == "read"
    wider = refresh(app, tokens["refresh_token"], scope="write")
    assert_refused(wider, "invalid_scope", "The scope is more than was granted.")
    may_ask("delete")
    assert call(tokens["access_token"]).status_code == 403
    gone = "The app may not ask for any of the granted scopes any more."
    assert_invalid_grant(refresh(app, tokens["refresh_token"]), gone)
    may_ask("read", "write", "delete")
    assert refresh(app, tokens["refresh_token"]).json()["scope"] == "read write"
    assert Grant.objects.get().scope == "read write"


def test_admin_needs_staff_at_every_step(alice_browser: Client, app: App) -> None:
    app.row.allowed_scope, app.row.admin_enabled = "read admin", True
    app.row.save()
    tokens = connect(alice_browser, app, "read admin")
    assert tokens["scope"] == "read admin"
    app.row.admin_enabled = False
    app.row.save()
    assert call(tokens["access_token"], path="/v1/auth").json()["data"]["scopes"] == ["read"]
    response = refresh(app, tokens["refresh_token"])
    assert response.json()["scope"] == "read"


def test_a_stray_code_changes_nothing(alice_browser: Client, app: App) -> None:
    tokens = connect(alice_browser, app, "read")
    code = get_code(alice_browser, app, scope="read write delete")
    assert refresh(app, tokens["refresh_token"], code=code).json()["scope"] == "read"
    assert exchange(app, code).status_code == 200


@pytest.mark.matrix  # what is rare
def test_each_app_and_person_has_a_grant_of_its_own(
    alice_browser: Client, bob_browser: Client, app: App, dora: User
) -> None:
    second = make_app(dora, name="Initech")
    connect(alice_browser, app)
    connect(bob_browser, app)
    connect(alice_browser, second)
    connect(alice_browser, second)
    assert Grant.objects.count() == 3
