"""GET /v1/api-keys/{id}/usage: what was counted, between two moments."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.web.client import Client as Caller
from api.account.me import MeView
from apikeys import tokens, usage
from apikeys.models import APIKey, Outcome
from apikeys.services import create_key, disable_key
from tests.api.account.callers import Call, calling
from tests.api.answers import check_success, details_of
from tests.apikeys.uses import count, use
from tests.cases import cases

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENT = "This must be a moment such as 2027-02-22T10:00:00Z."
Key = tuple[APIKey, str]


def usage_of(call: Call, key: APIKey, query: str = "") -> Any:
    return check_success(call("GET", f"/v1/api-keys/{key.uid}/usage{query}"))


def filled(buckets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The buckets in which something was counted, without what was not."""
    return [
        {name: value for name, value in bucket.items() if value}
        for bucket in buckets
        if sum(value for value in bucket.values() if isinstance(value, int))
    ]


def test_the_counts_equal_the_requests_made(session: Call, alice: User, read_write: Key) -> None:
    key, raw = read_write
    call = calling(Client(), raw)
    project = check_success(call("POST", "/v1/projects", json={"name": "One"}), 201)["id"]
    for method, path, status in (
        ("GET", "/v1/me", 200),
        ("HEAD", "/v1/me", 200),
        ("GET", f"/v1/projects/{project}", 200),
        ("GET", f"/v1/projects/{project}", 200),
        ("GET", "/v1/projects?page=0", 400),
        ("GET", "/v1/projects/proj_unknown", 404),
        ("PATCH", f"/v1/projects/{project}", 400),
        ("PUT", f"/v1/projects/{project}/files/a/b/c.txt", 201),
        ("GET", f"/v1/projects/{project}/files/a/b/c.txt", 200),
        ("DELETE", f"/v1/projects/{project}", 200),
        ("GET", "/v1/api-keys", 403),
        ("PUT", "/v1/me", 405),
        ("BREW", "/v1/me", 405),
    ):
        body = {"json": {"content": "x"} if method == "PUT" else {"nothing": 1}}
        response = call(method, path, **(body if method in ("PUT", "PATCH") else {}))
        assert response.status_code == status, (method, path, response.content)
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert call("GET", "/v1/me").status_code == 401
    usage.flush()
    data = usage_of(session, key)
    today = data["buckets"][-1]
    assert today == {
        "at": f"{timezone.now():%Y-%m-%d}T00:00:00.000Z",
        "ok": 8,
        "refused": 2,
        "limited": 0,
        "invalid": 5,
        "failed": 0,
        "reads": 10,
        "writes": 4,
        "deletes": 1,
    }
    # The ten most called.
    assert [(each["method"], each["path"], each["requests"]) for each in data["endpoints"]] == [
        ("GET", "/v1/projects/{id}", 3),
        ("GET", "/v1/me", 2),
        ("GET", "/v1/api-keys", 1),
        ("HEAD", "/v1/me", 1),
        ("OTHER", "/v1/me", 1),
        ("PUT", "/v1/me", 1),
        ("GET", "/v1/projects", 1),
        ("POST", "/v1/projects", 1),
        ("DELETE", "/v1/projects/{id}", 1),
        ("PATCH", "/v1/projects/{id}", 1),
    ]
    assert project not in str(data)
    [caller] = data["callers"]
    assert (caller["address"], caller["publicId"], caller["requests"]) == ("127.0.0.1", key.public_id, 15)
    assert [each["status"] for each in data["recent"]] == [
        *(401, 405, 405, 403, 200, 200, 201, 400, 404, 400, 200, 200, 200, 200, 201),
    ]


def answered_lately(moment: str) -> bool:
    return abs(datetime.fromisoformat(moment) - timezone.now()) < timedelta(minutes=1)


def test_a_request_names_its_id_its_caller_and_the_route_but_no_path(session: Call, read_only: Key) -> None:
    key, raw = read_only
    response = calling(Client(), raw)(
        "GET",
        "/v1/projects/proj_secret-name",
        REMOTE_ADDR="203.0.113.7",
        HTTP_USER_AGENT="x" * 8000,
    )
    usage.flush()
    data = usage_of(session, key)
    [request] = data["recent"]
    assert answered_lately(request["at"])
    assert request == {
        "at": request["at"],
        "method": "GET",
        "path": "/v1/projects/{id}",
        "status": 404,
        "address": "203.0.113.7",
        "userAgent": "x" * 200,
        "requestId": response["X-Request-ID"],
    }
    assert data["callers"] == [
        {
            "address": "203.0.113.7",
            "userAgent": "x" * 200,
            "publicId": key.public_id,
            "requests": 1,
            "firstSeenAt": request["at"],
            "lastSeenAt": request["at"],
        }
    ]
    assert "secret-name" not in str(data)


def test_a_wrong_secret_is_only_a_try_and_a_true_one_is_counted(session: Call, read_only: Key) -> None:
    key, raw = read_only
    body = raw[:23] + ("A" * 32 if raw[23:55] != "A" * 32 else "B" * 32)
    for _ in range(3):
        assert calling(Client(), body + tokens.checksum(body))("GET", "/v1/me").status_code == 401
    assert calling(Client(), raw[:-1] + ("x" if raw[-1] != "x" else "y"))("GET", "/v1/me").status_code == 401
    usage.flush()
    data = usage_of(session, key)
    assert (filled(data["buckets"]), data["callers"], data["recent"]) == ([], [], [])
    assert list(key.tries.values_list("reason", "requests")) == [("wrong_secret", 3)]


def test_over_the_limit_is_counted_so_and_a_crash_as_failed(
    session: Call, read_only: Key, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, raw = read_only
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "free": (2, None, None)}

    def crash(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(MeView, "get", crash)
    call = calling(Client(raise_request_exception=False), raw)
    assert [call("GET", "/v1/me").status_code for _ in range(4)] == [500, 500, 429, 429]
    usage.flush()
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "free": (None, None, None)}
    today = usage_of(session, key)["buckets"][-1]
    assert (today["failed"], today["limited"], today["reads"]) == (2, 2, 4)


def test_a_refused_key_over_the_limit_of_its_address_is_counted_as_limited(
    session: Call, read_only: Key, settings: Any
) -> None:
    key, raw = read_only
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": (2,)}
    disable_key(key)
    call = calling(Client(), raw)
    assert [call("GET", "/v1/me").status_code for _ in range(5)] == [401, 401, 429, 429, 429]
    usage.flush()
    today = usage_of(session, key)["buckets"][-1]
    assert (today["refused"], today["limited"], today["ok"]) == (2, 3, 0)


def test_buckets_are_the_hours_or_days_from_one_moment_to_the_other(
    session: Call, read_only: Key, time_machine: TimeMachineFixture
) -> None:
    key, _ = read_only
    time_machine.move_to(NOON, tick=False)
    for ago, requests in ((timedelta(), 1), (HOUR, 2), (DAY, 3), (40 * DAY, 4)):
        count(key, NOON - ago, requests)
    count(key, NOON, 5, outcome=Outcome.LIMITED)
    days = usage_of(session, key)["buckets"]
    assert (len(days), days[0]["at"], days[-1]["at"]) == (
        30,
        "2026-10-26T00:00:00.000Z",
        "2026-11-24T00:00:00.000Z",
    )
    assert filled(days) == [
        {"at": "2026-11-23T00:00:00.000Z", "ok": 3, "reads": 3},
        {"at": "2026-11-24T00:00:00.000Z", "ok": 3, "limited": 5, "reads": 8},
    ]
    hours = usage_of(session, key, "?by=hour")["buckets"]
    assert (len(hours), hours[0]["at"], hours[-1]["at"]) == (
        48,
        "2026-11-22T13:00:00.000Z",
        "2026-11-24T12:00:00.000Z",
    )
    assert [bucket["ok"] for bucket in filled(hours)] == [3, 2, 1]
    span = "?by=hour&from=2026-11-24T13:30:00%2B02:00&to=2026-11-24T12:00:00Z"
    assert [bucket["at"][11:16] for bucket in usage_of(session, key, span)["buckets"]] == ["11:00", "12:00"]
    [day] = usage_of(session, key, "?from=2026-10-15T23:59:59Z&to=2026-10-15T23:59:59Z")["buckets"]
    assert (day["at"], day["ok"]) == ("2026-10-15T00:00:00.000Z", 4)


def test_callers_and_endpoints_are_those_of_the_span(
    session: Call, read_only: Key, time_machine: TimeMachineFixture
) -> None:
    key, _ = read_only
    for ago, agent, route in ((4 * DAY, "before", "/b"), (2 * DAY, "in it", "/i"), (0 * DAY, "after", "/a")):
        time_machine.move_to(NOON - ago, tick=False)
        use(key, Caller(ip="203.0.113.7", agent=agent), route=route)
        usage.flush()
    time_machine.move_to(NOON - 2 * DAY - HOUR, tick=False)
    use(key, Caller(ip="203.0.113.7", agent="an hour earlier"), route="/e")
    usage.flush()
    time_machine.move_to(NOON, tick=False)
    span = "?from=2026-11-21T13:00:00Z&to=2026-11-23T13:00:00Z"
    data = usage_of(session, key, span)
    assert [each["userAgent"] for each in data["callers"]] == ["in it", "an hour earlier"]
    assert [each["path"] for each in data["endpoints"]] == ["/e", "/i"]
    hour = usage_of(session, key, "?by=hour&from=2026-11-22T12:00:00Z&to=2026-11-22T12:59:59Z")
    assert [each["userAgent"] for each in hour["callers"]] == ["in it"]
    assert [each["path"] for each in hour["endpoints"]] == ["/i"]


@pytest.mark.matrix
@cases(
    ("query", "details"),
    [
        ("by=week", {"by": ["This must be one of: hour, day."]}),
        ("by=", {"by": ["This must be one of: hour, day."]}),
        ("by=day&by=day", {"by": ["Give this once."]}),
        ("from=2026-11-24T12:00:00Z&to=2026-11-24T11:59:59Z", {"from": ["This must not be later than to."]}),
        ("from=9999-12-31T23:59:59Z", {"from": ["This must not be later than to."]}),
        *[
            (f"{name}={value}", {name: [MOMENT]})
            for name in ("from", "to")
            for value in (
                *("", "yesterday", "2026-11-24", "2026-11-24T25:00:00Z", "2026-11-24T12:00:00", "1732449600"),
                *("10000-01-01T00:00:00Z", "0001-01-01T00:00:00%2B01:00", "%00", "2026-02-30T00:00:00Z"),
            )
        ],
        ("from=2016-11-24T00:00:00Z&to=2026-11-24T00:00:00Z", {"from"}),
        ("from=2025-10-20T23:59:59Z&to=2026-11-24T00:00:00Z", {"from"}),  # 401 days
        ("by=hour&from=2026-11-01T00:30:00Z&to=2026-11-17T16:00:00Z", {"from"}),  # 401 hours
        ("page=1", {"page": ["Unknown parameter."]}),
        ("from=x&by=y&z=1", {"from", "by", "z"}),
    ],
)
def test_a_bad_span_is_400_with_every_reason(
    session: Call, read_only: Key, query: str, details: dict[str, list[str]] | set[str]
) -> None:
    told = details_of(session("GET", f"/v1/api-keys/{read_only[0].uid}/usage?{query}"))
    assert details in (told, set(told))


@pytest.mark.matrix  # odd input
@cases(
    ("query", "number"),
    [
        ("from=2025-10-21T00:00:00Z&to=2026-11-24T00:00:00Z", 400),
        ("by=hour&from=2026-11-01T00:30:00Z&to=2026-11-17T15:59:59Z", 400),
        ("from=9999-12-31T00:00:00Z&to=9999-12-31T23:59:59.999999Z", 1),
        ("from=0001-01-01T00:00:00Z&to=0001-01-01T00:00:00Z", 1),
        ("to=0001-01-01T00:00:00Z", 1),
        ("to=0001-01-03T00:00:00Z&by=hour", 48),
    ],
)
@pytest.mark.database
def test_spans_at_the_edges_are_answered(session: Call, read_only: Key, query: str, number: int) -> None:
    assert len(usage_of(session, read_only[0], f"?{query}")["buckets"]) == number


def test_fifty_callers_are_told_apart_and_all_others_summed_up(
    session: Call, read_only: Key, time_machine: TimeMachineFixture
) -> None:
    key, _ = read_only
    for day in range(2):
        time_machine.move_to(NOON - day * DAY)
        for number in range(30 * day, 30 * day + 60):
            use(key, Caller(ip=f"2001:db8::{number:x}", agent="curl/8.5"))
        usage.flush()
    time_machine.move_to(NOON)
    callers = usage_of(session, key)["callers"]
    assert len(callers) == 51
    assert {each["address"] for each in callers[:50]} == {f"2001:db8::{number:x}" for number in range(50)}
    assert (callers[-1]["address"], callers[-1]["userAgent"]) == (None, None)
    assert sum(each["requests"] for each in callers) == 120


@pytest.mark.matrix  # what it costs
def test_the_queries_are_as_many_whatever_was_counted(
    session: Call, read_only: Key, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, _ = read_only
    other = create_key(alice, name="Unused", permission="read-only")[0]
    for number in range(30):
        use(key, Caller(ip=f"2001:db8::{number:x}", agent=""), route=f"/v1/{number}")
        count(key, timezone.now() - number * DAY, 1)
    usage.flush()
    for each in (key, other):
        with django_assert_num_queries(
            8
        ):  # session with person, key, secrets; of requests two, else one for each part
            usage_of(session, each)
