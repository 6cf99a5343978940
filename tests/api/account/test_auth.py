"""DELETE /v1/auth ends what was used; GET says what is left of the plan."""

import time

import pytest
from django.test import Client

from accounts.models import Activity, User
from apikeys.models import APIKey
from tests.api.account.callers import Call, calling
from tests.api.answers import check_error, check_success, details_of, invalid_token
from tests.api.oauth.flow import App, connect, refresh

Key = tuple[APIKey, str]


@pytest.mark.parametrize("kind", ["read_only", "read_write"])
def test_a_key_of_either_kind_deletes_itself(
    request: pytest.FixtureRequest, alice: User, session: Call, kind: str
) -> None:
    key, raw_key = request.getfixturevalue(kind)
    call = calling(Client(), raw_key)
    sent = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "curl/8.5"}
    assert check_success(call("DELETE", "/v1/auth", **sent)) == {"id": key.uid, "deleted": True}
    response = call("DELETE", "/v1/auth")
    check_error(response, 401)
    assert response["WWW-Authenticate"] == invalid_token("The API key has been deleted.")
    assert check_success(session("GET", f"/v1/api-keys/{key.uid}"))["state"] == "deleted"
    line = Activity.objects.get(event="key_deleted")
    assert (line.user, line.credential) == (alice, key.uid)
    assert (line.ip, line.user_agent) == ("203.0.113.7", "curl/8.5")


def test_a_token_ends_with_its_refresh_token_and_no_other_does(alice_browser: Client, app: App) -> None:
    tokens, bystander = connect(alice_browser, app), connect(alice_browser, app)
    call = calling(Client(), tokens["access_token"])
    assert check_success(call("DELETE", "/v1/auth")) == {"id": app.id, "deleted": True}
    check_error(call("GET", "/v1/me"), 401)
    assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    check_success(calling(Client(), bystander["access_token"])("GET", "/v1/me"))


def test_a_session_is_signed_out(alice_browser: Client) -> None:
    copied = Client()
    copied.cookies["sessionid"] = alice_browser.cookies["sessionid"].value
    response = alice_browser.delete("/v1/auth")
    assert response.json() == {"success": True, "data": {"id": None, "deleted": True}}
    for browser in (alice_browser, copied):
        check_error(calling(browser)("GET", "/v1/me"), 401)


def test_it_takes_no_parameters(read_only: Key) -> None:
    call = calling(Client(), read_only[1])
    for method in ("GET", "DELETE"):
        assert details_of(call(method, "/v1/auth?x=1")) == {"x": ["Unknown parameter."]}
    check_success(call("GET", "/v1/auth"))


def test_what_is_left_of_the_plan_is_told_and_counts_this_call(read_only: Key) -> None:
    call = calling(Client(), read_only[1])
    call("GET", "/v1/me")
    told = check_success(call("GET", "/v1/auth"))["rateLimit"]
    assert list(told) == ["limit", "remaining", "reset"]
    assert (told["limit"], told["remaining"]) == (60, 58)
    assert 0 < told["reset"] - time.time() <= 61


def test_without_a_limit_there_is_none_to_tell(alice: User, read_only: Key) -> None:
    User.objects.filter(pk=alice.pk).update(plan="internal")
    assert check_success(calling(Client(), read_only[1])("GET", "/v1/auth"))["rateLimit"] is None
