"""The counter alone: both back ends do the same, exactly, also under concurrency."""

import os
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.quota.counter import Counter, calls_left, count_call
from api.quota.memory import MemoryBackend
from api.quota.redis import RedisBackend
from api.quota.windows import Window
from tests.services import valkey

THREE = [Window("minute", 100, 60), Window("hour", 500, 3600), Window("day", 1000, 86400)]


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """The run's own Valkey; where it has none, one for these tests."""
    if settings.REDIS_URL:
        yield settings.REDIS_URL
        return
    with tempfile.TemporaryDirectory(prefix="craft-") as folder, valkey(Path(folder)) as url:
        yield url


@pytest.fixture(params=["memory", "redis"])
def counter(request: pytest.FixtureRequest) -> Counter:
    if request.param == "memory":
        return Counter(MemoryBackend())
    return Counter(RedisBackend(request.getfixturevalue("redis_url")))


def left_in(counter: Counter, owner: str, windows: list[Window]) -> list[tuple[Window, int]]:
    """How many calls are left, without for how long."""
    return [(window, calls) for window, calls, _ in counter.left(owner, windows) or []]


@pytest.fixture
def owner() -> str:
    return f"test:{uuid.uuid4().hex}"


def test_the_tightest_window_is_told(counter: Counter, owner: str) -> None:
    windows = [Window("minute", 5, 60), Window("hour", 3, 3600)]

    found = [counter.count(owner, windows) for _ in range(2)]

    assert [(one.limit, one.remaining, one.retry_after) for one in found if one] == [(3, 2, 0), (3, 1, 0)]


def test_the_tightest_window_has_the_fewest_left_however_many_were_counted(
    counter: Counter, owner: str
) -> None:
    busy, small = Window("busy", 10, 60), Window("small", 5, 60)
    for _ in range(8):
        counter.count(owner, [busy])
    found = counter.count(owner, [small, busy])
    assert found is not None
    assert (found.limit, found.remaining) == (10, 1)


def test_of_two_windows_as_tight_the_one_that_closes_last_is_told(counter: Counter, owner: str) -> None:
    found = counter.count(owner, [Window("minute", 5, 60), Window("hour", 5, 3600), Window("second", 5, 1)])
    assert found is not None
    assert 3590 <= found.reset - time.time() <= 3601


def test_a_refusal_tells_its_limit_when_it_ends_and_how_long_to_wait(counter: Counter, owner: str) -> None:
    for window in (Window("minute", 2, 60), Window("second", 1, 1)):
        for _ in range(window.limit):
            counter.count(owner, [window])
        refused = counter.count(owner, [window])
        assert refused is not None
        assert (refused.limit, refused.remaining) == (window.limit, 0)
        assert max(1, window.seconds - 5) <= refused.retry_after <= window.seconds
        assert refused.retry_after - 1 <= refused.reset - time.time() <= refused.retry_after + 1


def test_a_full_window_refuses_and_burns_no_other(counter: Counter, owner: str) -> None:
    windows = [Window("minute", 2, 60), Window("hour", 10, 3600)]
    for _ in range(2):
        counter.count(owner, windows)

    refused = [counter.count(owner, windows) for _ in range(5)]

    assert all(one is not None and one.is_refused and 1 <= one.retry_after <= 60 for one in refused)
    assert left_in(counter, owner, windows) == [(windows[0], 0), (windows[1], 8)]


def test_of_two_full_windows_the_longer_wait_is_told(counter: Counter, owner: str) -> None:
    windows = [Window("minute", 1, 60), Window("hour", 1, 3600)]
    counter.count(owner, windows)

    refused = counter.count(owner, windows)

    assert refused is not None
    assert 60 < refused.retry_after <= 3600


@pytest.mark.long
def test_a_window_opens_again_after_its_time(counter: Counter, owner: str) -> None:
    windows = [Window("second", 1, 1)]
    assert counter.count(owner, windows)
    closed = threading.Event()

    while (again := counter.count(owner, windows)) is not None and again.is_refused:
        closed.wait(0.05)

    assert again is not None
    assert again.retry_after == 0


def test_owners_do_not_share_windows(counter: Counter, owner: str) -> None:
    windows = [Window("minute", 1, 60)]
    counter.count(owner, windows)

    other = counter.count(f"{owner}:other", windows)

    assert other is not None
    assert not other.is_refused


def test_looking_does_not_count(counter: Counter, owner: str) -> None:
    windows = [Window("minute", 5, 60)]
    for _ in range(3):
        counter.left(owner, windows)

    assert left_in(counter, owner, windows) == [(windows[0], 5)]


def test_what_is_left_is_told_with_the_seconds_for_which_it_is(counter: Counter, owner: str) -> None:
    counter.count(owner, THREE)

    told = counter.left(owner, THREE) or []

    assert [window for window, _, _ in told] == THREE
    assert [calls for _, calls, _ in told] == [99, 499, 999]
    assert all(window.seconds - 5 < seconds <= window.seconds for window, _, seconds in told)


def test_the_processs_counter_is_told_of_and_asked(owner: str) -> None:
    count_call(owner, THREE)

    assert [calls for _, calls, _ in calls_left(owner, THREE) or []] == [99, 499, 999]
    assert calls_left(f"{owner}:other", []) is None


def test_a_probe_notices_whether_the_counters_are_there(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    counter.probe()
    nowhere = Counter(RedisBackend(f"unix://{tmp_path_factory.mktemp('r') / 'none.sock'}"))
    nowhere.probe()

    assert (counter.is_away, nowhere.is_away) == (False, True)


def test_nothing_limits_without_windows(counter: Counter, owner: str) -> None:
    assert counter.count(owner, []) is None


def test_eight_threads_let_exactly_the_limit_through(counter: Counter, owner: str) -> None:
    let_through: list[bool] = []

    def call() -> None:
        for _ in range(50):
            found = counter.count(owner, THREE)
            let_through.append(found is not None and not found.is_refused)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(let_through) == 400
    assert sum(let_through) == 100


@hypothesis_settings(max_examples=40)
@given(
    limits=st.lists(st.integers(min_value=1, max_value=8), min_size=1, max_size=4),
    calls=st.integers(min_value=1, max_value=12),
)
def test_memory_and_redis_agree(redis_url: str, limits: list[int], calls: int) -> None:
    windows = [Window(f"w{n}", limit, 60 * (n + 1)) for n, limit in enumerate(limits)]
    owner = f"test:{uuid.uuid4().hex}"
    memory, shared = Counter(MemoryBackend()), Counter(RedisBackend(redis_url))

    for _ in range(calls):
        ours, theirs = memory.count(owner, windows), shared.count(owner, windows)
        assert ours is not None
        assert theirs is not None
        assert (ours.limit, ours.remaining, ours.is_refused) == (
            theirs.limit,
            theirs.remaining,
            theirs.is_refused,
        )
    assert left_in(memory, owner, windows) == left_in(shared, owner, windows)


def test_an_absent_redis_limits_nothing_and_is_not_asked_on_each_call(
    owner: str, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = os.path.join(tmp_path_factory.mktemp("r"), "none.sock")  # noqa: PTH118  a URL, not a path
    counter = Counter(RedisBackend(f"unix://{nowhere}"))

    assert [counter.count(owner, THREE) for _ in range(20)] == [None] * 20

    assert counter.is_away
    assert len([record for record in caplog.records if "rate limits are off" in record.message]) == 1


def test_a_refused_call_writes_nothing(redis_url: str, owner: str) -> None:
    client = redis.Redis.from_url(redis_url)
    counter = Counter(RedisBackend(redis_url))
    windows = [Window("minute", 1, 60), Window("hour", 9, 3600)]
    counter.count(owner, windows)
    before = client.hgetall(f"quota:{owner}")

    counter.count(owner, windows)

    assert client.hgetall(f"quota:{owner}") == before
    assert len(before) == 4


def test_an_owners_windows_are_kept_until_the_longest_closes(redis_url: str, owner: str) -> None:
    client = redis.Redis.from_url(redis_url)
    counter = Counter(RedisBackend(redis_url))
    counter.count(owner, [Window("day", 9, 86_400)])

    counter.count(owner, [Window("minute", 9, 60)])

    assert 86_000_000 < client.pttl(f"quota:{owner}") <= 86_400_000


def test_a_connection_that_died_meanwhile_costs_no_count(redis_url: str, owner: str) -> None:
    client = redis.Redis.from_url(redis_url)
    backend = RedisBackend(redis_url)
    windows = [Window("minute", 9, 60)]
    backend.add(owner, windows)
    me = client.client_id()
    (ours,) = [each for each in client.client_list() if each["id"] == str(me)]
    for other in client.client_list():
        if other["db"] == ours["db"] and other is not ours:  # the other tests keep theirs
            client.client_kill_filter(_id=other["id"], skipme=True)
    client.script_flush()

    ((before, _),) = backend.add(owner, windows)

    assert before == 1


def test_a_thread_keeps_its_connection_and_says_the_script_by_its_digest(redis_url: str, owner: str) -> None:
    client = redis.Redis.from_url(redis_url)
    named = f"{redis_url}{'&' if '?' in redis_url else '?'}client_name={owner}"
    backend = RedisBackend(named)

    def ours() -> list[tuple[str, str]]:
        return [(each["id"], each["cmd"]) for each in client.client_list() if each["name"] == owner]

    backend.add(owner, THREE)
    before = ours()
    backend.add(owner, THREE)

    assert len(before) == 1
    assert ours() == [(before[0][0], "evalsha")]
