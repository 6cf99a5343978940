"""A primary that dies and a standby that is promoted, while people call two machines' worth of Craft."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.craft.postgresql import Cluster, cluster
from tests.drill.callers import Callers
from tests.drill.report import Drill
from tests.drill.standby import PRIMARY, Standby, follow, standby_of, url_of
from tests.e2e.server import Server, on_postgresql

pytestmark = on_postgresql
NOTICED_SECONDS, SETTLE_SECONDS = 5, 10  # until somebody promotes; until nobody notices any more
MOST_SECONDS = 5


@pytest.fixture
def primary() -> Iterator[Cluster]:
    with cluster(*PRIMARY) as running:
        yield running


@pytest.fixture
def standby(primary: Cluster) -> Iterator[Standby]:
    with standby_of(primary) as running:
        yield running


@pytest.fixture
def server(primary: Cluster, standby: Standby, tmp_path: Path) -> Iterator[Server]:
    # The standby first: what takes no writes is passed over.
    server = Server(tmp_path, url_of(standby.host, primary.host))
    server.environ |= {"WORKERS": "2", "EMAIL_URL": f"filemail:///{tmp_path}/mails"}
    server.environ["STORAGE_URL"] = f"file://{tmp_path}/files"
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("is_synchronous", [True, False])
def test_promoted_under_load(
    is_synchronous: bool, server: Server, primary: Cluster, standby: Standby, drill: Drill
) -> None:
    kind = "synchronous" if is_synchronous else "asynchronous"
    row = drill.row(f"PostgreSQL's primary killed, {kind} standby promoted {NOTICED_SECONDS} s later")
    follow(primary, synchronously=is_synchronous)
    callers = Callers(server)
    with callers.calling(row):
        time.sleep(3)  # of calls before it
        assert set(row.seen) <= {200, 201}, row
        kill_all_of(primary)
        time.sleep(NOTICED_SECONDS)
        standby.promote()
        row.settle(SETTLE_SECONDS)
    row.lost = callers.count_lost()
    assert (callers.get_me(), callers.create_key()) == (200, 201)
    assert set(row.seen) <= {200, 201, 400, 503}, row
    assert row.seen[503], row
    assert row.slowest < MOST_SECONDS, row
    assert not (is_synchronous and row.lost)


def kill_all_of(primary: Cluster) -> None:
    """As when its machine loses power: no process of it says good-bye."""
    primary.pause()
    for each in primary._paused:
        os.kill(each, signal.SIGKILL)
    primary._paused = []
