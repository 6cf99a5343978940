"""What a list says about keys: one word each, filters, order, and what a deletion would break."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Prefetch, prefetch_related_objects
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.web.client import Client
from apikeys import usage
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key, delete_key, revoke_key
from apikeys.status import (
    Badge,
    Filter,
    KeySummary,
    is_name_of,
    needs_name_to_delete,
    requests_of_a_day,
    summarise_key,
    summarise_keys,
)
from tests.apikeys.uses import count, use

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def line(**fields: Any) -> KeySummary:
    key = APIKey(pk=1, user=User(), name="Reports bot", created_at=NOW - DAY, **fields)
    prefetch_related_objects([key], Prefetch("secrets", APIKeySecret.objects.none()))
    return KeySummary(key, NOW)


def make(user: User, name: str, **fields: Any) -> APIKey:
    key, _ = create_key(user, name=name, permission="read-only")
    APIKey.objects.filter(pk=key.pk).update(**fields)
    return key


@pytest.mark.parametrize(
    ("fields", "health"),
    [
        ({}, Badge.NEVER_USED),
        ({"last_used_at": NOW - SECOND}, Badge.ACTIVE),
        ({"last_used_at": NOW - 90 * DAY + SECOND}, Badge.ACTIVE),
        ({"last_used_at": NOW - 90 * DAY}, Badge.IDLE),
        ({"last_used_at": NOW, "expires_at": NOW + 14 * DAY + SECOND}, Badge.ACTIVE),
        ({"last_used_at": NOW, "expires_at": NOW + 14 * DAY}, Badge.EXPIRES_SOON),
        ({"last_used_at": NOW - 90 * DAY, "expires_at": NOW + DAY}, Badge.EXPIRES_SOON),
        ({"expires_at": NOW + DAY}, Badge.EXPIRES_SOON),
        ({"expires_at": NOW}, Badge.EXPIRED),
        ({"expires_at": NOW - DAY, "last_used_at": NOW - 100 * DAY}, Badge.EXPIRED),
        ({"disabled_at": NOW, "expires_at": NOW - DAY}, Badge.DISABLED),
        ({"disabled_at": NOW, "deleted_at": NOW}, Badge.DELETED),
        ({"deleted_at": NOW, "expires_at": NOW - DAY}, Badge.DELETED),
        ({"revoked_at": NOW, "deleted_at": NOW}, Badge.REVOKED),
    ],
)
def test_the_first_word_that_applies_is_shown(fields: dict[str, datetime], health: Badge) -> None:
    assert line(**fields).badge == health


def test_a_key_may_be_in_several_filters() -> None:
    both = line(expires_at=NOW + DAY, last_used_at=NOW - 100 * DAY)
    assert [each for each in Filter if both.is_in(each)] == [Filter.EXPIRES_SOON, Filter.IDLE]
    fresh = line()
    assert [each for each in Filter if fresh.is_in(each)] == [Filter.NEVER_USED, Filter.NEVER_EXPIRES]


def test_days_are_counted_down_to_the_nearest_and_up_in_whole_ones() -> None:
    assert line(expires_at=NOW + 90 * DAY - SECOND).days_left == 90
    assert line(last_used_at=NOW - 121 * DAY + SECOND).idle_days == 120
    assert (line().days_left, line().idle_days) == (0, 0)


@pytest.mark.parametrize(
    ("used", "needs"),
    [(None, False), (NOW, True), (NOW - 7 * DAY + SECOND, True), (NOW - 7 * DAY, False)],
)
def test_the_name_is_asked_for_only_when_something_used_the_key_within_seven_days(
    used: datetime | None, needs: bool
) -> None:
    assert needs_name_to_delete(line(last_used_at=used)) is needs


@pytest.mark.parametrize(
    ("name", "typed", "same"),
    [
        ("Reports bot", "Reports bot", True),
        ("Reports bot", " reports  BOT ", True),
        ("Reports  bot", "Reports bot", True),
        ("Straße", "STRASSE", True),
        ("Reports bot", "Reports", False),
        ("Reports bot", "", False),
    ],
)
def test_a_typed_name_counts_whatever_its_case_and_spaces(name: str, typed: str, same: bool) -> None:
    assert is_name_of(APIKey(name=name), typed) is same


def test_what_needs_attention_comes_first_then_the_last_used_then_the_newest(alice: User) -> None:
    make(alice, "old", created_at=NOW - 9 * DAY)
    make(alice, "new", created_at=NOW - DAY)
    make(alice, "used", last_used_at=NOW - DAY)
    make(alice, "used later", last_used_at=NOW - SECOND)
    make(alice, "idle", last_used_at=NOW - 100 * DAY)
    make(alice, "expires", expires_at=NOW + DAY)
    inventory = summarise_keys(alice, NOW)
    names = [each.key.name for each in inventory.usable]
    assert names == ["expires", "idle", "used later", "used", "new", "old"]


def test_what_ended_is_apart_the_last_first_and_only_for_seven_days(alice: User, bob: User) -> None:
    make(alice, "expired", expires_at=NOW - 30 * DAY)
    make(alice, "deleted", deleted_at=NOW - DAY)
    make(alice, "revoked", revoked_at=NOW - 2 * DAY)
    make(alice, "long gone", deleted_at=NOW - 7 * DAY)
    make(alice, "long revoked", revoked_at=NOW - 7 * DAY, deleted_at=NOW - 6 * DAY)
    make(alice, "works")
    make(bob, "another's")
    inventory = summarise_keys(alice, NOW)
    assert [each.key.name for each in inventory.inactive] == ["deleted", "revoked", "expired"]
    assert [inventory.count(each) for each in (Badge.EXPIRED, Badge.DELETED, Badge.REVOKED)] == [1, 1, 1]
    assert [each.key.name for each in inventory.usable] == ["works"]
    assert inventory.live == 2  # an expired key can come back and counts


def test_a_filter_shows_the_usable_keys_it_is_about(alice: User) -> None:
    make(alice, "idle", last_used_at=NOW - 100 * DAY)
    make(alice, "fresh")
    inventory = summarise_keys(alice, NOW)
    assert [each.key.name for each in inventory.filtered(Filter.IDLE)] == ["idle"]
    assert inventory.filtered(None) == inventory.usable


@pytest.mark.matrix  # what it costs
def test_an_inventory_of_any_size_takes_three_queries_and_has_the_requests_of_thirty_days(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        key = make(alice, f"key {number}")
        count(key, NOW, number)
        count(key, NOW - 29 * DAY, 100)
        count(key, NOW - 31 * DAY, 10_000)
    with django_assert_num_queries(3):
        inventory = summarise_keys(alice, NOW)
        assert all(each.key.shown_id.startswith("craft_key_") for each in inventory.usable)
    assert sorted(each.requests for each in inventory.usable) == list(range(100, 120))


def test_uses_are_seen_once_they_are_written(alice: User) -> None:
    key = make(alice, "Reports bot")
    use(key)
    usage.flush()
    now = datetime.now(UTC)
    assert summarise_keys(alice, now).usable[0].badge == Badge.ACTIVE
    use(key, Client(ip="203.0.113.8", agent="curl/8.5"))
    usage.flush()
    key.refresh_from_db()
    judged = summarise_key(key, now)
    assert (judged.key.last_used_ip, judged.requests, requests_of_a_day(judged)) == ("203.0.113.8", 2, 2)


def test_ended_keys_are_not_live(alice: User) -> None:
    assert make(alice, "works").is_live
    assert line(expires_at=NOW).key.is_live
    assert not line(expires_at=NOW).is_usable
    assert not delete_key(make(alice, "deleted")).is_live
    assert not revoke_key(make(alice, "revoked"), reason="leaked", by="staff").is_live
