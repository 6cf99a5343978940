"""What a call with a key costs the database, and what is known about it afterwards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apikeys import usage
from apikeys.models import APIKey, APIKeySecret, APIKeyUsage, Outcome, UsagePeriod
from tests.api.answers import check_error, check_success
from tests.fixtures import API

pytestmark = pytest.mark.database
Key = tuple[APIKey, str]


def test_from_its_second_use_on_a_key_costs_one_select_and_no_write(api: API, read_only: Key) -> None:
    check_success(api("GET", "/v1/me", read_only[1]))
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            check_success(api("GET", "/v1/me", read_only[1]))
        (query,) = queries
        assert query["sql"].startswith("SELECT")


def test_the_first_use_is_written_at_once(api: API, read_only: Key) -> None:
    before = timezone.now()
    check_success(api("GET", "/v1/me", read_only[1], headers={"User-Agent": "curl/8.5.0"}))
    key, secret = APIKey.objects.get(), APIKeySecret.objects.get()
    assert key.last_used_at is not None
    assert before <= key.last_used_at <= timezone.now()
    assert (key.last_used_ip, key.last_used_agent) == ("127.0.0.1", "curl/8.5.0")
    assert secret.first_used_at is not None


def test_later_uses_are_counted_and_the_last_one_is_shown(api: API, read_only: Key) -> None:
    for number in range(1, 6):
        api("GET", "/v1/auth", read_only[1], headers={"User-Agent": f"agent {number}"})
    assert APIKey.objects.get().last_used_agent == "agent 1"
    usage.flush()
    assert APIKey.objects.get().last_used_agent == "agent 5"
    for period in UsagePeriod:
        assert sum(APIKeyUsage.objects.filter(period=period).values_list("requests", flat=True)) == 5


def test_a_refused_scope_is_a_use_and_a_refused_key_is_counted_alone(api: API, read_only: Key) -> None:
    key, raw_key = read_only
    check_error(api("POST", "/v1/projects", raw_key, json={"name": "x"}), 403)
    usage.flush()
    key.refresh_from_db()
    last_used_at = key.last_used_at
    assert last_used_at is not None
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    check_error(api("GET", "/v1/me", raw_key), 401)
    usage.flush()
    key.refresh_from_db()
    assert key.last_used_at == last_used_at
    hours = APIKeyUsage.objects.filter(period=UsagePeriod.HOUR, outcome=Outcome.REFUSED)
    assert set(hours.values_list("method", "route", "requests")) == {
        ("POST", "/v1/projects", 1),
        ("GET", "/v1/me", 1),
    }


def test_last_use_never_moves_back(api: API, read_only: Key) -> None:
    for _ in range(2):
        check_success(api("GET", "/v1/me", read_only[1]))
    later = timezone.now() + timedelta(seconds=30)  # another process saw a later use
    APIKey.objects.update(last_used_at=later, last_used_agent="later")
    usage.flush()
    key = APIKey.objects.get()
    assert (key.last_used_at, key.last_used_agent) == (later, "later")


def test_an_agent_that_no_database_takes_is_cleaned(api: API, read_only: Key) -> None:
    agent = "a\x00b\u202ec" + "x" * 5000
    check_success(api("GET", "/v1/me", read_only[1], headers={"User-Agent": agent}))
    assert APIKey.objects.get().last_used_agent == ("abc" + "x" * 5000)[:200]
