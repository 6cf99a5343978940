"""`Craft-Key-Ends`: answers to a key or a secret that ends within 14 days say when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from apikeys.models import APIKey
from apikeys.services import create_key, finish_rotation, rotate_key
from tests.api.answers import check_error, check_success
from tests.fixtures import API

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
Key = tuple[APIKey, str]


@pytest.fixture(autouse=True)
def _noon(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)


def told(api: API, raw: str) -> str | None:
    """What the header says."""
    response = api("GET", "/v1/me", raw)
    check_success(response)
    header: str | None = response.headers.get("Craft-Key-Ends")
    return header


@pytest.mark.parametrize(
    ("left", "header"),
    [
        (None, None),
        (14 * DAY + SECOND, None),
        (14 * DAY, "2026-12-08T12:00:00.000Z"),
        (timedelta(minutes=5), "2026-11-24T12:05:00.000Z"),
    ],
)
def test_a_key_that_expires_within_14_days_says_when(
    api: API, alice: User, left: timedelta | None, header: str | None
) -> None:
    expires_at = None if left is None else NOON + left
    _, raw = create_key(alice, name="Reports", permission="read-only", expires_at=expires_at)
    assert told(api, raw) == header


def test_an_old_secret_says_when_it_ends_and_the_new_one_does_not(
    api: API, read_only: Key, time_machine: TimeMachineFixture
) -> None:
    key, old = read_only
    _, new = rotate_key(key, grace=7 * 86_400)
    assert told(api, old) is None  # nobody knows yet
    time_machine.move_to(NOON + 30 * DAY, tick=False)
    assert told(api, new) is None
    assert told(api, old) == "2026-12-31T12:00:00.000Z"
    finish_rotation(key)
    response = api("GET", "/v1/me", old)
    check_error(response, 401)
    assert "Craft-Key-Ends" not in response


def test_refusals_say_it_too_and_a_program_of_another_origin_may_read_it(api: API, alice: User) -> None:
    _, raw = create_key(alice, name="Reports", permission="read-only", expires_at=NOON + DAY)
    for method, path, status in (
        ("POST", "/v1/projects", 403),
        ("PUT", "/v1/me", 405),
        ("GET", "/v1/projects/proj_0", 404),
    ):
        response = api(method, path, raw, headers={"Origin": "https://elsewhere.example"})
        assert response.status_code in (status, 403)
        assert response["Craft-Key-Ends"] == "2026-11-25T12:00:00.000Z"
        exposed = response["Access-Control-Expose-Headers"].split(", ")
        assert "Craft-Key-Ends" in exposed


def test_a_session_is_told_nothing(alice_browser: Client) -> None:
    assert "Craft-Key-Ends" not in alice_browser.get("/v1/me").headers
