"""PostgreSQL restarted, crashed, away, paused, silent, out of connections, while people call."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.craft.postgresql import ROLE, Cluster, cluster
from tests.drill.callers import Callers
from tests.drill.network import way_to
from tests.drill.report import Drill, Row
from tests.e2e.server import Server, on_postgresql

pytestmark = on_postgresql
FAULT_SECONDS, SETTLE_SECONDS = 10, 8
MOST_SECONDS, MOST_PROBE_SECONDS = 5, 2
PORT = 5432


@pytest.fixture(scope="module")
def database() -> Iterator[Cluster]:
    # What it acknowledged it must have kept when a process of it is killed.
    with cluster("-c", "synchronous_commit=on") as running:
        yield running


@contextmanager
def serving(folder: Path, url: str) -> Iterator[Server]:
    server = Server(folder, url)
    server.environ |= {"WORKERS": "2", "STORAGE_URL": f"file://{folder}/files"}
    server.environ["EMAIL_URL"] = f"filemail:///{folder}/mails"
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server(database: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("database"), database.url) as running:
        yield running


@pytest.fixture(scope="module")
def probes(drill: Drill) -> dict[str, Row]:
    """A row for each probe, over all faults."""
    return {path: drill.row(f"{path} in all faults of PostgreSQL") for path in ("/healthz", "/readyz")}


Ends = Callable[[], object]


def endure(
    row: Row, probes: dict[str, Row], server: Server, begin: Ends, end: Ends, seconds: float = FAULT_SECONDS
) -> None:
    """Let people call while the fault begins, lasts and ends; check what came of it."""
    callers = Callers(server)

    def probe(path: str) -> Callable[[], int]:
        return lambda: server.call("GET", path)[0]

    with callers.calling(row):
        time.sleep(2)
        with (
            probes["/healthz"].calling(probe("/healthz"), threads=1, pause=0.1),
            probes["/readyz"].calling(probe("/readyz"), threads=1, pause=0.1),
        ):
            try:
                begin()
                time.sleep(seconds)
            finally:
                end()
                row.settle(SETTLE_SECONDS)
    row.lost = callers.count_lost()
    assert (callers.get_me(), callers.refresh(), callers.create_key()) == (200, 200, 201)
    assert row.lost == 0
    assert set(row.seen) <= {200, 201, 400, 503}, row
    assert row.slowest < MOST_SECONDS, row


def test_restarted(server: Server, database: Cluster, drill: Drill, probes: dict[str, Row]) -> None:
    row = drill.row("PostgreSQL restarted")
    endure(row, probes, server, database.stop, database.start, seconds=0)


def ask_for_ever(connection: psycopg.Connection) -> None:
    while True:
        connection.execute("SELECT 1")


def test_crashed(server: Server, database: Cluster, drill: Drill, probes: dict[str, Row]) -> None:
    def kill_one_of_its_processes() -> None:
        """The server then ends all others and recovers, maybe before anybody calls."""
        with (
            psycopg.connect(host=str(database.folder), user="craft") as killed,
            psycopg.connect(host=str(database.folder), user="craft") as other,
        ):
            os.kill(killed.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                ask_for_ever(other)

    row = drill.row("PostgreSQL crashed (kill -9)")
    endure(row, probes, server, kill_one_of_its_processes, lambda: None, seconds=0)


def test_away(server: Server, database: Cluster, drill: Drill, probes: dict[str, Row]) -> None:
    row = drill.row("PostgreSQL away")
    endure(row, probes, server, database.stop, database.start)
    assert row.seen[503], row


def test_paused(server: Server, database: Cluster, drill: Drill, probes: dict[str, Row]) -> None:
    row = drill.row("PostgreSQL paused")
    endure(row, probes, server, database.pause, database.go_on)
    assert row.seen[503], row


def test_out_of_connections(server: Server, database: Cluster, drill: Drill, probes: dict[str, Row]) -> None:
    def take_all() -> None:
        database.run(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
        database.cut()

    row = drill.row("PostgreSQL out of connections")
    give_back = f"ALTER ROLE {ROLE} CONNECTION LIMIT -1"
    endure(row, probes, server, take_all, lambda: database.run(give_back))
    assert row.seen[503], row


def test_silent(database: Cluster, drill: Drill, probes: dict[str, Row], tmp_path: Path) -> None:
    row = drill.row("PostgreSQL silent (network)")
    with way_to(database.host, PORT) as way:
        url = database.url.replace(database.host, f"127.0.0.1:{way.port}")
        with serving(tmp_path, url) as server:
            endure(row, probes, server, way.go_silent, way.speak)
    assert row.seen[503], row


def test_probes(probes: dict[str, Row]) -> None:
    """Last: what all the others found."""
    for row in probes.values():
        assert set(row.seen) <= {200, 503}, row
        assert row.slowest < MOST_PROBE_SECONDS, row
    assert set(probes["/healthz"].seen) == {200}
