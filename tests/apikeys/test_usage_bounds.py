"""However many callers there are, and whatever they send: what is kept of them is bounded."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.db.models import Sum
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.utils.buffered_writes import Buffer
from apikeys import usage
from apikeys.models import APIKey, APIKeyCaller, APIKeyRequest, APIKeyTry, TryReason
from apikeys.services import create_key
from apikeys.usage import reports
from apikeys.usage.batch import MOST_PLACES, Batch, Try, Use
from apikeys.usage.single_requests import count_requests, recent_requests
from apikeys.usage.write import write
from tests.apikeys.uses import LAPTOP, call, caller, use

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def key(alice: User, time_machine: TimeMachineFixture) -> APIKey:
    time_machine.move_to(NOON, tick=False)
    return create_key(alice, name="Reports bot", permission="read-only")[0]


def callers(key: APIKey) -> list[tuple[str, str, bool, int]]:
    rows = APIKeyCaller.objects.filter(key=key).order_by("pk")
    return list(rows.values_list("address", "agent", "is_rest", "requests"))


@pytest.mark.parametrize("flushes", ["once", "often"])
@pytest.mark.long
def test_of_60_callers_a_day_50_are_told_apart_and_the_rest_summed_up(key: APIKey, flushes: str) -> None:
    for _ in range(2):
        for number in range(1, 61):
            use(key, caller(number))
            if flushes == "often":
                usage.flush()
    usage.flush()
    kept = callers(key)
    assert [row for row in kept if row[2]] == [("", "", True, 20)]
    assert sorted(row for row in kept if not row[2]) == sorted(
        (f"2001:db8::{number:x}", f"agent {number}", False, 2) for number in range(1, 51)
    )


def test_the_51st_caller_has_a_row_of_its_own_the_next_day(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    for number in range(1, 52):
        use(key, caller(number))
    time_machine.move_to(NOON + timedelta(days=1), tick=False)
    use(key, caller(51))
    usage.flush()
    today = APIKeyCaller.objects.get(day=NOON.date() + timedelta(days=1))
    assert (today.agent, today.requests, today.is_rest) == ("agent 51", 1, False)


def test_each_key_has_50_callers_of_its_own(alice: User, key: APIKey) -> None:
    other = create_key(alice, name="Another", permission="read-only")[0]
    for number in range(1, 61):
        use(key, caller(number))
        use(other, caller(number))
    usage.flush()
    for each in (key, other):
        assert len(callers(each)) == 51


def test_what_a_stranger_tries_is_bounded_too(key: APIKey) -> None:
    for number in range(1, 61):
        usage.record_try(key.pk, TryReason.WRONG_SECRET, caller(number))
        usage.record_try(key.pk, TryReason.WRONG_SECRET, caller(number))
    usage.flush()
    for number in range(100, 110):
        usage.record_try(key.pk, TryReason.WRONG_SECRET, caller(number))
    usage.flush()
    tries = APIKeyTry.objects.filter(key=key)
    assert (tries.count(), tries.aggregate(n=Sum("requests"))["n"]) == (51, 130)
    rest = tries.get(is_rest=True)
    assert (rest.requests, rest.address, rest.agent) == (30, "", "")


def test_no_stranger_crowds_out_who_holds_the_secret(key: APIKey) -> None:
    for flushes in (1, 2):
        for number in range(1, 61):
            usage.record_try(key.pk, TryReason.WRONG_SECRET, caller(number * flushes))
        usage.record_try(key.pk, TryReason.DISABLED, LAPTOP)
        usage.record_try(key.pk, TryReason.WRONG_SECRET, caller(flushes))
        usage.flush()
    assert key.tries.get(reason=TryReason.DISABLED).requests == 2
    first, *strangers = reports.refused_tries(key, NOON)
    assert (first.reason, first.address, first.agent, first.requests) == (
        "disabled",
        LAPTOP.ip,
        LAPTOP.agent,
        2,
    )
    assert len(strangers) == 50
    assert strangers[-1].is_rest


def test_of_a_key_the_last_hundred_requests_are_kept(key: APIKey, alice: User) -> None:
    other = create_key(alice, name="Another", permission="read-only")[0]
    use(other)
    for number in range(250):
        use(key, status=200 + number)
        if number in (200, 220):  # the first batch has the other key's request before a hundred of this one
            usage.flush()
    usage.flush()
    assert [each.status for each in recent_requests(key)] == list(reversed(range(350, 450)))
    assert len(recent_requests(other)) == 1


def test_requests_of_many_writes_are_kept_while_fewer_than_a_hundred_are_newer(
    key: APIKey, alice: User
) -> None:
    other = create_key(alice, name="Another", permission="read-only")[0]
    for number in range(7):
        use(other)
        for each in range(30):
            use(key, status=100 * (number + 1) + each)
        usage.flush()
    newest = [100 * (number + 1) + each for number in range(7) for each in range(30)][-100:]
    assert [each.status for each in recent_requests(key)] == newest[::-1]
    assert [each.status for each in recent_requests(key, 31)] == newest[:-32:-1]
    assert count_requests(key) == 100
    assert list(key.request_batches.values_list("count", flat=True)) == [30] * 4
    assert count_requests(other) == 7
    for _ in range(100):
        use(key)
    usage.flush()
    assert key.request_batches.count() == 1


def test_requests_that_the_release_before_wrote_are_read_along(
    key: APIKey, time_machine: TimeMachineFixture
) -> None:
    for number in range(4):
        time_machine.move_to(NOON + timedelta(seconds=number), tick=False)
        use(key, status=200 + number)
        if number != 2:
            usage.flush()
            continue
        # Side by side with this release: between what this one writes.
        at = NOON + timedelta(seconds=2.5)
        APIKeyRequest.objects.create(key=key, at=at, method="GET", route="/v1/me", status=500)
    assert [each.status for each in recent_requests(key)] == [203, 500, 202, 201, 200]
    assert count_requests(key) == 5


def test_memory_is_bounded_while_the_database_is_away(key: APIKey) -> None:
    def is_away(batch: Batch) -> None:
        raise OperationalError("away")

    buffer = Buffer(Batch, is_away)
    moments = [NOON + timedelta(microseconds=number) for number in range(2000)]
    for number, at in enumerate(moments):
        noted = Use(key.pk, key.public_id, call(caller(number)), at, 200, is_accepted=True)
        tried = Try(key.pk, TryReason.WRONG_SECRET, caller(number), NOON)
        buffer.add(Batch.note_use, noted)
        buffer.add(Batch.note_try, tried)
        if number % 100 == 0:
            buffer.flush()
    batch = buffer._take()
    assert [len(batch.counts), len(batch.callers), len(batch.tries)] == [1, 51, 51]
    assert len(batch._places) <= MOST_PLACES
    assert [[use.at for use in requests] for requests in batch.requests.values()] == [moments[-100:]]
    write(batch)
    assert sum(row[3] for row in callers(key)) == 2000
    assert APIKeyTry.objects.aggregate(n=Sum("requests"))["n"] == 2000


def test_what_came_during_a_failed_write_stands_after_it(key: APIKey) -> None:
    uses = [
        Use(key.pk, key.public_id, call(LAPTOP), NOON + timedelta(seconds=number), 200, is_accepted=True)
        for number in range(3)
    ]

    def is_away(batch: Batch) -> None:
        buffer.add(Batch.note_use, uses[1])
        assert buffer.size() == 1  # in the next batch by now
        buffer.add(Batch.note_use, uses[2])
        raise OperationalError("away")

    buffer = Buffer(Batch, is_away)
    buffer.add(Batch.note_use, uses[0])
    buffer.flush()

    assert list(buffer._take().requests[key.pk]) == uses


def test_each_secret_has_a_rest_of_its_own(key: APIKey) -> None:
    for number in range(1, 56):
        use(key, caller(number))
    usage.record_use(key.pk, "another12345", call(LAPTOP), status=200)
    usage.flush()
    rest = APIKeyCaller.objects.filter(is_rest=True).order_by("requests")
    assert list(rest.values_list("public_id", "requests")) == [("another12345", 1), (key.public_id, 5)]
