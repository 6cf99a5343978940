"""Account Settings → Connected apps, as its owner, a stranger and nobody see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.events import Event
from accounts.models import Activity, User
from api.oauth.models import AccessToken, Grant
from api.oauth.services import applications, last_use
from api.oauth.services.grants import grant_access
from tests.api.oauth.flow import App, authorize_url, call, connect, exchange, get_code, make_app, refresh
from tests.fixtures import age_sign_in, sign_in

pytestmark = pytest.mark.database
LIST = "/settings/connected-apps/"


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return str(response.content.decode())


def revoke_path(user: User) -> str:
    return f"{LIST}{Grant.objects.get(user=user).uid}/revoke/"


# --- Who sees what


def test_signed_out_both_pages_lead_to_the_sign_in_and_back(alice: User, app: App) -> None:
    grant_access(alice, app.row, ["read"])
    for path in (LIST, revoke_path(alice)):
        assert Client().get(path)["Location"] == f"/login/?next={path}"
        assert Client().post(path)["Location"] == f"/login/?next={path}"
    assert Grant.objects.exists()


def test_a_stranger_neither_sees_nor_ends_anybody_elses(alice: User, app: App, bob_browser: Client) -> None:
    grant_access(alice, app.row, ["read"])
    assert "Acme Sync" not in text_of(bob_browser.get(LIST))
    assert bob_browser.get(revoke_path(alice)).status_code == 404
    assert bob_browser.post(revoke_path(alice)).status_code == 404
    assert Grant.objects.exists()


def test_the_apps_own_developer_cannot_end_it_here_either(alice: User, app: App, dora: User) -> None:
    grant_access(alice, app.row, ["read"])
    assert sign_in(dora).post(revoke_path(alice)).status_code == 404


def test_other_methods_are_405(alice: User, app: App, alice_browser: Client) -> None:
    grant_access(alice, app.row, ["read"])
    for method in ("POST", "PUT", "DELETE"):
        assert alice_browser.generic(method, LIST).status_code == 405
    for method in ("PUT", "DELETE"):
        assert alice_browser.generic(method, revoke_path(alice)).status_code == 405


# --- The list


def test_an_empty_list_says_what_would_be_there(alice_browser: Client) -> None:
    assert "No connected apps" in text_of(alice_browser.get(LIST))


def test_a_row_says_whose_app_it_is_what_it_may_and_when_it_did(dora: User, alice_browser: Client) -> None:
    app = make_app(dora, website="https://acme.example/")
    tokens = connect(alice_browser, app, scope="read write delete")
    text = text_of(alice_browser.get(LIST))
    assert "Never used" in text
    call(tokens["access_token"])
    last_use.flush()
    text = text_of(alice_browser.get(LIST))
    for words in (
        "Acme Sync",
        "by Dora Developer",
        ">acme.example<",
        "View, create, change and delete",
        "Can delete",
    ):
        assert words in text, words
    assert "Never used" not in text
    assert "just now" in text
    assert f"{timezone.now():%b %Y}" in text


def test_there_is_one_row_an_app_however_many_tokens_it_holds(app: App, alice_browser: Client) -> None:
    for _ in range(3):
        connect(alice_browser, app)
    assert text_of(alice_browser.get(LIST)).count('<tr role="row"') == 2  # with the head


def test_an_app_that_holds_only_a_refresh_token_is_listed(app: App, alice_browser: Client) -> None:
    tokens = connect(alice_browser, app)
    AccessToken.objects.update(expires=timezone.now() - timedelta(days=2))
    assert "Acme Sync" in text_of(alice_browser.get(LIST))
    assert refresh(app, tokens["refresh_token"]).status_code == 200


def test_an_app_with_admin_and_one_that_is_idle_or_disabled_are_marked(
    alice: User, dora: User, alice_browser: Client
) -> None:
    helper = make_app(dora, name="Helper")
    grant_access(alice, helper.row, ["admin"])
    idle = make_app(dora, name="Lighthouse")
    grant_access(alice, idle.row, ["read"])
    since = timezone.now() - timedelta(days=100)
    Grant.objects.filter(application=idle.row).update(granted_at=since)
    applications.set_disabled(idle.row, disabled=True)
    text = text_of(alice_browser.get(LIST))
    assert "Manage your account" in text
    assert "Can administer" in text
    assert "Idle 100 days" in text
    assert "Disabled" in text
    assert text.index("Helper") < text.index("Lighthouse")


def test_the_list_takes_one_query_however_many_apps_there_are(
    alice: User, dora: User, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        grant_access(alice, make_app(dora, name=f"App {number}", is_public=True).row, ["read"])
    with django_assert_num_queries(3):  # session, person, grants
        alice_browser.get(LIST)


def test_a_name_is_shown_as_text(alice: User, dora: User, alice_browser: Client) -> None:
    grant_access(alice, make_app(dora, name="<script>alert(1)</script>").row, ["read"])
    for path in (LIST, revoke_path(alice)):
        text = text_of(alice_browser.get(path))
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


# --- Ending it


def test_revoking_asks_then_ends_every_token_and_code_at_once(
    alice: User, app: App, alice_browser: Client
) -> None:
    tokens = connect(alice_browser, app)
    call(tokens["access_token"])
    last_use.flush()
    path = revoke_path(alice)
    age_sign_in(alice_browser, 5000)  # ending needs no sign-in again
    assert "It last acted for you" in text_of(alice_browser.get(path))
    assert Grant.objects.exists()
    text = text_of(alice_browser.post(path, follow=True))
    assert "Acme Sync</strong> has no access any more" in text
    assert "No connected apps" in text
    assert call(tokens["access_token"]).status_code == 401
    assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    event = Activity.objects.get(user=alice, event=Event.GRANT_REVOKED)
    assert (event.credential, event.details["by"]) == (app.id, "user")
    assert alice_browser.post(path).status_code == 404


def test_revoking_ends_a_code_that_is_under_way(alice: User, app: App, alice_browser: Client) -> None:
    code = get_code(alice_browser, app)
    alice_browser.post(revoke_path(alice))
    assert exchange(app, code).json()["error"] == "invalid_grant"


def test_after_revoking_the_app_has_to_ask_again(alice: User, app: App, alice_browser: Client) -> None:
    connect(alice_browser, app)
    assert alice_browser.get(authorize_url(app)).status_code == 302
    alice_browser.post(revoke_path(alice))
    text = text_of(alice_browser.get(authorize_url(app)))
    assert "wants to act for you" in text
    assert "New" not in text


@pytest.mark.parametrize("uid", ["nope", "grant_0000000000000000", "grant_%00"])
def test_a_grant_that_is_none_is_not_found(alice_browser: Client, uid: str) -> None:
    assert alice_browser.get(f"{LIST}{uid}/revoke/").status_code == 404


def test_what_happened_is_in_the_activity_of_both_sides(app: App, alice: User, alice_browser: Client) -> None:
    connect(alice_browser, app, scope="read")
    connect(alice_browser, app, scope="read write")
    alice_browser.post(revoke_path(alice))
    text = text_of(alice_browser.get("/settings/activity/"))
    for line in ("App connected", "Acme Sync, may view", "App given more access", "App disconnected"):
        assert line in text, line
