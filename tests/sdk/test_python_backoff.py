"""How long the Python SDK waits before another try: longer each time, never all at once, as it was told."""

import httpx
import pytest

from craft_sdk import APIConnectionError
from craft_sdk._calls import Call
from craft_sdk._retry import wait_after
from craft_sdk._settings import Settings

SETTINGS = Settings.of("http://127.0.0.1:1", 1.0, 10, 60.0)
DRAWS = 50


def waits(
    tries: int,
    status: int | None = None,
    *,
    method: str = "GET",
    told: int | None = None,
    path: str = "/v1/me",
    sent: dict[str, str] | None = None,
) -> list[float]:
    """What is drawn for a lost call, or for an answer."""
    headers = {} if told is None else {"Retry-After": str(told)}
    outcome = APIConnectionError("Lost") if status is None else httpx.Response(status, headers=headers)
    call = Call(method, path, lambda reply: reply, headers=sent or {})
    drawn = [wait_after(outcome, call, tries, SETTINGS) for _ in range(DRAWS)]
    return [wait for wait in drawn if wait is not None]


@pytest.mark.parametrize(("tries", "most"), [(0, 0.5), (1, 1.0), (2, 2.0), (4, 8.0), (9, 8.0)])
def test_each_wait_is_longer_than_the_one_before_and_differs_among_clients(tries: int, most: float) -> None:
    drawn = waits(tries)

    assert len(set(drawn)) > DRAWS / 2
    assert all(most / 2 <= wait <= most for wait in drawn)


def test_what_the_server_says_is_kept_to_and_spread_a_little() -> None:
    drawn = waits(0, 429, method="POST", told=8)

    assert len(set(drawn)) > DRAWS / 2
    assert all(8 <= wait <= 10 for wait in drawn)


@pytest.mark.parametrize(
    ("status", "method", "told"),
    [(429, "GET", 61), (500, "GET", None), (404, "GET", None), (503, "POST", None), (None, "PATCH", None)],
)
def test_what_helps_nobody_is_not_tried_again(status: int | None, method: str, told: int | None) -> None:
    assert waits(0, status, method=method, told=told) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("status", [None, 503])
def test_what_does_no_harm_a_second_time_is_tried_again(method: str, status: int | None) -> None:
    assert waits(0, status, method=method)
    assert waits(0, status, method=method, sent={"If-Match": '"x"'}) == [], "the first may have changed it"
    assert waits(0, status, method=method, path="/v1/auth") == [], "the first may have ended the credential"


def test_after_the_last_try_there_is_no_wait() -> None:
    assert waits(10) == []
