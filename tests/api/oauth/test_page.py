"""The public page "Authentication", OAuth 2.0, word for word but for host names and credentials."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from tests.api.oauth.flow import App, call, connect
from tests.fixtures import API


def test_the_flow_of_the_page_works(alice: User, alice_browser: Client, app: App, api: API) -> None:
    # 1. Redirect User to Authorize: a browser drops the line breaks and encodes the space
    page = alice_browser.get(
        "/oauth/authorize?"
        f"client_id={app.id}"
        "&redirect_uri=https://yourapp.com/callback"
        "&response_type=code"
        "&scope=read%20write"
    )
    assert page.status_code == 200
    assert b"Acme Sync wants to act for you" in page.content
    answer = alice_browser.post(
        page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], {"answer": "allow"}
    )
    assert answer.status_code == 302
    callback = urlsplit(answer["Location"])
    assert callback._replace(query="").geturl() == "https://yourapp.com/callback"

    # 2. Handle Callback
    code = parse_qs(callback.query)["code"][0]
    response = api(
        "POST",
        "/v1/oauth/token",
        json={
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app.id,
            "client_secret": app.secret,
            "redirect_uri": "https://yourapp.com/callback",
        },
    )
    assert response.status_code == 200
    assert sorted(response.json()) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    assert response.json()["expires_in"] == 3600
    assert response.json()["token_type"] == "Bearer"
    assert response.json()["scope"] == "read write"
    access_token, refresh_token = response.json()["access_token"], response.json()["refresh_token"]

    # 3. Use Access Token
    response = api("GET", "/v1/projects", access_token)
    assert response.status_code == 200
    assert response.json()["success"] is True

    # 4. Refresh Token
    response = api(
        "POST",
        "/v1/oauth/token",
        json={
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": app.id,
            "client_secret": app.secret,
        },
    )
    assert response.status_code == 200
    assert api("GET", "/v1/projects", access_token).status_code == 401
    assert api("GET", "/v1/projects", response.json()["access_token"]).status_code == 200

    me = call(response.json()["access_token"]).json()
    assert me == {
        "success": True,
        "data": {"id": alice.uid, "email": "alice@example.com", "name": "Alice Owner"},
    }


@pytest.mark.matrix  # each scope
@pytest.mark.parametrize(
    ("scope", "statuses"),
    [
        ("read", [200, 403, 403]),
        ("write", [403, 201, 403]),
        ("delete", [403, 403, 404]),
        ("read write", [200, 201, 403]),
    ],
)
def test_the_scopes_of_the_page_mean_what_it_says(
    alice_browser: Client, app: App, scope: str, statuses: list[int]
) -> None:
    token = connect(alice_browser, app, scope)["access_token"]
    answers = [
        call(token, "GET", "/v1/projects"),
        call(token, "POST", "/v1/projects", name="Landing page"),
        call(token, "DELETE", "/v1/projects/proj_0000000000000000"),
    ]
    assert [answer.status_code for answer in answers] == statuses
    for answer in answers:
        if answer.status_code == 403:
            assert answer.json()["error"] == {"code": "FORBIDDEN", "message": "Insufficient permissions"}


def test_an_expired_or_unknown_token_gets_the_answer_of_the_page(api: API) -> None:
    response = api("GET", "/v1/projects", "craft_oat_000000000000_00000000000000000000000000000000000000")
    assert response.status_code == 401
    assert response.json() == {
        "success": False,
        "error": {"code": "UNAUTHORIZED", "message": "Invalid or missing authentication"},
    }
