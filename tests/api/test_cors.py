"""Pages of other origins may call /v1 with a key; the web origin also with its cookie."""

import pytest

from apikeys.models import APIKey
from tests.api.answers import check_error, check_success
from tests.cases import cases
from tests.fixtures import API

Key = tuple[APIKey, str]
WEB = "http://localhost:8000"
OTHERS = [
    *("https://yourapp.com", "null", "", "http://localhost:8001", "https://localhost:8000", f"{WEB}/"),
    *("http://LOCALHOST:8000", f"{WEB}.evil.example", "http://preview.localhost:8000", "\u00e9"),
]
ASKS = {
    "Access-Control-Request-Method": "DELETE",
    "Access-Control-Request-Headers": "authorization,x-csrftoken",
}
PATHS = ["/v1/me", "/v1/projects/proj_x", "/v1/nothing"]


@pytest.mark.matrix
@cases("path", PATHS)
@cases("origin", OTHERS)
def test_any_other_origin_may_read_but_not_with_a_cookie(
    api: API, read_only: Key, origin: str, path: str
) -> None:
    for key in (None, "wrong", read_only[1]):
        response = api("GET", path, key, headers={"Origin": origin})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert response["Vary"] == "Origin"


@pytest.mark.parametrize("path", PATHS)
def test_the_web_origin_may_send_its_cookie(api: API, read_only: Key, path: str) -> None:
    for key in (None, "wrong", read_only[1]):
        response = api("GET", path, key, headers={"Origin": WEB})
        assert response["Access-Control-Allow-Origin"] == WEB
        assert response["Access-Control-Allow-Credentials"] == "true"
        assert response["Vary"] == "Origin"


def test_a_call_without_an_origin_is_told_nothing_of_them(api: API, read_only: Key) -> None:
    response = api("GET", "/v1/me", read_only[1])
    check_success(response)
    assert not [name for name in response.headers if name.startswith("Access-Control-")]
    assert response["Vary"] == "Origin"


@cases("path", PATHS)
@cases("origin", ["https://yourapp.com", WEB, "null"])
def test_a_preflight_is_answered_without_a_credential(api: API, path: str, origin: str) -> None:
    response = api("OPTIONS", path, headers={"Origin": origin, **ASKS})
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response
    assert response["Access-Control-Allow-Origin"] == (WEB if origin == WEB else "*")
    assert ("Access-Control-Allow-Credentials" in response) == (origin == WEB)
    assert {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} == set(
        response["Access-Control-Allow-Methods"].split(", ")
    )
    assert {"Authorization", "Content-Type", "X-CSRFToken"} <= set(
        response["Access-Control-Allow-Headers"].split(", ")
    )
    assert int(response["Access-Control-Max-Age"]) > 0
    assert len(response["X-Request-ID"]) == 32


@pytest.mark.parametrize("missing", ["Origin", "Access-Control-Request-Method"])
def test_options_that_is_no_preflight_is_a_method_like_any_other(
    api: API, read_only: Key, missing: str
) -> None:
    headers = {name: value for name, value in {"Origin": WEB, **ASKS}.items() if name != missing}
    check_error(api("OPTIONS", "/v1/me", headers=headers), 401)
    check_error(api("OPTIONS", "/v1/me", read_only[1], headers=headers), 405)


def test_a_page_may_read_the_headers_that_tell_it_something(api: API) -> None:
    exposed = set(api("GET", "/v1/me", headers={"Origin": WEB})["Access-Control-Expose-Headers"].split(", "))
    assert {"Location", "WWW-Authenticate", "X-Request-ID", "Retry-After"} <= exposed


@pytest.mark.parametrize("path", ["/login/", "/settings/profile/", "/"])
def test_pages_cannot_be_read_by_another_origin(api: API, path: str) -> None:
    response = api("GET", path, headers={"Origin": "https://yourapp.com"})
    assert not [name for name in response.headers if name.startswith("Access-Control-")]
    response = api("OPTIONS", path, headers={"Origin": "https://yourapp.com", **ASKS})
    assert not [name for name in response.headers if name.startswith("Access-Control-")]
