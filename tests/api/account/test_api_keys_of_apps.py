"""A key that an app made is the app's: it ends with the consent behind it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Activity, User
from api.oauth.models import Grant
from api.oauth.services.applications import delete_app
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key, delete_key, disable_key, rotate_key
from tests.api.account.callers import Call, calling, make_admin_app, token_of
from tests.api.answers import check_error, check_success, invalid_token
from tests.api.oauth.flow import App

NEW = {"name": "Made by the app", "permission": "read-write"}
DISCONNECTED = "The app that made it was disconnected."


def test_a_key_is_marked_with_the_consent_behind_the_app_that_made_it(
    session: Call, admin: Call, alice: User
) -> None:
    for call in (admin, session):
        check_success(call("POST", "/v1/api-keys", json={**NEW, "name": f"Key {call is admin}"}), 201)
    makers = dict(APIKey.objects.values_list("name", "made_by"))
    assert makers == {"Key True": Grant.objects.get(user=alice).uid, "Key False": ""}


def over_the_api(session: Call, admin: Call, app: App) -> None:
    check_success(session("DELETE", f"/v1/connected-apps/{app.id}"))


def by_the_app_itself(session: Call, admin: Call, app: App) -> None:
    check_success(admin("DELETE", f"/v1/connected-apps/{app.id}"))


def on_the_page(session: Call, admin: Call, app: App) -> None:
    grant = Grant.objects.get(application=app.row)
    assert session("POST", f"/settings/connected-apps/{grant.uid}/revoke/").status_code == 302


def by_the_end_of_the_app(session: Call, admin: Call, app: App) -> None:
    delete_app(app.row)


@pytest.mark.parametrize("end", [over_the_api, by_the_app_itself, on_the_page, by_the_end_of_the_app])
def test_keys_end_with_the_consent_of_the_app_that_made_them_and_no_others_do(
    session: Call, admin: Call, alice: User, admin_app: App, end: Callable[[Call, Call, App], None]
) -> None:
    made = check_success(admin("POST", "/v1/api-keys", json=NEW), 201)
    own = create_key(alice, name="Alice's own", permission="read-only")[1]
    key = calling(Client(), made["key"])
    check_success(key("GET", "/v1/me"))
    end(session, admin, admin_app)
    response = key("GET", "/v1/me")
    check_error(response, 401)
    assert response["WWW-Authenticate"] == invalid_token("The API key has been revoked.")
    assert check_success(session("GET", f"/v1/api-keys/{made['id']}"))["state"] == "revoked"
    line = Activity.objects.get(event="key_revoked")
    assert (line.user, line.credential) == (alice, made["id"])
    assert line.details == {"name": "Made by the app", "reason": DISCONNECTED, "by": "app"}
    check_success(calling(Client(), own)("GET", "/v1/me"))


@pytest.mark.matrix  # what is rare
def test_what_an_app_made_for_one_person_lives_on_when_another_disconnects_it(
    admin: Call, bobs_session: Call, bob_browser: Client, admin_app: App, dora: User, alice_browser: Client
) -> None:
    other = calling(Client(), token_of(alice_browser, make_admin_app(dora, "Other Keeper")))
    bobs = calling(Client(), token_of(bob_browser, admin_app))
    raws = {
        name: check_success(call("POST", "/v1/api-keys", json={**NEW, "name": name}), 201)["key"]
        for name, call in (("admin", admin), ("bobs", bobs), ("other", other))
    }
    check_success(bobs_session("DELETE", f"/v1/connected-apps/{admin_app.id}"))
    works = {name: calling(Client(), raw)("GET", "/v1/me").status_code for name, raw in raws.items()}
    assert works == {"admin": 200, "bobs": 401, "other": 200}


def test_a_deleted_key_of_an_app_cannot_come_back_once_the_app_is_gone(
    session: Call, admin: Call, admin_app: App
) -> None:
    made = check_success(admin("POST", "/v1/api-keys", json=NEW), 201)
    delete_key(APIKey.objects.get(uid=made["id"]))
    check_success(session("DELETE", f"/v1/connected-apps/{admin_app.id}"))
    assert APIKey.objects.get(uid=made["id"]).state == "revoked"


def test_the_end_of_one_token_of_an_app_ends_no_key(session: Call, admin: Call) -> None:
    made = check_success(admin("POST", "/v1/api-keys", json=NEW), 201)
    check_success(admin("DELETE", "/v1/auth"))
    check_error(admin("GET", "/v1/api-keys"), 401)
    assert check_success(session("GET", f"/v1/api-keys/{made['id']}"))["state"] == "active"


STRENGTHENS: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "", {"permission": "read-write"}),
    ("PATCH", "", {"permission": "read-only"}),
    ("PATCH", "", {"expiresAt": None}),
    ("PATCH", "", {"expiresAt": "2126-01-01T00:00:00Z", "name": "Renamed"}),
    ("POST", "/rotate", {"grace": 0}),
    ("POST", "/rotation/cancel", {}),
    ("POST", "/enable", {}),
    ("POST", "/restore", {}),
]


@pytest.mark.parametrize("maker", ["a person", "another app"])
def test_an_app_strengthens_no_key_that_it_did_not_make(
    admin: Call, alice: User, dora: User, alice_browser: Client, maker: str
) -> None:
    made_by = ""
    if maker == "another app":
        token_of(alice_browser, make_admin_app(dora, "Other Keeper"))
        made_by = Grant.objects.latest("pk").uid
    key, _ = create_key(alice, name="Not its own", permission="read-only", made_by=made_by)
    rotate_key(key, grace=3600)
    disable_key(key)
    before = APIKey.objects.values().get(), APIKeySecret.objects.count()
    for method, path, body in STRENGTHENS:
        response = admin(method, f"/v1/api-keys/{key.uid}{path}", json=body)
        check_error(response, 403, "Insufficient permissions")
    assert (APIKey.objects.values().get(), APIKeySecret.objects.count()) == before
    delete_key(key)
    check_error(admin("POST", f"/v1/api-keys/{key.uid}/restore"), 403, "Insufficient permissions")


def test_an_app_may_see_rename_disable_finish_and_end_any_key(admin: Call, alice: User) -> None:
    key, _ = create_key(alice, name="Alice's own", permission="read-only")
    rotate_key(key, grace=3600)
    path = f"/v1/api-keys/{key.uid}"
    check_success(admin("GET", f"{path}/usage"))
    check_success(admin("PATCH", path, json={"name": "Renamed"}))
    check_success(admin("POST", f"{path}/rotation/finish"))
    assert check_success(admin("POST", f"{path}/disable"))["state"] == "disabled"
    assert check_success(admin("DELETE", path))["deleted"]


def test_an_app_does_all_of_it_to_keys_that_it_made(admin: Call) -> None:
    made = check_success(admin("POST", "/v1/api-keys", json=NEW), 201)
    path = f"/v1/api-keys/{made['id']}"
    check_success(admin("PATCH", path, json={"expiresAt": "2126-01-01T00:00:00Z"}))
    new = check_success(admin("POST", f"{path}/rotate", json={"grace": 0}))["key"]
    check_success(admin("POST", f"{path}/rotation/cancel"))
    new = check_success(admin("POST", f"{path}/rotate", json={"grace": 0}))["key"]
    check_success(admin("POST", f"{path}/disable"))
    check_success(admin("POST", f"{path}/enable"))
    check_success(admin("DELETE", path))
    check_success(admin("POST", f"{path}/restore"))
    check_success(calling(Client(), new)("GET", "/v1/me"))
