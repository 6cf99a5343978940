"""Valkey's primary and its replica change places and both run on, or it is silent: what is open is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from accounts.utils.cache import SharedCache
from api.quota.redis import RedisBackend
from api.quota.windows import Window
from tests.drill.network import Way, tls_way_to, way_to
from tests.e2e.secure import make_certificate
from tests.valkey_pair import HOST, follow, port_of, promote, valkey_pair

pytestmark = pytest.mark.long
MINUTE = [Window("minute", 10, 60)]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[redis.Redis, redis.Redis]]:
    with valkey_pair() as pair:
        yield pair


@pytest.fixture
def pair(running: tuple[redis.Redis, redis.Redis]) -> tuple[redis.Redis, redis.Redis]:
    primary, replica = running
    promote(primary)
    follow(replica, primary)
    return running


@pytest.fixture
def address(pair: tuple[redis.Redis, redis.Redis]) -> Iterator[Way]:
    """Where the primary is, whichever it is."""
    with way_to(HOST, port_of(pair[0])) as way:
        yield way


def change_places(pair: tuple[redis.Redis, redis.Redis], address: Way) -> None:
    primary, replica = pair
    promote(replica)
    follow(primary, replica)
    address.target = (HOST, port_of(replica))


def test_calls_are_counted_at_the_new_primary(pair: tuple[redis.Redis, redis.Redis], address: Way) -> None:
    backend = RedisBackend(f"redis://{HOST}:{address.port}/0")
    backend.add("alice", MINUTE)
    change_places(pair, address)
    backend.add("bob", MINUTE)
    ((before, _),) = backend.add("bob", MINUTE)
    assert before == 1
    assert pair[1].exists("quota:bob")


def assert_waits_once(backend: RedisBackend, address: Way, error: type[redis.RedisError]) -> None:
    backend.add("carol", MINUTE)
    made = address.connections
    address.go_silent()
    with pytest.raises(error):
        backend.add("carol", MINUTE)
    assert address.connections == made, "the time that it may take was up"


def test_a_silent_server_is_waited_for_once(pair: tuple[redis.Redis, redis.Redis], address: Way) -> None:
    backend = RedisBackend(f"redis://{HOST}:{address.port}/0")
    assert_waits_once(backend, address, redis.RedisError)
    address.speak()
    ((before, _),) = backend.add("carol", MINUTE)
    assert before == 1


def test_a_server_that_is_silent_behind_tls_is_waited_for_once_too(
    pair: tuple[redis.Redis, redis.Redis], address: Way, tmp_path: Path
) -> None:
    with tls_way_to(address.port, *make_certificate(tmp_path, "localhost")) as port:
        backend = RedisBackend(f"rediss://{HOST}:{port}/0?ssl_cert_reqs=none&ssl_check_hostname=false")
        assert_waits_once(backend, address, redis.TimeoutError)


def test_the_shared_cache_writes_to_the_new_primary(
    pair: tuple[redis.Redis, redis.Redis], address: Way
) -> None:
    cache = SharedCache(f"redis://{HOST}:{address.port}/1", {})
    cache.set("one", 1)
    change_places(pair, address)
    cache.set("two", 2)  # kept in this process, for the moment
    cache._breaker._closes_at = 0.0
    cache.set("three", 3)
    assert SharedCache(f"redis://{HOST}:{port_of(pair[1])}/1", {}).get("three") == 3
