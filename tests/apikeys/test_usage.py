"""Uses of keys: gathered in memory, added up in the database, never back in time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.web.client import Client
from apikeys import usage
from apikeys.models import APIKey, APIKeyTry, APIKeyUsage, Outcome, TryReason, UsagePeriod
from apikeys.services import create_key
from apikeys.usage import retention
from apikeys.usage.single_requests import count_requests, recent_requests
from tests.apikeys.uses import LAPTOP, SERVER, call, count, use
from tests.cases import cases

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MIDNIGHT = NOON.replace(hour=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def key(alice: User) -> APIKey:
    return create_key(alice, name="Reports bot", permission="read-only")[0]


def last_use(key: APIKey) -> tuple[datetime | None, str | None, str]:
    key.refresh_from_db()
    return key.last_used_at, key.last_used_ip, key.last_used_agent


def counts(key: APIKey, period: UsagePeriod = UsagePeriod.HOUR) -> list[tuple[datetime, int]]:
    rows = APIKeyUsage.objects.filter(key=key, period=period).order_by("at")
    return list(rows.values_list("at", "requests"))


def test_uses_wait_in_memory_and_a_flush_writes_the_last_one_and_counts_them(
    key: APIKey, time_machine: TimeMachineFixture, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        for moment, client in (
            (NOON, LAPTOP),
            (NOON + timedelta(minutes=59, seconds=59), SERVER),
            (NOON + HOUR, SERVER),
        ):
            time_machine.move_to(moment, tick=False)
            use(key, client)
    assert last_use(key) == (None, None, "")
    usage.flush()
    assert last_use(key) == (NOON + HOUR, "2001:db8::7", "python-requests/2.32")
    assert counts(key) == [(NOON, 2), (NOON + HOUR, 1)]
    assert counts(key, UsagePeriod.DAY) == [(MIDNIGHT, 3)]


def test_a_later_flush_adds_to_what_is_written_and_an_empty_one_does_nothing(
    key: APIKey, time_machine: TimeMachineFixture, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    time_machine.move_to(NOON, tick=False)
    for _ in range(3):
        use(key)
        use(key)
        usage.flush()
    assert counts(key) == [(NOON, 6)]
    assert counts(key, UsagePeriod.DAY) == [(MIDNIGHT, 6)]
    assert (key.callers.get().requests, count_requests(key)) == (6, 6)
    with django_assert_num_queries(0):
        usage.flush()


@pytest.mark.matrix  # each status
@cases(
    ("status", "outcome"),
    [
        *[(status, Outcome.OK) for status in (200, 201, 204, 304)],
        *[(status, Outcome.REFUSED) for status in (401, 403)],
        (429, Outcome.LIMITED),
        *[(status, Outcome.INVALID) for status in (400, 404, 409, 413, 428, 430)],
        *[(status, Outcome.FAILED) for status in (500, 503)],
    ],
)
def test_a_status_stands_for_an_outcome(key: APIKey, status: int, outcome: Outcome) -> None:
    use(key, status=status)
    usage.flush()
    assert set(APIKeyUsage.objects.values_list("outcome", flat=True)) == {outcome.value}


def test_what_differs_in_route_method_or_outcome_is_counted_apart(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON, tick=False)
    for _ in range(2):
        use(key)
        use(key, status=429)
        use(key, method="HEAD")
        use(key, route="/v1/projects/{id}")
        usage.flush()
    rows = APIKeyUsage.objects.filter(period=UsagePeriod.HOUR)
    assert sorted(rows.values_list("route", "method", "outcome", "requests")) == [
        ("/v1/me", "GET", "limited", 2),
        ("/v1/me", "GET", "ok", 2),
        ("/v1/me", "HEAD", "ok", 2),
        ("/v1/projects/{id}", "GET", "ok", 2),
    ]


def test_a_refused_use_is_counted_and_is_no_last_use(key: APIKey) -> None:
    usage.record_use(key.pk, key.public_id, call(), status=401, is_accepted=False)
    usage.flush()
    assert last_use(key) == (None, None, "")
    assert [requests for _, requests in counts(key)] == [1]
    assert key.callers.get().address == "203.0.113.7"


def test_tries_are_counted_by_day_reason_address_and_program_and_are_no_use(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON, tick=False)
    for _ in range(2):
        for reason, client in (
            (TryReason.WRONG_SECRET, LAPTOP),
            (TryReason.WRONG_SECRET, SERVER),
            (TryReason.EXPIRED, LAPTOP),
            (TryReason.EXPIRED, Client(ip=LAPTOP.ip, agent="cron")),
        ):
            usage.record_try(key.pk, reason, client)
        time_machine.shift(60)
        usage.flush()
    rows = APIKeyTry.objects.order_by("address", "reason", "agent")
    assert list(rows.values_list("address", "reason", "agent")) == [
        (SERVER.ip, "wrong_secret", SERVER.agent),
        (LAPTOP.ip, "expired", "cron"),
        (LAPTOP.ip, "expired", LAPTOP.agent),
        (LAPTOP.ip, "wrong_secret", LAPTOP.agent),
    ]
    assert set(rows.values_list("day", "requests", "first_at", "last_at")) == {
        (NOON.date(), 2, NOON, NOON + timedelta(minutes=1)),
    }
    assert (last_use(key)[0], APIKeyUsage.objects.count()) == (None, 0)


def test_a_flush_never_moves_the_last_use_back(key: APIKey, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)
    use(key)
    # Another process wrote a later use while ours still waited.
    later = NOON + timedelta(seconds=5)
    APIKey.objects.filter(pk=key.pk).update(
        last_used_at=later, last_used_ip=SERVER.ip, last_used_agent="later"
    )
    time_machine.move_to(later, tick=False)
    usage.flush()
    assert last_use(key) == (later, "2001:db8::7", "later")
    assert counts(key) == [(NOON, 1)]


def test_a_last_use_from_a_clock_that_was_wrong_gives_way(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOON + 365 * DAY, tick=False)
    use(key)
    usage.flush()
    time_machine.move_to(NOON, tick=False)
    use(key, SERVER)
    usage.flush()
    assert last_use(key) == (NOON, "2001:db8::7", "python-requests/2.32")


def test_an_unknown_address_is_kept_as_unknown(key: APIKey) -> None:
    use(key)
    use(key, Client(ip=None, agent=""))
    usage.record_try(key.pk, TryReason.WRONG_SECRET, Client(ip=None, agent=""))
    usage.flush()
    assert last_use(key)[1:] == (None, "")
    assert key.tries.get().address == ""


def test_uses_of_a_key_that_went_meanwhile_are_dropped_and_the_others_are_written(
    alice: User, bob: User, key: APIKey
) -> None:
    purged = create_key(alice, name="Purged", permission="read-only")[0]
    bobs = create_key(bob, name="Bob's", permission="read-only")[0]
    for each in (purged, bobs, key):
        use(each)
        usage.record_try(each.pk, TryReason.WRONG_SECRET, LAPTOP)
    purged.delete()
    bob.delete()
    usage.flush()
    assert {row.key_id for row in APIKeyUsage.objects.all()} == {key.pk}
    assert last_use(key)[1] == "203.0.113.7"
    use(key)
    usage.flush()
    assert counts(key)[0][1] == 2


@pytest.mark.database
def test_a_last_use_in_the_future_heals_at_the_next_use_and_an_older_use_moves_none_back(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    APIKey.objects.update(last_used_at=NOON + timedelta(days=300))
    time_machine.move_to(NOON, tick=False)
    use(key)
    usage.flush()
    assert last_use(key)[0] == NOON
    use(key, SERVER)
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
            use(key)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    usage.flush()
    assert counts(key) == [(NOON, 4000)]
    assert key.callers.get().requests == 4000


def test_hours_and_callers_go_after_90_days_days_after_two_years_and_requests_after_seven(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    for days in (0, 6, 8, 89, 91):
        time_machine.move_to(NOON - days * DAY, tick=False)
        use(key)
        usage.record_try(key.pk, TryReason.WRONG_SECRET, LAPTOP)
        usage.flush()
    for days in (729, 731):
        count(key, NOON - days * DAY, 1)
    time_machine.move_to(NOON, tick=False)
    # Of hours 3, callers 1, tries 1, days 1, requests 3.
    assert retention.delete_old() == 9
    assert retention.delete_old() == 0
    kept = [NOON - days * DAY for days in (89, 8, 6, 0)]
    assert [at for at, _ in counts(key)] == kept
    assert list(key.callers.order_by("day").values_list("day", flat=True)) == [at.date() for at in kept]
    assert list(key.tries.order_by("day").values_list("day", flat=True)) == [at.date() for at in kept]
    assert [at for at, _ in counts(key, UsagePeriod.DAY)] == [
        MIDNIGHT - days * DAY for days in (729, 91, 89, 8, 6, 0)
    ]
    assert [each.at for each in reversed(recent_requests(key))] == [NOON - 6 * DAY, NOON]
