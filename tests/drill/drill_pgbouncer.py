"""Debian's PgBouncer in transaction mode between Craft and PostgreSQL: fewer connections than threads."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import services
from tests.craft.postgresql import ROLE, Cluster, cluster
from tests.deploy.nginx import free_port
from tests.drill.callers import Callers
from tests.drill.report import Drill
from tests.e2e.server import Server, on_postgresql

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = [on_postgresql, pytest.mark.skipif(PGBOUNCER is None, reason="apt-get install pgbouncer")]
POOL_SIZE = 4  # for 8 threads that serve, and those of the background
# What a connection says of itself is dropped: hence time-outs by ALTER ROLE.
CONFIG = """
[databases]
craft = host={folder} dbname=craft user={role}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
ignore_startup_parameters = extra_float_digits,options
"""
TIMEOUTS = ("statement_timeout = '4s'", "lock_timeout = '3s'", "idle_in_transaction_session_timeout = '10s'")
DOCTOR = """
from craft.doctor import database
from craft.doctor.fault import Fault
def told(ask):
    try:
        return ask()
    except Fault as fault:
        return f"FAULT {fault}"
answer = [told(database.ask_pooler), told(database.ask_timeouts)]
"""
SHOW = "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout')"


class PgBouncer:
    """A running pooler before a cluster."""

    def __init__(self, database: Cluster, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        text = CONFIG.format(folder=database.folder, role=ROLE, port=self.port, size=POOL_SIZE)
        (self.folder / "pgbouncer.ini").write_text(text)
        services.hand_over(self.folder)

    def url(self, options: str = "") -> str:
        """For Craft."""
        return f"postgres://{ROLE}@127.0.0.1:{self.port}/{services.NAME}{options}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """From here to the end of the block."""
        assert PGBOUNCER is not None
        command: list[str | Path] = [PGBOUNCER, self.folder / "pgbouncer.ini"]
        with services.running(command, self.folder / "pgbouncer.log", self.ask):
            yield

    def ask(self, statement: str = "SELECT 1") -> list[tuple[object, ...]]:
        """What a connection through it is told."""
        with psycopg.connect(self.url(), autocommit=True, prepare_threshold=None) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def database() -> Iterator[Cluster]:
    with cluster("-c", "synchronous_commit=on") as running:
        yield running


@pytest.fixture
def pooler(database: Cluster) -> Iterator[PgBouncer]:
    with tempfile.TemporaryDirectory(prefix="craft-") as name:
        yield PgBouncer(database, Path(name))


def craft_behind(pooler: PgBouncer, folder: Path, options: str) -> Server:
    server = Server(folder, pooler.url(options))
    server.environ |= {"WORKERS": "2", "STORAGE_URL": f"file://{folder}/files"}
    server.environ["EMAIL_URL"] = f"filemail:///{folder}/mails"
    return server


def test_the_doctor_says_what_a_pooler_needs(pooler: PgBouncer, database: Cluster, tmp_path: Path) -> None:
    with pooler.running():
        careless = craft_behind(pooler, tmp_path, "")
        try:
            of_pooler, of_timeouts = careless.ask(DOCTOR)
        finally:
            careless.stop()
        assert of_pooler.startswith("FAULT There is a pooler before the database")
        assert of_timeouts.startswith("FAULT The database's role has no time-outs")
        database.run(*(f"ALTER ROLE {ROLE} SET {each}" for each in TIMEOUTS))
        database.cut()
        careful = craft_behind(pooler, tmp_path, "?prepare_threshold=off")
        try:
            assert careful.ask(DOCTOR) == ["there is one, and nothing is prepared", "the role has them"]
        finally:
            careful.stop()


def test_restarted_under_load(pooler: PgBouncer, database: Cluster, tmp_path: Path, drill: Drill) -> None:
    row = drill.row(f"PgBouncer (transaction mode, {POOL_SIZE} connections for 8 threads) restarted")
    database.run(*(f"ALTER ROLE {ROLE} SET {each}" for each in TIMEOUTS))
    server = craft_behind(pooler, tmp_path, "?prepare_threshold=off")
    with ExitStack() as stack:
        stack.callback(server.stop)
        first = stack.enter_context(ExitStack())
        first.enter_context(pooler.running())
        server.start()
        callers = Callers(server)
        with callers.calling(row):
            time.sleep(8)
            assert set(row.seen) <= {200, 201}, row
            # A command beside them: what it says to its connection, the others must not meet.
            server.manage("housekeeping")
            for _ in range(POOL_SIZE * 3):
                assert dict(pooler.ask(SHOW)) == {"statement_timeout": "4000", "lock_timeout": "3000"}  # type: ignore[arg-type]
            first.close()
            time.sleep(1)
            stack.enter_context(pooler.running())
            row.settle(8)
        taken = pooler.ask("SELECT 1 FROM pg_stat_activity WHERE usename = current_user")
        row.lost = callers.count_lost()
    assert len(taken) <= POOL_SIZE
    assert set(row.seen) <= {200, 201, 503}, row
    assert row.seen[503], row
    assert row.lost == 0
