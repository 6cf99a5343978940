"""Who may administer an account over the API, and in which order the others are refused."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Activity, User
from api.oauth.models import Grant
from api.oauth.services.applications import set_admin_enabled
from api.oauth.services.grants import grant_access
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.api.account.callers import Call, calling, token_of
from tests.api.answers import CHALLENGE, FORBIDDEN, UNAUTHORIZED, check_error, check_success
from tests.api.oauth.flow import App, make_app
from tests.fixtures import API

OPERATIONS = [
    ("GET", "/v1/api-keys"),
    ("HEAD", "/v1/api-keys"),
    ("POST", "/v1/api-keys"),
    ("GET", "/v1/api-keys/{key}"),
    ("HEAD", "/v1/api-keys/{key}"),
    ("PATCH", "/v1/api-keys/{key}"),
    ("DELETE", "/v1/api-keys/{key}"),
    ("POST", "/v1/api-keys/{key}/restore"),
    ("POST", "/v1/api-keys/{key}/disable"),
    ("POST", "/v1/api-keys/{key}/enable"),
    ("POST", "/v1/api-keys/{key}/rotate"),
    ("POST", "/v1/api-keys/{key}/rotation/cancel"),
    ("POST", "/v1/api-keys/{key}/rotate"),
    ("POST", "/v1/api-keys/{key}/rotation/finish"),
    ("GET", "/v1/api-keys/{key}/usage"),
    ("HEAD", "/v1/api-keys/{key}/usage"),
    ("GET", "/v1/connected-apps"),
    ("HEAD", "/v1/connected-apps"),
    ("DELETE", "/v1/connected-apps/{app}"),
    ("GET", "/v1/activity"),
    ("HEAD", "/v1/activity"),
]
ALLOWED = {
    "/v1/api-keys": "GET, POST, HEAD",
    "/v1/api-keys/{key}": "GET, PATCH, DELETE, HEAD",
    "/v1/api-keys/{key}/restore": "POST",
    "/v1/api-keys/{key}/disable": "POST",
    "/v1/api-keys/{key}/enable": "POST",
    "/v1/api-keys/{key}/rotate": "POST",
    "/v1/api-keys/{key}/rotation/cancel": "POST",
    "/v1/api-keys/{key}/rotation/finish": "POST",
    "/v1/api-keys/{key}/usage": "GET, HEAD",
    "/v1/connected-apps": "GET, HEAD",
    "/v1/connected-apps/{app}": "DELETE",
    "/v1/activity": "GET, HEAD",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
UNUSED = [
    (method, path)
    for path, allowed in ALLOWED.items()
    for method in METHODS
    if method not in allowed.split(", ")
]
BODIES = {
    ("POST", "/v1/api-keys"): {"name": "New", "permission": "read-only"},
    ("PATCH", "/v1/api-keys/{key}"): {"name": "Renamed"},
    ("POST", "/v1/api-keys/{key}/rotate"): {"grace": 3600},
}


@pytest.fixture
def ids(alice: User, dora: User) -> dict[str, str]:
    """What the paths name: a key of Alice's, and an app that she connected. No limit is hers."""
    User.objects.filter(pk=alice.pk).update(plan="internal")
    key, _ = create_key(alice, name="Backup", permission="read-write")
    connected = make_app(dora, name="Globex Mail")
    grant_access(alice, connected.row, ["read"])
    return {"key": key.uid, "app": connected.id}


def send(call: Call, method: str, path: str, ids: dict[str, str]) -> Any:
    return call(method, path.format(**ids), json=BODIES.get((method, path)))


def state() -> Any:
    """What a refused call must leave as it is."""
    keys = APIKey.objects.order_by("pk").values_list("name", "permission", "deleted_at", "revoked_at")
    return list(keys), Grant.objects.count(), Activity.objects.count()


def test_signed_out_it_is_401_and_nothing_happens(api: API, ids: dict[str, str]) -> None:
    before = state()
    for method, path in OPERATIONS + UNUSED:
        response = send(calling(Client()), method, path, ids)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, CHALLENGE), (method, path)
        assert method == "HEAD" or response.json() == UNAUTHORIZED
    assert state() == before


@pytest.mark.matrix  # each call
def test_without_admin_it_is_403_and_nothing_happens(without_admin: Call, ids: dict[str, str]) -> None:
    before = state()
    told = f'{CHALLENGE}, error="insufficient_scope", scope="admin"'
    for method, path in OPERATIONS + UNUSED:
        response = send(without_admin, method, path, ids)
        assert (response.status_code, response["WWW-Authenticate"]) == (403, told), (method, path)
        assert method == "HEAD" or response.json() == FORBIDDEN
    assert state() == before


def check_may(call: Call, ids: dict[str, str]) -> None:
    own = {"name": "The caller's own", "permission": "read-only"}
    ids = {**ids, "key": check_success(call("POST", "/v1/api-keys", json=own), 201)["id"]}
    for method, path in OPERATIONS:
        response = send(call, method, path, ids)
        if method == "HEAD":
            assert (response.status_code, response.content) == (200, b""), path
        else:
            check_success(response, 201 if (method, path) == ("POST", "/v1/api-keys") else 200)


def test_a_session_and_an_app_with_admin_may(anyone: Call, ids: dict[str, str]) -> None:
    check_may(anyone, ids)


@pytest.mark.matrix  # each call
def test_admin_alone_is_enough_here_and_for_nothing_else(
    alice_browser: Client, admin_app: App, ids: dict[str, str]
) -> None:
    call = calling(Client(), token_of(alice_browser, admin_app, "admin"))
    check_may(call, ids)
    response = call("GET", "/v1/me")
    check_error(response, 403)
    assert response["WWW-Authenticate"] == f'{CHALLENGE}, error="insufficient_scope", scope="read"'


def test_an_app_that_staff_take_admin_from_cannot_from_its_next_call_on(admin: Call, admin_app: App) -> None:
    check_success(admin("GET", "/v1/api-keys"))
    set_admin_enabled(admin_app.row, enabled=False)
    for path in ("/v1/api-keys", "/v1/connected-apps", "/v1/activity"):
        check_error(admin("GET", path), 403, "Insufficient permissions")
    check_success(admin("GET", "/v1/me"))


@pytest.mark.matrix  # each path
def test_another_method_is_405_and_names_those_there_are(anyone: Call, ids: dict[str, str]) -> None:
    for method, path in UNUSED:
        response = send(anyone, method, path, ids)
        assert response.status_code == 405, (method, path)
        assert sorted(response["Allow"].split(", ")) == sorted(ALLOWED[path].split(", "))
        if method != "HEAD":
            check_error(response, 405)


def test_a_session_needs_its_csrf_token_for_what_changes_something(
    alice_browser: Client, ids: dict[str, str]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice_browser.cookies
    before = state()
    for method, path in OPERATIONS:
        response = send(calling(strict), method, path, ids)
        if method in ("GET", "HEAD"):
            assert response.status_code == 200
        else:
            assert check_error(response, 403)["message"].startswith("CSRF check failed.")
    assert state() == before


BROKEN = {"data": b"{", "content_type": "application/json"}
TEXT = {"data": b"{}", "content_type": "text/plain"}
HUGE = {**BROKEN, "CONTENT_LENGTH": str(3_000_000)}
CHUNKED = {"data": b"", "content_type": "text/plain", "HTTP_TRANSFER_ENCODING": "chunked"}
ORDER: list[tuple[str, str, str, dict[str, Any], int]] = [
    # who, method, path, sent, status: of two faults the earlier is told
    ("nobody", "GET", "/v1/api-keys/", {}, 404),  # unknown path before 401
    ("reader", "GET", "/v1/activity/act_1", {}, 404),  # … and before the scope
    ("nobody", "GET", "/v1/activity?page=0", {}, 401),
    ("nobody", "PATCH", "/v1/api-keys/{bobs}", BROKEN, 401),
    ("reader", "PUT", "/v1/api-keys", {}, 403),  # scope before 405
    ("reader", "GET", "/v1/activity?page=0", {}, 403),  # … and before the parameters
    ("reader", "DELETE", "/v1/api-keys/key_0", {}, 403),  # … and before the object
    ("reader", "POST", "/v1/api-keys", HUGE, 403),  # … and before the body
    ("session", "PUT", "/v1/api-keys/key_0", {}, 405),  # 405 before the object
    ("session", "PUT", "/v1/api-keys/{bobs}", CHUNKED, 405),
    ("session", "GET", "/v1/connected-apps/app_0", {}, 405),
    ("session", "PATCH", "/v1/api-keys/key_0", CHUNKED, 404),  # the object before the body
    ("session", "PATCH", "/v1/api-keys/key_0", HUGE, 404),
    ("session", "PATCH", "/v1/api-keys/key_0?x=1", TEXT, 404),
    ("session", "GET", "/v1/api-keys/key_0?x=1", {}, 404),
    ("session", "DELETE", "/v1/api-keys/key_0?x=1", {}, 404),
    ("session", "PATCH", "/v1/api-keys/{bobs}", CHUNKED, 403),
    ("session", "PATCH", "/v1/api-keys/{bobs}", HUGE, 403),
    ("session", "PATCH", "/v1/api-keys/{bobs}?x=1", BROKEN, 403),
    ("session", "GET", "/v1/api-keys/{bobs}?x=1", {}, 403),
    ("session", "DELETE", "/v1/api-keys/{bobs}?x=1", {}, 403),
    ("session", "POST", "/v1/api-keys", CHUNKED, 411),  # 411 before 415
    ("session", "POST", "/v1/api-keys", {**HUGE, "content_type": "text/plain"}, 413),  # 413 before 415
    ("session", "POST", "/v1/api-keys", HUGE, 413),  # 413 before 400
    ("session", "PATCH", "/v1/api-keys/{alices}", {**TEXT, "data": b"{"}, 415),  # 415 before 400
    ("session", "POST", "/v1/api-keys", BROKEN, 400),
]


def test_of_two_faults_the_earlier_in_the_contracts_order_is_told(
    session: Call, bob: User, read_only: tuple[APIKey, str]
) -> None:
    bobs, _ = create_key(bob, name="Bob's", permission="read-write")
    callers = {"nobody": calling(Client()), "reader": calling(Client(), read_only[1]), "session": session}
    callers["reader"]("GET", "/v1/me")
    before = state()
    for who, method, path, sent, status in ORDER:
        response = callers[who](method, path.format(alices=read_only[0].uid, bobs=bobs.uid), **sent)
        assert response.status_code == status, (who, method, path, response.content)
        check_error(response, status)
    assert state() == before


@pytest.mark.usefixtures("one_call_a_minute")
@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/api-keys"), ("GET", "/v1/activity?page=0")])
def test_too_many_calls_are_told_before_anything_else_about_them(
    session: Call, read_only: tuple[APIKey, str], method: str, path: str
) -> None:
    reader = calling(Client(), read_only[1])
    assert session("GET", "/v1/activity").status_code == 200
    for call in (session, reader):
        response = call(method, path)
        assert response.status_code == 429
        assert response.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert "WWW-Authenticate" not in response
