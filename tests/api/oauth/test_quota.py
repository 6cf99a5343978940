"""How often the token endpoints may be asked: each app from each address, and all unknown apps together."""

import pytest
from pytest_django import Settings

from tests.api.oauth.flow import App, assert_refused, post
from tests.cases import cases

TOO_MANY = "Too many requests. Please wait before trying again."


@pytest.fixture(autouse=True)
def once_a_minute(settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "oauth": (1,)}


@cases("path", ["/v1/oauth/token", "/v1/oauth/revoke", "/v1/oauth/introspect"])
def test_a_call_too_many_is_refused_in_the_shape_of_the_rfc(app: App, path: str) -> None:
    first, second = post(path, {}, headers=app.basic), post(path, {}, headers=app.basic)
    assert (first.status_code, first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == (400, "1", "0")
    assert_refused(second, "invalid_request", TOO_MANY, 429)
    assert second["X-RateLimit-Remaining"] == "0"
    assert 1 <= int(second["Retry-After"]) <= 60


@cases("by_header", [True, False])
def test_apps_count_apart_and_unknown_ones_together(app: App, other_app: App, by_header: bool) -> None:
    def ask(each: App) -> int:
        sent, headers = ({}, each.basic) if by_header else (each.credentials, None)
        return int(post("/v1/oauth/token", sent, headers=headers).status_code)

    assert [ask(app), ask(other_app), ask(app), ask(other_app)] == [400, 400, 429, 429]
    answers = [post("/v1/oauth/token", {"client_id": f"app_000000000000000{n}"}) for n in range(2)]
    assert [answer.status_code for answer in answers] == [400, 429]


def test_an_app_counts_alike_by_header_and_by_body(app: App) -> None:
    assert post("/v1/oauth/token", app.credentials).status_code == 400
    assert post("/v1/oauth/token", {}, headers=app.basic).status_code == 429
