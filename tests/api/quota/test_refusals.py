"""Whatever a call with a valid credential answers, it counts; and 429 comes before all that is about it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from apikeys.models import APIKey
from tests.cases import cases
from tests.fixtures import API, sign_in

Key = tuple[APIKey, str]
REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    ("PATCH", "/v1/me", {"json": {"name": "x"}}, 403),  # the scope
    ("GET", "/v1/activity", {}, 403),
    ("PUT", "/v1/me", {}, 403),
    ("GET", "/v1/projects/proj_0", {}, 404),
    ("GET", "/v1/projects?page=0", {}, 400),
]


@pytest.fixture
def strict(alice: User) -> Client:
    """Alice's browser without its CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = sign_in(alice).cookies
    return browser


@cases(("method", "path", "sent", "status"), REFUSED)
def test_a_refused_call_counts(
    api: API, read_only: Key, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    response = api(method, path, read_only[1], **sent)
    assert (response.status_code, response["X-RateLimit-Remaining"]) == (status, "59")
    assert api("GET", "/v1/me", read_only[1])["X-RateLimit-Remaining"] == "58"


def test_a_call_that_is_refused_for_its_csrf_token_counts(strict: Client) -> None:
    response = strict.patch("/v1/me", b"{}", content_type="application/json")
    assert response.json()["error"]["message"].startswith("CSRF check failed.")
    assert response["X-RateLimit-Remaining"] == "59"
    assert strict.get("/v1/me")["X-RateLimit-Remaining"] == "58"


def test_over_the_limit_nothing_else_is_told(
    api: API, read_only: Key, strict: Client, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "free": (1, None, None)}
    assert api("GET", "/v1/me", read_only[1]).status_code == 200
    for method, path, sent, _ in REFUSED:
        assert api(method, path, read_only[1], **sent).status_code == 429, path
    assert strict.patch("/v1/me", b"{}", content_type="application/json").status_code == 429
