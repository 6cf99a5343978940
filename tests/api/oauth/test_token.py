"""POST /v1/oauth/token: the shape of its answers, whatever is sent."""

import pytest
from django.test import Client

from tests.api.oauth.flow import CALLBACK, JSON, App, assert_refused, get_code, post, post_raw
from tests.cases import cases

ENDPOINTS = ["/v1/oauth/token", "/v1/oauth/revoke", "/v1/oauth/introspect"]
NO_SECRET = "The client id or secret is wrong, or the app is disabled."


@pytest.mark.parametrize("kind", ["json", "form"])
def test_json_and_form_are_answered_alike(alice_browser: Client, app: App, kind: str) -> None:
    asked = {
        "grant_type": "authorization_code",
        "code": get_code(alice_browser, app),
        "redirect_uri": CALLBACK,
        **app.credentials,
    }
    response = post("/v1/oauth/token", asked, kind=kind)
    assert response.status_code == 200
    answer = response.json()
    assert (answer.pop("token_type"), answer.pop("expires_in"), answer.pop("scope")) == (
        "Bearer",
        3600,
        "read write",
    )
    assert answer.keys() == {"access_token", "refresh_token"}
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response["Pragma"] == "no-cache"
    assert response["Access-Control-Allow-Origin"] == "*"
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"], **app.credentials}
    assert post("/v1/oauth/token", again, kind=kind).status_code == 200


UNSUPPORTED = "grant_type must be authorization_code or refresh_token."


@pytest.mark.matrix
@cases("kind", ["json", "form"])
@cases(
    ("changes", "error", "description", "status"),
    [
        ({"grant_type": None}, "invalid_request", "Missing grant_type parameter.", 400),
        ({"grant_type": ""}, "invalid_request", "Missing grant_type parameter.", 400),
        *(
            ({"grant_type": grant}, "unsupported_grant_type", UNSUPPORTED, 400)
            for grant in (
                "password",
                "client_credentials",
                "implicit",
                "openid",
                "urn:ietf:params:oauth:grant-type:device_code",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "Authorization_Code",
                "authorization_code ",
            )
        ),
        ({"code": None}, "invalid_request", "Missing code parameter.", 400),
        ({"code": ""}, "invalid_request", "Missing code parameter.", 400),
        ({"code": "x"}, "invalid_grant", "The code is invalid.", 400),
        ({"code": "é"}, "invalid_grant", "The code is invalid.", 400),
        ({"code": "craft_oac_1"}, "invalid_grant", "The code is invalid.", 400),
        ({"code": "a" * 2049}, "invalid_request", "code is too long or holds control characters.", 400),
        ({"code": "a\x00"}, "invalid_request", "code is too long or holds control characters.", 400),
        ({"code": "a\r\nb"}, "invalid_request", "code is too long or holds control characters.", 400),
        ({"client_id": None}, "invalid_client", NO_SECRET, 401),
        ({"client_id": "app_0000000000000000"}, "invalid_client", NO_SECRET, 401),
        ({"client_id": "' OR 1=1 --"}, "invalid_client", NO_SECRET, 401),
        ({"client_secret": None}, "invalid_client", NO_SECRET, 401),
        ({"client_secret": ""}, "invalid_client", NO_SECRET, 401),
        ({"client_secret": "x"}, "invalid_client", NO_SECRET, 401),
        ({"client_secret": "\u0661"}, "invalid_client", NO_SECRET, 401),
        (
            {"client_id": "a\x00"},
            "invalid_request",
            "client_id is too long or holds control characters.",
            400,
        ),
        (
            {"grant_type": "refresh_token"},
            "invalid_request",
            "Missing refresh token parameter.",
            400,
        ),
        (
            {"grant_type": "refresh_token", "refresh_token": "x"},
            "invalid_grant",
            "The refresh token is invalid or was revoked.",
            400,
        ),
    ],
)
def test_every_fault_has_the_error_of_the_rfc(
    app: App, kind: str, changes: dict[str, str | None], error: str, description: str, status: int
) -> None:
    asked = {
        "grant_type": "authorization_code",
        "code": "craft_oac_x",
        "redirect_uri": CALLBACK,
        **app.credentials,
    }
    response = post("/v1/oauth/token", {**asked, **changes}, kind=kind)
    assert_refused(response, error, description, status)
    if status == 401:
        assert response["WWW-Authenticate"] == 'Basic realm="craft", error="invalid_client"'


def test_unknown_parameters_are_ignored(alice_browser: Client, app: App) -> None:
    for kind in ("json", "form"):
        asked = {
            "grant_type": "authorization_code",
            "code": get_code(alice_browser, app, scope="read"),
            "redirect_uri": CALLBACK,
            **app.credentials,
            "scope": "read write delete admin",
            "refresh_token": "x",
            "resource": "https://evil.example",
            "refresh_token_instance": "1",
            "user": "1",
            "scopes": "admin",
            "expires_in": "999999",
            "extra_credentials": "x",
            "audience": "x",
        }
        response = post("/v1/oauth/token", asked, kind=kind)
        assert response.status_code == 200
        assert response.json()["scope"] == "read"
        assert response.json()["expires_in"] == 3600
    odd = b'{"x": [1, {"y": null}], "x": 2, "grant_type": "password"}'
    assert post_raw("/v1/oauth/token", odd, JSON).json()["error"] == "unsupported_grant_type"


@pytest.mark.matrix
@cases("path", ENDPOINTS)
@cases("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_answered(db: None, path: str, method: str) -> None:
    response = Client().generic(method, path)
    assert_refused(response, "invalid_request", "Use POST.", 405)
    assert response["Allow"] == "POST"


@cases("path", ENDPOINTS)
@cases("origin", ["https://app.example", "http://localhost:8000", "null"])
def test_any_origin_may_ask_without_cookies(db: None, path: str, origin: str) -> None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = Client().options(path, headers=headers)
    assert response.status_code == 204
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert "Authorization, Content-Type" in response["Access-Control-Allow-Headers"]
    for answer in (response, post(path, {}, headers={"Origin": origin})):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert not answer.has_header("Access-Control-Allow-Credentials")


def test_a_slash_at_the_end_is_another_address(db: None) -> None:
    assert post("/v1/oauth/token/", {}).status_code == 404
