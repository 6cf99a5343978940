"""Last use and counters: gathered in memory, added up in the database, never back in time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.web.client import Client
from apikeys import usage
from apikeys.models import APIKey, APIKeyUsage
from apikeys.services import create_key

pytestmark = pytest.mark.database
LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
SERVER = Client(ip="2001:db8::7", agent="python-requests/2.32")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def key(alice: User) -> APIKey:
    return create_key(alice, name="Reports bot", permission="read-only")[0]


def last_use(key: APIKey) -> tuple[datetime | None, str | None, str]:
    key.refresh_from_db()
    return key.last_used_at, key.last_used_ip, key.last_used_agent


def hours(key: APIKey) -> list[tuple[datetime, int]]:
    return list(APIKeyUsage.objects.filter(key=key).order_by("hour").values_list("hour", "requests"))


def test_uses_wait_in_memory_and_a_flush_writes_the_last_one_and_counts_them_by_hour(
    key: APIKey, time_machine: TimeMachineFixture, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        for moment, client in (
            (NOON, LAPTOP),
            (NOON + timedelta(minutes=59, seconds=59), LAPTOP),
            (NOON + timedelta(hours=1), SERVER),
        ):
            time_machine.move_to(moment, tick=False)
            usage.record(key.pk, client)
    assert last_use(key) == (None, None, "")
    usage.flush()
    assert last_use(key) == (NOON + timedelta(hours=1), "2001:db8::7", "python-requests/2.32")
    assert hours(key) == [(NOON, 2), (NOON + timedelta(hours=1), 1)]


def test_a_later_flush_adds_to_what_is_written_and_an_empty_one_does_nothing(
    key: APIKey, time_machine: TimeMachineFixture, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    time_machine.move_to(NOON, tick=False)
    for _ in range(3):
        usage.record(key.pk, LAPTOP)
        usage.record(key.pk, LAPTOP)
        usage.flush()
    assert hours(key) == [(NOON, 6)]
    with django_assert_num_queries(0):
        usage.flush()


def test_a_flush_never_moves_the_last_use_back(key: APIKey, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    usage.record(key.pk, LAPTOP)
    # Another process wrote a later use while ours still waited.
    later = NOON + timedelta(seconds=5)
    APIKey.objects.filter(pk=key.pk).update(
        last_used_at=later, last_used_ip=SERVER.ip, last_used_agent="later"
    )
    usage.flush()
    assert last_use(key) == (later, "2001:db8::7", "later")
    assert hours(key) == [(NOON, 1)]


def test_an_unknown_address_is_kept_as_unknown(key: APIKey) -> None:
    usage.record(key.pk, LAPTOP)
    usage.record(key.pk, Client(ip=None, agent=""))
    usage.flush()
    assert last_use(key)[1:] == (None, "")


def test_uses_of_a_key_that_went_meanwhile_are_dropped_and_the_others_are_written(
    alice: User, bob: User, key: APIKey
) -> None:
    purged = create_key(alice, name="Purged", permission="read-only")[0]
    bobs = create_key(bob, name="Bob's", permission="read-only")[0]
    for each in (purged, bobs, key):
        usage.record(each.pk, LAPTOP)
    purged.delete()
    bob.delete()
    usage.flush()
    assert APIKeyUsage.objects.get().key_id == key.pk
    assert last_use(key)[1] == "203.0.113.7"
    usage.record(key.pk, LAPTOP)
    usage.flush()
    assert APIKeyUsage.objects.get().requests == 2


@pytest.mark.database
def test_a_last_use_in_the_future_heals_at_the_next_use_and_an_older_use_moves_none_back(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    APIKey.objects.update(last_used_at=NOON + timedelta(days=300))
    time_machine.move_to(NOON, tick=False)
    usage.record(key.pk, LAPTOP)
    usage.flush()
    assert last_use(key)[0] == NOON
    usage.record(key.pk, SERVER)
    time_machine.move_to(NOON + timedelta(seconds=2), tick=False)
    APIKey.objects.update(last_used_at=NOON + timedelta(seconds=1), last_used_ip=LAPTOP.ip)
    usage.flush()
    assert last_use(key)[:2] == (NOON + timedelta(seconds=1), LAPTOP.ip)


def test_eight_threads_lose_no_use(key: APIKey, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(500):
            usage.record(key.pk, LAPTOP)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    usage.flush()
    assert hours(key) == [(NOON, 4000)]


def test_requests_are_counted_since_the_beginning_of_an_hour(
    alice: User, bob: User, key: APIKey, time_machine: TimeMachineFixture
) -> None:
    other = create_key(alice, name="Another", permission="read-only")[0]
    unused = create_key(alice, name="Unused", permission="read-only")[0]
    bobs = create_key(bob, name="Bob's", permission="read-only")[0]
    for hours_ago, each, times in ((25, key, 7), (24, key, 2), (0, key, 3), (0, other, 1), (0, bobs, 5)):
        time_machine.move_to(NOON - timedelta(hours=hours_ago), tick=False)
        for _ in range(times):
            usage.record(each.pk, LAPTOP)
    usage.flush()
    since = NOON - timedelta(hours=24) + timedelta(minutes=30)
    assert usage.requests_since(key, since) == 5
    assert usage.requests_since(unused, since) == 0
    assert usage.requests_by_key(alice, since) == {key.pk: 5, other.pk: 1}


def test_counters_go_after_400_days(key: APIKey) -> None:
    for days in (399, 400, 401):
        APIKeyUsage.objects.create(key=key, hour=NOON - timedelta(days=days), requests=1)
    assert usage.delete_old(NOON) == 1
    assert usage.delete_old(NOON) == 0
    assert [hour for hour, _ in hours(key)] == [NOON - timedelta(days=400), NOON - timedelta(days=399)]
