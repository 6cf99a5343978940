"""Valkey with a replica behind one address: the primary dies, or takes turns with the replica, under load."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from accounts.utils.circuit_breaker import OPEN_SECONDS
from tests.drill.callers import Callers
from tests.drill.network import Way, way_to
from tests.drill.report import Drill
from tests.e2e.server import Server, on_postgresql, serving
from tests.valkey_pair import HOST, follow, port_of, promote, valkey_pair

pytestmark = on_postgresql
LIMIT, BEFORE = 30, 12
LIMITS = f"free=100000/100000/100000,pro=-/-/{LIMIT},address=100000,oauth=100000"
NOTICED_SECONDS, MOST_SECONDS = 2, 5


@pytest.fixture
def pair() -> Iterator[tuple[redis.Redis, redis.Redis]]:
    with valkey_pair() as running:
        yield running


@pytest.fixture
def address(pair: tuple[redis.Redis, redis.Redis]) -> Iterator[Way]:
    """What REDIS_URL names: it leads to the one that takes writes."""
    with way_to(HOST, port_of(pair[0])) as way:
        yield way


@pytest.fixture
def server(address: Way, tmp_path: Path) -> Iterator[Server]:
    url, mails = f"redis://{HOST}:{address.port}/0", f"filemail:///{tmp_path}/mails"
    with serving(tmp_path, WORKERS="2", REDIS_URL=url, RATE_LIMITS=LIMITS, EMAIL_URL=mails) as running:
        yield running


@pytest.mark.parametrize("dies", [True, False])
def test_counts_go_on_at_the_replica(
    dies: bool, server: Server, pair: tuple[redis.Redis, redis.Redis], address: Way, drill: Drill
) -> None:
    primary, replica = pair
    what = "killed, replica promoted" if dies else "and replica change places, both running"
    row = drill.row(f"Valkey's primary {what}")
    callers, limited = Callers(server, plan="free"), Callers(server, plan="pro")
    before = Counter(limited.get_me() for _ in range(BEFORE))
    with callers.calling(row):
        time.sleep(1)
        if dies:
            os.kill(primary.info()["process_id"], signal.SIGKILL)
            time.sleep(NOTICED_SECONDS)
        promote(replica)
        address.target = (HOST, port_of(replica))
        if not dies:
            follow(primary, replica)
        row.recover(lambda: server.call("GET", "/readyz")[0])
        time.sleep(2 * OPEN_SECONDS)  # until the other process has looked again, too
    row.lost = callers.count_lost()
    found = before + Counter(limited.get_me() for _ in range(LIMIT))
    assert set(row.seen) <= {200, 201}, row
    assert row.slowest < MOST_SECONDS, row
    assert row.lost == 0
    assert found == {200: LIMIT, 429: BEFORE}
