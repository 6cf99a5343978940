"""What ends access: at the very next request, for access tokens, refresh tokens and codes under way."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.services import lock_unchanged
from api.oauth.models import AccessToken, AuthorizationCode, Grant, RefreshToken
from api.oauth.services.applications import delete_app, set_disabled
from api.oauth.services.grants import revoke_grant
from apikeys.models import APIKey
from tests.api.oauth.flow import App, authorize_url, call, connect, exchange, get_code, refresh
from tests.fixtures import API, PASSWORD, sign_in
from tests.mailbox import mailbox

pytestmark = pytest.mark.database
NEW_PASSWORD = "another-horse-battery"
Act = Callable[[], Any]


@pytest.fixture
def flow(alice_browser: Client, app: App) -> tuple[dict[str, Any], str]:
    """Alice's tokens and a code that is not exchanged yet."""
    return connect(alice_browser, app), get_code(alice_browser, app)


def assert_dead(app: App, flow: tuple[dict[str, Any], str]) -> None:
    tokens, code = flow
    assert call(tokens["access_token"]).status_code == 401
    for response in (refresh(app, tokens["refresh_token"]), exchange(app, code)):
        assert (response.status_code, response.json()["error"]) in [
            (400, "invalid_grant"),
            (401, "invalid_client"),
        ]


def assert_alive(app: App, flow: tuple[dict[str, Any], str]) -> None:
    tokens, code = flow
    assert call(tokens["access_token"]).status_code == 200
    assert exchange(app, code).status_code == 200
    assert refresh(app, tokens["refresh_token"]).status_code == 200


@pytest.fixture
def bystanders(
    bob_browser: Client, alice_browser: Client, app: App, other_app: App
) -> list[tuple[App, tuple[dict[str, Any], str]]]:
    """Bob in the same app, Alice in another one."""
    return [
        (each, (connect(browser, each), get_code(browser, each)))
        for browser, each in ((bob_browser, app), (alice_browser, other_app))
    ]


Bystanders = list[tuple[App, tuple[dict[str, Any], str]]]


def test_disconnecting_an_app_ends_all_it_holds_for_this_person(
    alice: User, app: App, flow: tuple[dict[str, Any], str], bystanders: Bystanders
) -> None:
    revoke_grant(Grant.objects.get(user=alice, application=app.row))
    assert_dead(app, flow)
    for each, other in bystanders:
        assert_alive(each, other)
    assert Activity.objects.get(event="grant_revoked").credential == app.id


def test_deleting_an_app_ends_all_it_holds(
    app: App, flow: tuple[dict[str, Any], str], bystanders: Bystanders
) -> None:
    delete_app(app.row)
    assert_dead(app, flow)
    assert_dead(*bystanders[0])
    assert_alive(*bystanders[1])
    for model in (Grant, AccessToken, RefreshToken, AuthorizationCode):
        assert not model.objects.exclude(application=bystanders[1][0].row).exists()


def test_a_disabled_app_can_do_nothing_until_it_is_enabled(
    app: App, flow: tuple[dict[str, Any], str], bystanders: Bystanders
) -> None:
    set_disabled(app.row, disabled=True)
    assert_dead(app, flow)
    assert_dead(*bystanders[0])
    set_disabled(app.row, disabled=False)
    assert_alive(app, flow)
    assert_alive(*bystanders[0])
    assert_alive(*bystanders[1])


@pytest.mark.matrix  # what is rare
@pytest.mark.parametrize("who", ["alice", "dora"])
def test_a_deactivated_user_and_a_deactivated_owner_end_it(
    app: App, flow: tuple[dict[str, Any], str], bob_browser: Client, dora: User, who: str
) -> None:
    User.objects.filter(name__istartswith=who).update(is_active=False)
    assert_dead(app, flow)
    User.objects.filter(name__istartswith=who).update(is_active=True)
    if who == "dora":  # who wrote the app, and gave nobody anything
        assert_alive(app, flow)
    else:
        assert_dead(app, flow)


def test_a_deleted_user_takes_everything_along(
    alice: User, app: App, flow: tuple[dict[str, Any], str]
) -> None:
    alice.delete()
    assert_dead(app, flow)
    assert not Grant.objects.exists()


def test_changing_the_password_ends_apps_and_keeps_grants_and_keys(
    alice_browser: Client,
    app: App,
    flow: tuple[dict[str, Any], str],
    bob_browser: Client,
    read_only: tuple[APIKey, str],
    api: API,
) -> None:
    bobs = connect(bob_browser, app), get_code(bob_browser, app)
    change = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    assert alice_browser.post("/settings/security/password/", change).status_code == 302
    assert_dead(app, flow)
    assert_alive(app, bobs)
    assert api("GET", "/v1/me", read_only[1]).status_code == 200
    assert Grant.objects.count() == 2
    assert_alive(app, (connect(alice_browser, app), get_code(alice_browser, app)))  # new consents count again


@pytest.mark.matrix  # as the change of the password does
def test_resetting_the_password_ends_apps_and_keeps_keys(
    alice: User, app: App, flow: tuple[dict[str, Any], str], read_only: tuple[APIKey, str], api: API
) -> None:
    browser = Client()
    browser.post("/password/reset/", {"email": alice.email})
    link = re.search(r"/password/reset/key/\S+", str(mailbox()[-1].body))
    assert link is not None
    form = browser.get(link[0])["Location"]
    assert browser.post(form, {"password1": NEW_PASSWORD}).status_code == 302
    assert_dead(app, flow)
    assert api("GET", "/v1/me", read_only[1]).status_code == 200


def test_signing_out_everywhere_ends_apps_and_keeps_keys(
    alice_browser: Client,
    app: App,
    flow: tuple[dict[str, Any], str],
    read_only: tuple[APIKey, str],
    api: API,
) -> None:
    assert alice_browser.post("/settings/security/end-sessions/").status_code == 302
    assert_dead(app, flow)
    assert api("GET", "/v1/me", read_only[1]).status_code == 200


def test_signing_out_of_one_browser_ends_no_app(
    alice_browser: Client, app: App, flow: tuple[dict[str, Any], str]
) -> None:
    alice_browser.post("/logout/")
    assert_alive(app, flow)


def test_a_consent_counts_only_while_what_signed_in_still_does(alice: User) -> None:
    def seen() -> User:
        return User.objects.get(pk=alice.pk)

    changes: list[dict[str, Any]] = [
        {"is_active": False},
        {"password": "other"},
        {"oauth_valid_after": timezone.now()},
    ]
    for change in changes:
        before = seen()
        assert lock_unchanged(before)
        User.objects.filter(pk=alice.pk).update(**change)
        assert not lock_unchanged(before)
        User.objects.filter(pk=alice.pk).update(is_active=True)
        assert lock_unchanged(seen())


def test_a_session_that_ended_elsewhere_cannot_consent(alice: User, alice_browser: Client, app: App) -> None:
    other = sign_in(alice)
    assert alice_browser.get(authorize_url(app)).status_code == 200
    other.post("/settings/security/password/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})
    response = alice_browser.post(authorize_url(app), {"answer": "allow"})
    assert response["Location"].startswith("/login/?next=/oauth/authorize")
    assert not Grant.objects.exists()
