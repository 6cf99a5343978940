"""Rate limits of /v1 as /docs/rate-limits/ tells them."""

import time
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from api.quota.counter import counter
from api.quota.limits import windows_of_address, windows_of_client
from api.quota.windows import Window
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.fixtures import API

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-RetryAfter")


def rates(settings: Settings, **limits: tuple[int | None, ...]) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, **limits}


@pytest.mark.parametrize(("plan", "limit"), [("free", "60"), ("pro", "300"), ("enterprise", "1000")])
def test_each_plan_has_its_minute(
    api: API, alice: User, read_only: tuple[APIKey, str], plan: str, limit: str
) -> None:
    User.objects.filter(pk=alice.pk).update(plan=plan)

    response = api("GET", "/v1/me", read_only[1])

    assert response["X-RateLimit-Limit"] == limit
    assert response["X-RateLimit-Remaining"] == str(int(limit) - 1)
    assert 0 < int(response["X-RateLimit-Reset"]) - time.time() <= 61
    assert response["X-RateLimit-RetryAfter"] == "0"
    assert "Retry-After" not in response
    assert {name for name, _ in response.items()} >= set(HEADERS)  # written as on the page


def test_internal_accounts_have_no_limits_and_no_headers(
    api: API, alice: User, read_only: tuple[APIKey, str]
) -> None:
    User.objects.filter(pk=alice.pk).update(plan="internal")

    response = api("GET", "/v1/auth", read_only[1])

    assert not any(name in response for name in HEADERS)
    assert response.json()["data"]["rateLimit"] is None


def test_the_61st_call_of_a_free_account_is_refused(api: API, read_only: tuple[APIKey, str]) -> None:
    for _ in range(60):
        assert api("GET", "/v1/me", read_only[1]).status_code == 200

    response = api("GET", "/v1/me", read_only[1])

    assert response.status_code == 429
    body = response.json()
    assert body["success"] is False
    assert body["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert body["error"]["message"] == "Too many requests. Please wait before trying again."
    assert 1 <= body["error"]["retryAfter"] <= 60
    assert response["Retry-After"] == response["X-RateLimit-RetryAfter"] == str(body["error"]["retryAfter"])
    assert response["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" in dict(response.items())  # written as on the page


def test_all_credentials_of_a_user_count_together(
    api: API, alice: User, alice_browser: Client, read_only: tuple[APIKey, str], settings: Settings
) -> None:
    rates(settings, free=(3, None, None))
    second = create_key(alice, name="Second", permission="read-only")[1]

    answers = [
        api("GET", "/v1/me", read_only[1]).status_code,
        api("GET", "/v1/me", second).status_code,
        alice_browser.get("/v1/me").status_code,
        alice_browser.get("/v1/me").status_code,
    ]

    assert answers == [200, 200, 200, 429]


def test_another_users_calls_do_not_count(
    api: API, bob: User, read_only: tuple[APIKey, str], settings: Settings
) -> None:
    rates(settings, free=(1, None, None))
    bobs = create_key(bob, name="Bob's", permission="read-only")[1]
    api("GET", "/v1/me", read_only[1])

    assert api("GET", "/v1/me", bobs).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/projects/proj_0000000000000000", 404),
        ("POST", "/v1/projects", 403),
        ("GET", "/v1/projects?page=0", 400),
    ],
)
def test_calls_count_whatever_they_answer(
    api: API, read_only: tuple[APIKey, str], method: str, path: str, status: int
) -> None:
    response = api(method, path, read_only[1])

    assert response.status_code == status
    assert response["X-RateLimit-Remaining"] == "59" if method == "GET" else "9"


def test_an_unknown_path_is_not_counted(api: API, read_only: tuple[APIKey, str]) -> None:
    assert "X-RateLimit-Limit" not in api("GET", "/v1/nothing-here", read_only[1])
    assert api("GET", "/v1/me", read_only[1])["X-RateLimit-Remaining"] == "59"


def test_projects_may_be_created_ten_times_a_minute(api: API, read_write: tuple[APIKey, str]) -> None:
    made = [api("POST", "/v1/projects", read_write[1], json={"name": f"P{n}"}) for n in range(11)]

    assert [response.status_code for response in made] == [201] * 10 + [429]
    assert made[0]["X-RateLimit-Limit"] == "10"
    assert api("GET", "/v1/projects", read_write[1]).status_code == 200, "reading is another window"


def test_a_refused_creation_does_not_burn_the_other_windows(api: API, read_write: tuple[APIKey, str]) -> None:
    for n in range(13):
        api("POST", "/v1/projects", read_write[1], json={"name": f"P{n}"})

    assert api("GET", "/v1/me", read_write[1])["X-RateLimit-Remaining"] == str(60 - 10 - 1)


@pytest.mark.parametrize("raw_key", [None, "craft_key_nonsense"])
def test_calls_without_a_valid_credential_count_for_their_address(
    api: API, raw_key: str | None, settings: Settings
) -> None:
    rates(settings, address=(2,))

    answers = [api("GET", "/v1/me", raw_key) for _ in range(3)]

    assert [response.status_code for response in answers] == [401, 401, 429]
    assert [response["X-RateLimit-Remaining"] for response in answers] == ["1", "0", "0"]
    elsewhere = api("GET", "/v1/me", raw_key, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.status_code == 401


@pytest.mark.parametrize("path", ["/v1/me", "/v1/oauth/token"])
def test_who_has_an_ipv6_network_has_one_limit(api: API, db: None, settings: Settings, path: str) -> None:
    rates(settings, address=(2,), oauth=(2,))

    mine = [api("POST", path, REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in range(1, 4)]
    others = api("POST", path, REMOTE_ADDR="2001:db8:1:3::1").status_code

    assert mine[:2] == [others, others]
    assert others in (400, 401)
    assert mine[2] == 429


def test_a_valid_key_is_served_from_an_address_that_is_over_its_limit(
    api: API, read_only: tuple[APIKey, str], settings: Settings
) -> None:
    rates(settings, address=(1,))
    for _ in range(3):
        api("GET", "/v1/me")

    assert api("GET", "/v1/me", read_only[1]).status_code == 200


def test_auth_tells_what_is_left(api: API, read_only: tuple[APIKey, str]) -> None:
    limit: dict[str, Any] = api("GET", "/v1/auth", read_only[1]).json()["data"]["rateLimit"]

    assert limit["limit"] == 60
    assert limit["remaining"] == 59
    assert set(limit) == {"limit", "remaining", "reset"}


def test_without_redis_calls_are_served(
    api: API, read_only: tuple[APIKey, str], settings: Settings, tmp_path: Any
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    counter.cache_clear()

    response = api("GET", "/v1/me", read_only[1])

    assert response.status_code == 200
    assert "X-RateLimit-Limit" not in response


def test_addresses_and_clients_of_oauth_have_a_minute_each_or_no_limit(settings: Settings) -> None:
    rates(settings, address=(7,), oauth=(9,))
    assert windows_of_address() == [Window("address", 7, 60)]
    assert windows_of_client() == [Window("oauth", 9, 60)]
    rates(settings, address=(None,), oauth=(None,))
    assert (windows_of_address(), windows_of_client()) == ([], [])
